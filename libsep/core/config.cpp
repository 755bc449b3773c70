#include "libsep/core/config.h"

#include <fmt/format.h>

#include <algorithm>

#include "libsep/core/detail/config_tree.h"
#include "libsep/core/text.h"

namespace sep {
namespace detail {
namespace {

using Kind = ConfigNode::Kind;

template <class T>
bool read_number(const ConfigNode& node, T& value) {
  return node.kind == Kind::kScalar && !node.quoted && parse_number(node.text, value);
}

bool read_item(const ConfigNode& node, int64_t& value) { return read_number(node, value); }
bool read_item(const ConfigNode& node, double& value) { return read_number(node, value); }
bool read_item(const ConfigNode& node, std::string& value) {
  value = node.text;
  return node.kind == Kind::kScalar;
}

// A list, or items of the default one.
template <class T>
bool read_list(const ConfigNode& node, std::vector<T>& values) {
  if (node.kind == Kind::kList) {
    values.assign(node.children.size(), T());
  } else if (node.kind != Kind::kItems) {
    return false;
  }
  for (size_t i = 0; i < node.children.size(); ++i) {
    const ConfigNode& item = node.children[i];
    const size_t index = node.kind == Kind::kItems ? item.index : i;
    if (index >= values.size() || !read_item(item, values[index])) return false;
  }
  return true;
}

// Groups of texts; one text alone is a group of one, and the only one.
bool read_groups(const ConfigNode& node, std::vector<std::vector<std::string>>& groups) {
  if (node.kind == Kind::kScalar) {
    groups = {{node.text}};
    return true;
  }
  if (node.kind != Kind::kList) return false;
  groups.assign(node.children.size(), {});
  for (size_t i = 0; i < groups.size(); ++i) {
    const ConfigNode& item = node.children[i];
    if (item.kind == Kind::kScalar) {
      groups[i] = {item.text};
    } else if (!read_list(item, groups[i])) {
      return false;
    }
  }
  return true;
}

bool is_range(const ConfigNode& node, Range& range) {
  return node.kind == Kind::kList && node.children.size() == 2 &&
         read_number(node.children[0], range.low) &&
         read_number(node.children[1], range.high) && range.low <= range.high;
}

}  // namespace

bool ConfigReader::read(const char* key, int64_t& value) {
  const ConfigNode* node = value_of(key, "a whole number");
  if (node == nullptr || read_number(*node, value)) return node != nullptr;
  // A double holds it, so it is a number, and without point and exponent a whole one.
  double number = 0.0;
  const bool too_large = read_number(*node, number) &&
                         node->text.find_first_not_of("+-0123456789") == std::string::npos;
  fail_type(key, too_large ? "a whole number from -2^63 to 2^63 - 1" : "a whole number");
}

bool ConfigReader::read(const char* key, double& value) {
  const ConfigNode* node = value_of(key, "a number");
  if (node == nullptr || read_number(*node, value)) return node != nullptr;
  fail_type(key, "a finite number");
}

bool ConfigReader::read(const char* key, bool& value) {
  const ConfigNode* node = value_of(key, "true or false");
  if (node == nullptr) return false;
  const bool is_bool = node->kind == Kind::kScalar && !node->quoted &&
                       (node->text == "true" || node->text == "false");
  if (!is_bool) fail_type(key, "true or false");
  value = node->text == "true";
  return true;
}

bool ConfigReader::read(const char* key, std::string& value) {
  const ConfigNode* node = value_of(key, "text");
  if (node == nullptr) return false;
  if (node->kind != Kind::kScalar) fail_type(key, "text");
  value = node->text;
  return true;
}

bool ConfigReader::read(const char* key, std::vector<std::string>& value) {
  const char* wanted = "a list of texts, [a, b]";
  const ConfigNode* node = value_of(key, wanted);
  if (node != nullptr && !read_list(*node, value)) fail_type(key, wanted);
  return node != nullptr;
}

bool ConfigReader::read(const char* key, std::vector<std::vector<std::string>>& value) {
  const char* wanted = "text, or a list of groups, [[a, b], [c]]";
  const ConfigNode* node = value_of(key, wanted);
  if (node != nullptr && !read_groups(*node, value)) fail_type(key, wanted);
  return node != nullptr;
}

bool ConfigReader::read(const char* key, std::vector<int64_t>& value) {
  const char* wanted = "a list of whole numbers, [1, 2]";
  const ConfigNode* node = value_of(key, wanted);
  if (node != nullptr && !read_list(*node, value)) fail_type(key, wanted);
  return node != nullptr;
}

bool ConfigReader::read(const char* key, std::vector<double>& value) {
  const char* wanted = "a list of finite numbers, [0.5, 1]";
  const ConfigNode* node = value_of(key, wanted);
  if (node != nullptr && !read_list(*node, value)) fail_type(key, wanted);
  return node != nullptr;
}

bool ConfigReader::read(const char* key, Range& value) {
  const ConfigNode* node = value_of(key, "two numbers, [low, high]");
  if (node == nullptr) return false;
  Range range;
  if (!is_range(*node, range)) fail_type(key, "two numbers, [low, high] with low <= high");
  value = range;
  return true;
}

bool ConfigReader::read(const char* key, NameMap& value) {
  const char* wanted = "names for names, {a: b, c: d}";
  const ConfigNode* node = value_of(key, wanted);
  if (node == nullptr) return false;
  if (node->kind != Kind::kMap) fail_type(key, wanted);
  NameMap names;
  for (const auto& child : node->children) {
    if (!child.fault.empty()) throw Error(child.fault);
    if (child.kind != Kind::kScalar) {
      fail(fmt::format("{}.{}", key, shown_text(child.key)),
           fmt::format(" = {}: wants a name", shown_value(child)));
    }
    names[child.key] = child.text;
  }
  value = std::move(names);
  return true;
}

void refuse_enum_name(std::string_view name, const std::vector<std::string_view>& names) {
  std::string wanted;
  for (size_t i = 0; i < names.size(); ++i) {
    wanted += i == 0 ? "" : i + 1 == names.size() ? " or " : ", ";
    wanted += names[i];
  }
  throw Error(
      fmt::format("\"{}\": wants {}{}", shown_text(name), wanted, unseen_remark(name)));
}

}  // namespace detail

ConfigOverride parse_override(const std::string& key_value) {
  const std::string origin = "--set " + shown_text(key_value);
  const size_t equals = key_value.find('=');
  SEP_CHECK(equals != std::string::npos && equals > 0, "{}: wants key=value", origin);
  return {key_value.substr(0, equals), key_value.substr(equals + 1), origin};
}

}  // namespace sep
