#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "libsep/core/error.h"

/// Strict YAML. A struct of options lists its fields once,
///
///     template <class Archive>
///     void visit(Archive& archive) {
///       archive("window_length", window_length);
///       archive("hop_length", hop_length);
///     }
///     void validate() const;   // throws ConfigError("hop_length", " = 513: wants …")
///
/// and reading, writing, listing and the run manifest all use that list. Fields are
/// int64_t, double, bool, std::string, std::vector<std::string>, Range, an enum with
/// EnumNames, another such struct, or Unread. A key that no field has, a key given twice, a
/// value of another type, and what validate() refuses are errors with file and line:
///
///     configs/model_e.yaml:3: stft.hop is no setting; did you mean stft.hop_length?
///     configs/model_e.yaml:3: stft.hop_length = 513: wants 1 to window_length = 512
namespace sep {

/// Two numbers, low <= high; `[0.8, 1.2]` in YAML.
struct Range {
  double low = 0.0;
  double high = 0.0;
};

/// A key that is known here and read elsewhere: whatever stands there is left alone. For
/// structs that read a part of a larger config, and are not written.
struct Unread {};

/// The names of an enum in YAML and on the command line; specialise
///
///     template <> struct EnumNames<Protocol> {
///       static constexpr std::pair<Protocol, std::string_view> kValues[] = {
///           {Protocol::kClean, "clean"}, {Protocol::kLegacy, "legacy"}};
///     };
template <class E>
struct EnumNames;

template <class E>
std::string enum_name(E value);

/// The enumerator called `name`; throws Error that lists the names there are.
template <class E>
E parse_enum(std::string_view name);

/// One `key=value` that stands above the file, as given with --set; `origin` says
/// where it came from in messages ("--set train.num_epochs=0").
struct ConfigOverride {
  std::string key;
  std::string value;  ///< YAML
  std::string origin;
};

/// Splits "key=value"; throws Error where there is no "=".
ConfigOverride parse_override(const std::string& key_value);

/// Options read from a file (or text, called `name` in messages): one document of at
/// most 1 MiB, nested at most 32 deep, without anchors, aliases and tags. Keys not given
/// keep the default; an empty file keeps all. Whole numbers are written in base ten,
/// numbers are finite, truth is `true` or `false`, and what stands in quotes is text.
///
/// Throws Error with file, line and key. Where an override is at fault its origin
/// stands for file and line; a default that validate() refuses is reported at the
/// nearest key around it, or at the file.
template <class Options>
Options read_config(const std::filesystem::path& path,
                    const std::vector<ConfigOverride>& overrides = {});
template <class Options>
Options parse_config(const std::string& text,
                     const std::string& name,
                     const std::vector<ConfigOverride>& overrides = {});

/// Every key with its value as YAML; parse_config() of it gives the same options,
/// numbers to the last bit.
template <class Options>
std::string write_config(const Options& options);

/// Every leaf, in order: dotted key and value as in YAML.
struct ConfigField {
  std::string key;
  std::string value;
};
template <class Options>
std::vector<ConfigField> list_fields(const Options& options);

/// One line a key whose values differ, "model.hidden_size: 200 wanted, 50 found"; a key
/// that one side lacks has "nothing" there.
std::vector<std::string> config_differences(const std::vector<ConfigField>& wanted,
                                            const std::vector<ConfigField>& found);

// -- how it is done -----------------------------------------------------------

namespace detail {

template <class T, class = void>
struct has_visit : std::false_type {};

struct AnyArchive {
  template <class T>
  void operator()(const char*, T&) {}
};
template <class T>
struct has_visit<
    T,
    std::void_t<decltype(std::declval<T&>().visit(std::declval<AnyArchive&>()))>>
    : std::true_type {};

template <class T, class = void>
struct has_validate : std::false_type {};
template <class T>
struct has_validate<T, std::void_t<decltype(std::declval<const T&>().validate())>>
    : std::true_type {};

struct ConfigNode;

/// A parsed document and where in it the reader stands; yaml-cpp stays inside.
class ConfigReader {
 public:
  /// `fields` are those of the struct to be read: keys that none of them has are
  /// refused before anything is read.
  static ConfigReader from_file(const std::filesystem::path& path,
                                const std::vector<ConfigOverride>& overrides,
                                const std::vector<ConfigField>& fields);
  static ConfigReader from_text(const std::string& text,
                                const std::string& name,
                                const std::vector<ConfigOverride>& overrides,
                                const std::vector<ConfigField>& fields);
  ~ConfigReader();
  ConfigReader(ConfigReader&&) noexcept;

  template <class T>
  void operator()(const char* key, T& value) {
    if constexpr (std::is_same_v<T, Unread>) {
      return;
    } else if constexpr (has_visit<T>::value) {
      enter(key);
      read_struct(value);
      leave();
    } else if constexpr (std::is_enum_v<T>) {
      std::string name = enum_name(value);
      if (!read(key, name)) return;
      try {
        value = parse_enum<T>(name);
      } catch (const Error& error) {
        fail(key, std::string(" = ") + error.what());
      }
    } else {
      read(key, value);
    }
  }

  /// Reads and checks a struct at the reader's place.
  template <class T>
  void read_struct(T& value) {
    value.visit(*this);
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

 private:
  struct State;
  explicit ConfigReader(std::unique_ptr<State> state);

  // Each gives false and leaves the value where the key is not in the document.
  bool read(const char* key, int64_t& value);
  bool read(const char* key, double& value);
  bool read(const char* key, bool& value);
  bool read(const char* key, std::string& value);
  bool read(const char* key, std::vector<std::string>& value);
  bool read(const char* key, Range& value);
  void enter(const char* key);
  void leave();
  const ConfigNode* value_of(const char* key, const char* wanted) const;
  [[noreturn]] void fail(const std::string& key, const std::string& problem) const;
  [[noreturn]] void fail_type(const char* key, const std::string& wanted) const;
  [[noreturn]] void fail_struct(const std::string& problem) const;

  std::unique_ptr<State> state_;
};

/// Collects dotted keys and values in the order of the fields.
class ConfigLister {
 public:
  template <class T>
  void operator()(const char* key, T& value) {
    if constexpr (std::is_same_v<T, Unread>) {
      fields.push_back({prefix_ + key, ""});
    } else if constexpr (has_visit<T>::value) {
      const std::string outer = prefix_;
      prefix_ += std::string(key) + ".";
      value.visit(*this);
      prefix_ = outer;
    } else if constexpr (std::is_enum_v<T>) {
      fields.push_back({prefix_ + key, to_text(enum_name(value))});
    } else {
      fields.push_back({prefix_ + key, to_text(value)});
    }
  }

  std::vector<ConfigField> fields;

 private:
  static std::string to_text(int64_t value);
  static std::string to_text(double value);  // shortest text that reads back equal
  static std::string to_text(bool value);
  static std::string to_text(const std::string& value);  // quoted where YAML wants it
  static std::string to_text(const std::vector<std::string>& value);
  static std::string to_text(const Range& value);

  std::string prefix_;
};

/// YAML of nested maps from dotted keys in field order.
std::string fields_to_yaml(const std::vector<ConfigField>& fields);

[[noreturn]] void refuse_enum_name(std::string_view name,
                                   const std::vector<std::string_view>& names);

}  // namespace detail

template <class E>
std::string enum_name(E value) {
  for (const auto& [enumerator, name] : EnumNames<E>::kValues) {
    if (enumerator == value) return std::string(name);
  }
  throw Error("an enumerator without a name");
}

template <class E>
E parse_enum(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& [enumerator, known] : EnumNames<E>::kValues) {
    if (known == name) return enumerator;
    names.push_back(known);
  }
  detail::refuse_enum_name(name, names);
}

template <class Options>
Options read_config(const std::filesystem::path& path,
                    const std::vector<ConfigOverride>& overrides) {
  Options options;
  auto reader = detail::ConfigReader::from_file(path, overrides, list_fields(options));
  reader.read_struct(options);
  return options;
}

template <class Options>
Options parse_config(const std::string& text,
                     const std::string& name,
                     const std::vector<ConfigOverride>& overrides) {
  Options options;
  auto reader =
      detail::ConfigReader::from_text(text, name, overrides, list_fields(options));
  reader.read_struct(options);
  return options;
}

template <class Options>
std::vector<ConfigField> list_fields(const Options& options) {
  detail::ConfigLister lister;
  Options copy = options;  // visit() is not const: it serves reading too
  copy.visit(lister);
  return lister.fields;
}

template <class Options>
std::string write_config(const Options& options) {
  return detail::fields_to_yaml(list_fields(options));
}

}  // namespace sep
