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

void merge_config(ConfigNode& base, ConfigNode above) {
  if (above.kind == Kind::kNull && base.kind == Kind::kMap) return;
  if (base.kind != Kind::kMap || above.kind != Kind::kMap) {
    base = std::move(above);
    return;
  }
  for (auto& child : above.children) {
    const auto* known = base.find(child.key);
    if (known == nullptr) {
      base.children.push_back(std::move(child));
    } else {
      merge_config(base.children[static_cast<size_t>(known - base.children.data())],
                   std::move(child));
    }
  }
}

std::string nearest_place(const ConfigNode& root, std::string_view key) {
  const ConfigNode* node = &root;
  while (!key.empty()) {
    const size_t dot = std::min(key.find('.'), key.size());
    const ConfigNode* child = node->find(key.substr(0, dot));
    if (child == nullptr) break;
    node = child;
    key.remove_prefix(std::min(dot + 1, key.size()));
  }
  return node->place;
}

std::string shown_value(const ConfigNode& node) {
  if (node.kind == Kind::kNull) return "nothing";
  if (node.kind == Kind::kMap) return "{…}";
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
