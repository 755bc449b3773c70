#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libsep/core/config.h"

/// What config.h reads from: YAML as a tree that knows where each value came from.
/// For the inside of core.
namespace sep::detail {

struct ConfigNode {
  /// kItems is of an override: some items of a list, each with its index.
  enum class Kind { kNull, kScalar, kList, kMap, kItems };

  Kind kind = Kind::kNull;
  std::string key;       ///< in a map
  size_t index = 0;      ///< in items
  std::string text;      ///< of a scalar
  bool quoted = false;   ///< a scalar in quotes is never a number
  bool is_path = false;  ///< a map that stands for the dots of an override's key alone
  std::string place;     ///< "configs/model_e.yaml:3" or the origin of an override
  std::string written;  ///< dotted key in the document, where an alias moved it; else empty
  std::string fault;    ///< message where an override does not fit what is here
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

/// The maps and items from the root down to a dotted key, and `value` there.
ConfigNode nested_config(std::string_view key, ConfigNode value);

/// Lays `above` over `base`, which is called `key`: maps key by key, items of a list item
/// by item, anything else instead of what is there. It is a fault of `base` where `above`
/// sets what is below a value that has nothing below it, or an item that the list does not
/// have.
void merge_config(ConfigNode& base, ConfigNode above, const std::string& key = "");

/// Moves what stands under old keys to the new ones. Throws Error where both are given.
void rename_config_keys(ConfigNode& root, const ConfigAliases& aliases);

/// A part of a dotted key between dots: "loss", or "loss[0]" with an index.
struct ConfigSegment {
  std::string_view name;
  std::optional<size_t> index;
};
ConfigSegment split_segment(std::string_view segment);

/// The part of a dotted key before the first dot, which is taken off.
std::string_view take_segment(std::string_view& key);

/// An item of a list, of items, or of a map that stands for a list of one; null where there
/// is none.
const ConfigNode* item_of(const ConfigNode& list, size_t index);

/// The place of a dotted key, or of the nearest one around it that is in the tree.
std::string nearest_place(const ConfigNode& root, std::string_view key);

/// A dotted key as it stands in the document: with its old name where an alias moved it,
/// and without [0] for one map alone.
std::string written_key(const ConfigNode& root, std::string_view key);

/// A value as in a message, on one line and not too long: 1.5, "abc", [a, b].
std::string shown_value(const ConfigNode& node);

/// A whole number or a finite number as YAML 1.2 writes it in base ten, without leading
/// zeros; false where the text is none or does not fit.
bool parse_number(std::string_view text, int64_t& value);
bool parse_number(std::string_view text, double& value);

}  // namespace sep::detail
