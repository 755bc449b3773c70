#include <fmt/format.h>

#include <algorithm>

#include "libsep/core/detail/config_tree.h"

namespace sep::detail {
namespace {

using Kind = ConfigNode::Kind;

ConfigNode* find(ConfigNode& map, std::string_view name) {
  return const_cast<ConfigNode*>(map.find(name));
}

// Kept until somebody looks there: what is Unread may hold anything.
void refuse(ConfigNode& base,
            const ConfigNode& above,
            const std::string& key,
            const std::string& problem) {
  base.fault = above.place + ": " + shown_text(key) + problem;
}

std::string item_key(const std::string& key, size_t index) {
  return fmt::format("{}[{}]", key, index);
}

void merge_items(ConfigNode& base, ConfigNode above, const std::string& key) {
  for (auto& item : above.children) {
    ConfigNode* place = const_cast<ConfigNode*>(item_of(base, item.index));
    if (place != nullptr) {
      const std::string name = item_key(key, item.index);
      merge_config(*place, std::move(item), name);
      if (!place->fault.empty())
        base.fault = place->fault;  // values' items are not looked at
    } else if (base.kind == Kind::kItems) {
      base.children.push_back(std::move(item));
    } else {
      const size_t size = base.kind == Kind::kList ? base.children.size() : 1;
      refuse(base,
             item,
             item_key(key, item.index),
             fmt::format(" is no item: the list has {}, counted from 0", size));
    }
  }
}

void merge_maps(ConfigNode& base, ConfigNode above, const std::string& key) {
  base.is_path = base.is_path && above.is_path;
  for (auto& child : above.children) {
    ConfigNode* known = find(base, child.key);
    if (known == nullptr) {
      base.children.push_back(std::move(child));
    } else {
      const std::string name = key.empty() ? child.key : key + "." + child.key;
      merge_config(*known, std::move(child), name);
    }
  }
}

// What an override's dotted key leads into is a list: its only item is meant.
void merge_into_only_item(ConfigNode& base, ConfigNode above, const std::string& key) {
  if (base.kind != Kind::kList || base.children.size() != 1) {
    return refuse(
        base,
        above,
        key,
        fmt::format(" is a list: wants the number of the item, {}", item_key(key, 0)));
  }
  merge_config(base.children[0], std::move(above), item_key(key, 0));
  base.fault = base.children[0].fault;
}

// Takes what is under a dotted key, and maps that are empty without it; a null node's
// place is empty where there is nothing.
ConfigNode take(ConfigNode& map, std::string_view key) {
  ConfigNode taken;
  const std::string_view name = take_segment(key);
  ConfigNode* child = map.kind == Kind::kMap ? find(map, name) : nullptr;
  if (child == nullptr) return taken;
  if (key.empty()) {
    taken = std::move(*child);
  } else {
    taken = take(*child, key);
    if (taken.place.empty() || !child->children.empty()) return taken;
  }
  map.children.erase(map.children.begin() + (child - map.children.data()));
  return taken;
}

const ConfigNode* find_dotted(const ConfigNode& root, std::string_view key) {
  const ConfigNode* node = &root;
  while (node != nullptr && !key.empty()) {
    const auto [name, index] = split_segment(take_segment(key));
    node = node->find(name);
    if (node != nullptr && index) node = item_of(*node, *index);
  }
  return node;
}

}  // namespace

void merge_config(ConfigNode& base, ConfigNode above, const std::string& key) {
  const bool is_inside = above.kind == Kind::kMap || above.kind == Kind::kItems;
  if (above.kind == Kind::kNull && base.kind == Kind::kMap) return;
  if (is_inside && base.kind == Kind::kScalar) {
    refuse(
        base,
        above,
        key,
        fmt::format(" = {} ({}) has no settings below it", shown_value(base), base.place));
  } else if (above.kind == Kind::kItems && base.kind != Kind::kNull) {
    merge_items(base, std::move(above), key);
  } else if (above.kind == Kind::kMap && base.kind == Kind::kMap) {
    merge_maps(base, std::move(above), key);
  } else if (above.is_path && base.kind != Kind::kNull) {
    merge_into_only_item(base, std::move(above), key);
  } else {
    base = std::move(above);
  }
}

ConfigNode nested_config(std::string_view key, ConfigNode value) {
  for (size_t dot = key.rfind('.');; dot = key.rfind('.')) {
    const auto begin = dot == std::string_view::npos ? 0 : dot + 1;
    const auto [name, index] = split_segment(key.substr(begin));
    if (index) {
      ConfigNode items;
      items.kind = Kind::kItems;
      items.place = value.place;
      value.key.clear();
      value.index = *index;
      items.children.push_back(std::move(value));
      value = std::move(items);
    }
    value.key = name;
    ConfigNode outer;
    outer.kind = Kind::kMap;
    outer.is_path = true;
    outer.place = value.place;
    outer.children.push_back(std::move(value));
    if (dot == std::string_view::npos) return outer;
    value = std::move(outer);
    key = key.substr(0, dot);
  }
}

void rename_config_keys(ConfigNode& root, const ConfigAliases& aliases) {
  for (const auto& [old_key, new_key] : aliases) {
    ConfigNode value = take(root, old_key);
    if (value.place.empty()) continue;
    if (const ConfigNode* other = find_dotted(root, new_key)) {
      throw Error(fmt::format("{}: {} is the earlier name of {}, which is given too ({})",
                              value.place,
                              old_key,
                              new_key,
                              other->place));
    }
    value.written = old_key;
    merge_config(root, nested_config(new_key, std::move(value)));
  }
}

}  // namespace sep::detail
