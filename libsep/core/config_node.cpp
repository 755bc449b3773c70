#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "libsep/core/detail/config_tree.h"

namespace sep::detail {
namespace {

using Kind = ConfigNode::Kind;

constexpr size_t kMaxShown = 60;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Without a plus sign, which from_chars does not know; empty where the text starts as no
// number of YAML 1.2 or, as 010 does, as an octal one of YAML 1.1.
std::string_view plain_number(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  const std::string_view digits = text.substr(!text.empty() && text[0] == '-' ? 1 : 0);
  if (digits.empty() || (!is_digit(digits[0]) && digits[0] != '.')) return "";
  if (digits.size() > 1 && digits[0] == '0' && is_digit(digits[1])) return "";
  return text;
}

template <class T>
bool parse_whole_text(std::string_view text, T& value) {
  text = plain_number(text);
  T parsed = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (text.empty() || code != std::errc() || end != text.data() + text.size()) return false;
  value = parsed;
  return true;
}

}  // namespace

const ConfigNode* ConfigNode::find(std::string_view name) const {
  for (const auto& child : children) {
    if (child.key == name) return &child;
  }
  return nullptr;
}

ConfigSegment split_segment(std::string_view segment) {
  const size_t bracket = segment.find('[');
  if (bracket == 0 || bracket == std::string_view::npos || segment.back() != ']') {
    return {segment, std::nullopt};
  }
  const auto digits = segment.substr(bracket + 1, segment.size() - bracket - 2);
  int64_t index = 0;
  if (digits.empty() || !is_digit(digits[0]) || !parse_number(digits, index)) {
    return {segment, std::nullopt};
  }
  return {segment.substr(0, bracket), static_cast<size_t>(index)};
}

std::string_view take_segment(std::string_view& key) {
  const size_t dot = std::min(key.find('.'), key.size());
  const std::string_view segment = key.substr(0, dot);
  key.remove_prefix(std::min(dot + 1, key.size()));
  return segment;
}

const ConfigNode* item_of(const ConfigNode& list, size_t index) {
  if (list.kind == Kind::kMap) return index == 0 ? &list : nullptr;
  if (list.kind == Kind::kList) {
    return index < list.children.size() ? &list.children[index] : nullptr;
  }
  if (list.kind != Kind::kItems) return nullptr;
  for (const auto& child : list.children) {
    if (child.index == index) return &child;
  }
  return nullptr;
}

std::string nearest_place(const ConfigNode& root, std::string_view key) {
  const ConfigNode* node = &root;
  while (!key.empty()) {
    const auto [name, index] = split_segment(take_segment(key));
    const ConfigNode* child = node->find(name);
    if (child == nullptr) break;
    node = child;
    if (!index) continue;
    const ConfigNode* item = item_of(*node, *index);
    if (item == nullptr) break;
    node = item;
  }
  return node->place;
}

std::string written_key(const ConfigNode& root, std::string_view key) {
  std::string written;
  const ConfigNode* node = &root;
  while (!key.empty()) {
    const std::string_view segment = take_segment(key);
    const auto [name, index] = split_segment(segment);
    node = node == nullptr ? nullptr : node->find(name);
    const bool is_list = node == nullptr || node->kind != Kind::kMap;
    written += (written.empty() ? "" : ".") + std::string(is_list ? segment : name);
    if (node != nullptr && !node->written.empty()) {
      written = node->written +
                std::string(segment.substr(is_list ? name.size() : segment.size()));
    }
    if (node != nullptr && index) node = item_of(*node, *index);
  }
  return written;
}

std::string shown_value(const ConfigNode& node) {
  if (node.kind == Kind::kNull) return "nothing";
  if (node.kind == Kind::kMap) return "{…}";
  if (node.kind == Kind::kItems) return "[…]";
  if (node.kind == Kind::kList) {
    std::string list;
    for (const auto& child : node.children) {
      list += (list.empty() ? "" : ", ") + shown_value(child);
      if (list.size() > kMaxShown) break;
    }
    return "[" + shown_text(list) + "]";
  }
  double number = 0.0;
  const bool plain = !node.quoted && (parse_number(node.text, number) ||
                                      node.text == "true" || node.text == "false");
  return plain ? shown_text(node.text) : "\"" + shown_text(node.text) + "\"";
}

bool parse_number(std::string_view text, int64_t& value) {
  return parse_whole_text(text, value);
}

// No text of an infinity gets here, and from_chars refuses what overflows.
bool parse_number(std::string_view text, double& value) {
  return parse_whole_text(text, value);
}

}  // namespace sep::detail
