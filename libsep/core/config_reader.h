#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "libsep/core/config_fields.h"

/// The archives that read options with visit(). Include config.h.
namespace sep {

struct ConfigAlias;
struct ConfigOverride;

namespace detail {

struct ConfigNode;
class AnyKind;
class ConfigLister;

/// A file's text with the overrides above it, old keys renamed; yaml-cpp stays inside.
class ConfigDocument {
 public:
  ConfigDocument(const std::string& text,
                 const std::string& name,
                 const std::vector<ConfigOverride>& overrides,
                 const std::vector<ConfigAlias>& aliases);
  ~ConfigDocument();
  ConfigDocument(ConfigDocument&&) noexcept;

  const ConfigNode& root() const { return *root_; }

  /// Throws Error for the first key that the options listed do not have.
  void check_keys(const ConfigLister& options) const;

 private:
  std::unique_ptr<ConfigNode> root_;
};

/// A place in a document that goes along with visit().
class ConfigCursor {
 protected:
  explicit ConfigCursor(const ConfigDocument& document);

  void enter(const char* key);
  void enter_item(const char* key, size_t index);
  void leave();

  /// Null where the document does not have the key.
  const ConfigNode* find(const char* key) const;

  /// find(), and throws where nothing stands behind the key.
  const ConfigNode* value_of(const char* key, const std::string& wanted) const;
  [[noreturn]] void fail(const std::string& key, const std::string& problem) const;
  [[noreturn]] void fail_type(const char* key, const std::string& wanted) const;
  [[noreturn]] void fail_struct(const std::string& problem) const;

 private:
  struct Level {
    const ConfigNode* node;  // null where not given
    std::string prefix;      // "stft." inside stft
  };

  const ConfigNode* root_;
  std::vector<Level> levels_;
};

/// Gives kinds the type and lists the length that the document says.
class ConfigShaper : public ConfigCursor {
 public:
  explicit ConfigShaper(const ConfigDocument& document) : ConfigCursor(document) {}

  template <class T>
  void operator()(const char* key, T& value, const char* /*meaning*/ = "") {
    if constexpr (is_struct_list<T>::value) {
      if (const auto size = given_size(key, value.size())) value = T(*size);
      for (size_t i = 0; i < value.size(); ++i) {
        enter_item(key, i);
        value[i].visit(*this);
        leave();
      }
    } else if constexpr (has_visit<T>::value) {
      enter(key);
      value.visit(*this);
      leave();
    }
  }

  void kind(AnyKind& kind, const char* type_key = "type");

 private:
  /// Of a list that stands instead of the default one, which has `default_size` items;
  /// none where that is kept, or keys of its items are set alone.
  std::optional<size_t> given_size(const char* key, size_t default_size) const;
};

/// Reads and checks options that have the document's shape.
class ConfigReader : public ConfigCursor {
 public:
  explicit ConfigReader(const ConfigDocument& document) : ConfigCursor(document) {}

  template <class T>
  void operator()(const char* key, T& value, const char* /*meaning*/ = "") {
    if constexpr (std::is_same_v<T, Unread>) {
      return;
    } else if constexpr (is_struct_list<T>::value) {
      for (size_t i = 0; i < value.size(); ++i) {
        enter_item(key, i);
        read_struct(value[i]);
        leave();
      }
    } else if constexpr (has_visit<T>::value) {
      enter(key);
      read_struct(value);
      leave();
    } else if constexpr (std::is_enum_v<T>) {
      read_enum(key, value);
    } else {
      read(key, value);
    }
  }

  void kind(AnyKind& kind, const char* type_key = "type");

  /// Reads and checks a struct at the reader's place.
  template <class T>
  void read_struct(T& value) {
    value.visit(*this);
    check(value);
  }

 private:
  template <class T>
  void check(const T& value) const {
    if constexpr (has_validate<T>::value) {
      try {
        value.validate();
      } catch (const ConfigError& error) {
        fail(error.key(), error.problem());
      } catch (const Error& error) {
        fail_struct(error.what());
      }
    }
  }

  template <class E>
  void read_enum(const char* key, E& value) {
    std::string name = enum_name(value);
    if (!read(key, name)) return;
    try {
      value = parse_enum<E>(name);
    } catch (const Error& error) {
      fail(key, std::string(" = ") + error.what());
    }
  }

  // Each gives false and leaves the value where the key is not in the document.
  bool read(const char* key, int64_t& value);
  bool read(const char* key, double& value);
  bool read(const char* key, bool& value);
  bool read(const char* key, std::string& value);
  bool read(const char* key, std::vector<int64_t>& value);
  bool read(const char* key, std::vector<double>& value);
  bool read(const char* key, std::vector<std::string>& value);
  bool read(const char* key, std::vector<std::vector<std::string>>& value);
  bool read(const char* key, Range& value);
  bool read(const char* key, NameMap& value);
};

}  // namespace detail
}  // namespace sep
