#include <fmt/format.h>

#include <algorithm>

#include "libsep/core/atomic_file.h"
#include "libsep/core/config.h"
#include "libsep/core/detail/config_tree.h"
#include "libsep/core/text.h"

namespace sep::detail {

using Kind = ConfigNode::Kind;

ConfigDocument::ConfigDocument(const std::string& text,
                               const std::string& name,
                               const std::vector<ConfigOverride>& overrides,
                               const std::vector<ConfigAlias>& aliases)
    : root_(std::make_unique<ConfigNode>(parse_config_tree(text, name))) {
  rename_config_keys(*root_, aliases);
  for (const auto& setting : overrides) {
    ConfigNode above = parse_config_override(setting);
    rename_config_keys(above, aliases);
    merge_config(*root_, std::move(above));
  }
}

ConfigDocument::~ConfigDocument() = default;
ConfigDocument::ConfigDocument(ConfigDocument&&) noexcept = default;

std::string read_config_text(const std::filesystem::path& path) {
  return read_file(path, kMaxConfigBytes);
}

ConfigCursor::ConfigCursor(const ConfigDocument& document)
    : root_(&document.root()), levels_{{root_, ""}} {}

const ConfigNode* ConfigCursor::find(const char* key) const {
  const ConfigNode* node = levels_.back().node;
  return node == nullptr ? nullptr : node->find(key);
}

void ConfigCursor::enter(const char* key) {
  levels_.push_back({find(key), levels_.back().prefix + key + "."});
}

void ConfigCursor::enter_item(const char* key, size_t index) {
  const ConfigNode* list = find(key);
  levels_.push_back({list == nullptr ? nullptr : item_of(*list, index),
                     fmt::format("{}{}[{}].", levels_.back().prefix, key, index)});
}

void ConfigCursor::leave() { levels_.pop_back(); }

const ConfigNode* ConfigCursor::value_of(const char* key, const std::string& wanted) const {
  const ConfigNode* node = find(key);
  if (node != nullptr && !node->fault.empty()) throw Error(node->fault);
  if (node != nullptr && node->kind == Kind::kNull) {
    fail(key, " has no value: wants " + wanted);
  }
  return node;
}

void ConfigCursor::fail(const std::string& key, const std::string& problem) const {
  const std::string full = levels_.back().prefix + key;
  throw Error(nearest_place(*root_, full) + ": " + written_key(*root_, full) + problem);
}

void ConfigCursor::fail_type(const char* key, const std::string& wanted) const {
  const ConfigNode& node = *find(key);
  fail(key, " = " + shown_value(node) + ": wants " + wanted + unseen_remark(node.text));
}

void ConfigCursor::fail_struct(const std::string& problem) const {
  throw Error(nearest_place(*root_, levels_.back().prefix) + ": " + problem);
}

std::optional<size_t> ConfigShaper::given_size(const char* key, size_t default_size) const {
  const char* wanted = "a list of settings, [{…}, {…}]";
  const ConfigNode* node = value_of(key, wanted);
  if (node == nullptr) return std::nullopt;
  if (node->kind == Kind::kScalar) fail_type(key, wanted);
  if (node->kind == Kind::kList) {
    for (size_t i = 0; i < node->children.size(); ++i) {
      const ConfigNode& item = node->children[i];
      if (item.kind == Kind::kMap) continue;
      fail(fmt::format("{}[{}]", key, i),
           fmt::format(" = {}: wants settings below it{}",
                       shown_value(item),
                       unseen_remark(item.text)));
    }
    return node->children.size();
  }
  if (node->kind == Kind::kMap && !node->is_path) return 1;
  if (node->kind == Kind::kMap && default_size != 1) {
    fail(key,
         fmt::format(": wants the number of one of {} items, {}[0]", default_size, key));
  }
  for (const auto& item : node->children) {
    if (node->kind != Kind::kItems || item.index < default_size) continue;
    fail(fmt::format("{}[{}]", key, item.index),
         fmt::format(" is no item: the list has {}, counted from 0", default_size));
  }
  return std::nullopt;
}

}  // namespace sep::detail
