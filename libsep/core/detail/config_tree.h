#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libsep/core/config.h"

/// What config.h reads from: YAML as a tree that knows where each value came from.
/// For the inside of core.
namespace sep::detail {

struct ConfigNode {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  std::string key;      ///< in a map
  std::string text;     ///< of a scalar
  bool quoted = false;  ///< a scalar in quotes is never a number
  std::string place;    ///< "configs/model_e.yaml:3" or the origin of an override
  std::vector<ConfigNode> children;

  /// The child called `name` of a map; null where there is none.
  const ConfigNode* find(std::string_view name) const;
};

/// Largest document and deepest nesting that are read.
inline constexpr int64_t kMaxConfigBytes = int64_t{1} << 20;
inline constexpr size_t kMaxConfigDepth = 32;

/// One YAML document as a map; empty text is an empty map. Throws Error with `name`
/// and line for anything else, for keys given twice, anchors, aliases and tags.
ConfigNode parse_config_tree(const std::string& text, const std::string& name);

/// The maps from the root down to the override's key, and its value. Throws Error that
/// begins with the override's origin.
ConfigNode parse_config_override(const ConfigOverride& setting);

/// Throws Error for the first key that no field has, with the nearest one where it is
/// near, and for a value where a field has settings below it.
void check_config_keys(const ConfigNode& root, const std::vector<ConfigField>& fields);

/// Lays `above` over `base`: maps key by key, anything else instead of what is there.
void merge_config(ConfigNode& base, ConfigNode above);

/// The place of a dotted key, or of the nearest one around it that is in the tree.
std::string nearest_place(const ConfigNode& root, std::string_view key);

/// A value as in a message, on one line and not too long: 1.5, "abc", [a, b].
std::string shown_value(const ConfigNode& node);

/// A whole number or a finite number as YAML 1.2 writes it in base ten, without leading
/// zeros; false where the text is none or does not fit.
bool parse_number(std::string_view text, int64_t& value);
bool parse_number(std::string_view text, double& value);

}  // namespace sep::detail
