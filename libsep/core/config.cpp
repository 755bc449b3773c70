#include "libsep/core/config.h"

#include <fmt/format.h>

#include <algorithm>

#include "libsep/core/atomic_file.h"
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

bool is_range(const ConfigNode& node, Range& range) {
  return node.kind == Kind::kList && node.children.size() == 2 &&
         read_number(node.children[0], range.low) &&
         read_number(node.children[1], range.high) && range.low <= range.high;
}

}  // namespace

struct ConfigReader::State {
  ConfigNode root;
  std::vector<const ConfigNode*> maps;  // from the root to here; null where not given
  std::string prefix;                   // "stft." inside stft

  const ConfigNode* find(const char* key) const {
    return maps.back() == nullptr ? nullptr : maps.back()->find(key);
  }
};

ConfigReader::ConfigReader(std::unique_ptr<State> state) : state_(std::move(state)) {
  state_->maps.push_back(&state_->root);
}
ConfigReader::~ConfigReader() = default;
ConfigReader::ConfigReader(ConfigReader&&) noexcept = default;

ConfigReader ConfigReader::from_file(const std::filesystem::path& path,
                                     const std::vector<ConfigOverride>& overrides,
                                     const std::vector<ConfigField>& fields) {
  return from_text(read_file(path, kMaxConfigBytes), path.string(), overrides, fields);
}

ConfigReader ConfigReader::from_text(const std::string& text,
                                     const std::string& name,
                                     const std::vector<ConfigOverride>& overrides,
                                     const std::vector<ConfigField>& fields) {
  auto state = std::make_unique<State>();
  state->root = parse_config_tree(text, name);
  check_config_keys(state->root, fields);
  for (const auto& setting : overrides) {
    ConfigNode above = parse_config_override(setting);
    check_config_keys(above, fields);
    merge_config(state->root, std::move(above));
  }
  return ConfigReader(std::move(state));
}

const ConfigNode* ConfigReader::value_of(const char* key, const char* wanted) const {
  const ConfigNode* node = state_->find(key);
  if (node != nullptr && node->kind == Kind::kNull) {
    fail(key, std::string(" has no value: wants ") + wanted);
  }
  return node;
}

void ConfigReader::fail_type(const char* key, const std::string& wanted) const {
  const ConfigNode& node = *state_->find(key);
  fail(key, " = " + shown_value(node) + ": wants " + wanted + unseen_remark(node.text));
}

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
  const ConfigNode* node = value_of(key, "a list of texts, [a, b]");
  if (node == nullptr) return false;
  const bool is_list =
      node->kind == Kind::kList &&
      std::all_of(node->children.begin(), node->children.end(), [](const auto& child) {
        return child.kind == Kind::kScalar;
      });
  if (!is_list) fail_type(key, "a list of texts, [a, b]");
  value.clear();
  for (const auto& child : node->children) value.push_back(child.text);
  return true;
}

bool ConfigReader::read(const char* key, Range& value) {
  const ConfigNode* node = value_of(key, "two numbers, [low, high]");
  if (node == nullptr) return false;
  Range range;
  if (!is_range(*node, range)) fail_type(key, "two numbers, [low, high] with low <= high");
  value = range;
  return true;
}

void ConfigReader::enter(const char* key) {
  state_->maps.push_back(state_->find(key));
  state_->prefix += std::string(key) + ".";
}

void ConfigReader::leave() {
  state_->maps.pop_back();
  std::string& prefix = state_->prefix;
  prefix.pop_back();
  prefix.erase(prefix.rfind('.') + 1);
}

void ConfigReader::fail(const std::string& key, const std::string& problem) const {
  const std::string full = state_->prefix + key;
  throw Error(nearest_place(state_->root, full) + ": " + full + problem);
}

void ConfigReader::fail_struct(const std::string& problem) const {
  throw Error(nearest_place(state_->root, state_->prefix) + ": " + problem);
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
