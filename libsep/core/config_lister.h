#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "libsep/core/config_fields.h"

/// The archive that lists options with visit(). Include config.h.
namespace sep::detail {

class AnyKind;
class KindTable;

/// Collects dotted keys and values in the order of the fields.
class ConfigLister {
 public:
  /// Where a kind was chosen: its keys begin with `prefix`, "model.".
  struct ChosenKind {
    std::string prefix;
    std::string type_key;
    std::string type;
    const KindTable* table;
  };

  template <class T>
  void operator()(const char* key, T& value, const char* meaning = "") {
    if constexpr (std::is_same_v<T, Unread>) {
      unread.push_back(prefix_ + key);
      add(key, "", meaning);
    } else if constexpr (is_struct_list<T>::value) {
      if (value.empty()) add(key, "[]", meaning);
      for (size_t i = 0; i < value.size(); ++i) {
        list_item(std::string(key) + "[" + std::to_string(i) + "]", value[i]);
      }
    } else if constexpr (has_visit<T>::value) {
      list_struct(key, value, meaning);
    } else if constexpr (std::is_enum_v<T>) {
      add(key, to_text(enum_name(value)), meaning);
    } else {
      add(key, to_text(value), meaning);
    }
  }

  void kind(AnyKind& kind, const char* type_key = "type");

  std::vector<ConfigKey> keys() const;

  std::vector<ConfigField> fields;
  std::vector<ChosenKind> kinds;
  std::vector<std::string> unread;  ///< keys among the fields

 private:
  template <class T>
  void list_struct(const std::string& key, T& value, const char* meaning) {
    const std::string outer = std::exchange(prefix_, prefix_ + key + ".");
    const std::string outer_meaning = std::exchange(kind_meaning_, meaning);
    value.visit(*this);
    kind_meaning_ = outer_meaning;
    prefix_ = outer;
  }

  template <class T>
  void list_item(const std::string& key, T& value) {
    const size_t num_before = fields.size();
    list_struct(key, value, "");
    if (fields.size() == num_before) add(key, "{}", "");
  }

  void add(const std::string& key, std::string value, std::string meaning);

  static std::string to_text(int64_t value);
  static std::string to_text(double value);  // shortest text that reads back equal
  static std::string to_text(bool value);
  static std::string to_text(const std::string& value);  // quoted where YAML wants it
  static std::string to_text(const std::vector<int64_t>& value);
  static std::string to_text(const std::vector<double>& value);
  static std::string to_text(const std::vector<std::vector<std::string>>& value);
  static std::string to_text(const std::vector<std::string>& value);
  static std::string to_text(const Range& value);
  static std::string to_text(const NameMap& value);

  std::string prefix_;
  std::string kind_meaning_;           // of the field that is being listed, if it is a kind
  std::vector<std::string> meanings_;  // one a field
};

}  // namespace sep::detail
