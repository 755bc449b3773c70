#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libsep/core/config_fields.h"
#include "libsep/core/config_lister.h"
#include "libsep/core/config_reader.h"
#include "libsep/core/error.h"

/// Strict YAML. A struct of options lists its fields once,
///
///     template <class Archive>
///     void visit(Archive& archive) {
///       archive("window_length", window_length, "samples of a frame");
///       archive("hop_length", hop_length);
///     }
///     void validate() const;   // throws ConfigError("hop_length", " = 513: wants …")
///
/// and reading, writing, listing and the run manifest all use that list; a third argument
/// says what the field means, for list_keys(). Fields are int64_t, double, bool,
/// std::string, a vector of int64_t, double or std::string, groups of texts (a vector of
/// vectors, `[[a, b], [c]]`, or one text alone), Range, NameMap, an enum with EnumNames,
/// another such struct, a vector of such structs, a Kind (kind.h) or Unread. A vector of
/// structs is a list of maps, or one map alone for a list of one; a file's list stands
/// instead of the default's. A key that no field has, a key given twice, a value of another
/// type, and what validate() refuses are errors with file and line:
///
///     configs/model_e.yaml:3: stft.hop is no setting; did you mean stft.hop_length?
///     configs/model_e.yaml:3: stft.hop_length = 513: wants 1 to window_length = 512
///     configs/model_e.yaml:9: train.loss[1].wieght is no setting; did you mean …?
namespace sep {

/// One `key=value` that stands above the file, as given with --set; `origin` says
/// where it came from in messages ("--set train.num_epochs=0"). `train.loss[0].weight`
/// is a key of a list's first item; without the number, of its only one.
struct ConfigOverride {
  std::string key;
  std::string value;  ///< YAML
  std::string origin;
};

/// Splits "key=value"; throws Error where there is no "=".
ConfigOverride parse_override(const std::string& key_value);

/// A key's earlier name, dotted, and what it is called now. A struct of options has
///
///     static ConfigAliases aliases() { return {{"mixtures", "examples.mixtures"}, …}; }
///
/// and read_config() of it then takes the old ones too, in files and overrides; a name may
/// be of a whole section. They are applied in their order, each once, so one of a section's
/// keys stands before the section. Old and new in one file are an error, and messages name
/// the key that the user wrote.
struct ConfigAlias {
  std::string old_key;
  std::string new_key;
};
using ConfigAliases = std::vector<ConfigAlias>;

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

/// Every leaf, in order: dotted key ("train.loss[0].weight") and value as in YAML.
template <class Options>
std::vector<ConfigField> list_fields(const Options& options);

/// The same with the meanings that visit() gives; "" where it gives none.
template <class Options>
std::vector<ConfigKey> list_keys(const Options& options);

/// One line a key whose values differ, "model.hidden_size: 200 wanted, 50 found"; a key
/// that one side lacks has "nothing" there.
std::vector<std::string> config_differences(const std::vector<ConfigField>& wanted,
                                            const std::vector<ConfigField>& found);

// -- how it is done -----------------------------------------------------------

namespace detail {

template <class T, class = void>
struct has_aliases : std::false_type {};
template <class T>
struct has_aliases<T, std::void_t<decltype(T::aliases())>> : std::true_type {};

template <class Options>
ConfigAliases aliases_of() {
  if constexpr (has_aliases<Options>::value) {
    return Options::aliases();
  } else {
    return {};
  }
}

/// First the kinds and lengths of lists that the document wants, so that the options list
/// the keys there may be; then no other key; then the values.
template <class Options>
Options read_document(const ConfigDocument& document) {
  Options options;
  ConfigShaper shaper(document);
  options.visit(shaper);
  ConfigLister lister;
  options.visit(lister);
  document.check_keys(lister);
  ConfigReader reader(document);
  reader.read_struct(options);
  return options;
}

template <class Options>
ConfigLister listed(const Options& options) {
  ConfigLister lister;
  Options copy = options;  // visit() is not const: it serves reading too
  copy.visit(lister);
  return lister;
}

/// The text of a config; at most 1 MiB.
std::string read_config_text(const std::filesystem::path& path);

/// YAML of nested maps and lists from dotted keys in field order.
std::string fields_to_yaml(const std::vector<ConfigField>& fields);

}  // namespace detail

template <class Options>
Options read_config(const std::filesystem::path& path,
                    const std::vector<ConfigOverride>& overrides) {
  return parse_config<Options>(detail::read_config_text(path), path.string(), overrides);
}

template <class Options>
Options parse_config(const std::string& text,
                     const std::string& name,
                     const std::vector<ConfigOverride>& overrides) {
  return detail::read_document<Options>(
      detail::ConfigDocument(text, name, overrides, detail::aliases_of<Options>()));
}

template <class Options>
std::vector<ConfigField> list_fields(const Options& options) {
  return detail::listed(options).fields;
}

template <class Options>
std::vector<ConfigKey> list_keys(const Options& options) {
  return detail::listed(options).keys();
}

template <class Options>
std::string write_config(const Options& options) {
  return detail::fields_to_yaml(list_fields(options));
}

}  // namespace sep
