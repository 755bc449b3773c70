#include "libsep/core/detail/config_tree.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <functional>
#include <sstream>
#include <unordered_map>

#include "libsep/core/text.h"

namespace sep::detail {
namespace {

using Kind = ConfigNode::Kind;
using Place = std::function<std::string(const YAML::Mark&)>;

// Builds the tree from the parser's events. The parser goes one call deeper a level,
// so the depth is checked as levels begin, and no document can exhaust the stack.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(Place place, std::string prefix)
      : place_(std::move(place)), prefix_(std::move(prefix)) {}

  ConfigNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++num_documents_ > 1) fail(mark, "wants one document, found a second");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_extras(mark, "?", anchor);
    add(make(mark, Kind::kNull), mark);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    fail(mark, "aliases (*name) are not understood");
  }

  void OnScalar(const YAML::Mark& mark,
                const std::string& tag,
                YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_extras(mark, tag, anchor);
    ConfigNode node = make(mark, Kind::kScalar);
    node.text = value;
    node.quoted = tag == "!";
    add(std::move(node), mark);
  }

  void OnSequenceStart(const YAML::Mark& mark,
                       const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    begin(mark, tag, anchor, Kind::kList);
  }
  void OnSequenceEnd() override { end(); }

  void OnMapStart(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    begin(mark, tag, anchor, Kind::kMap);
  }
  void OnMapEnd() override { end(); }

 private:
  struct Level {
    ConfigNode node;
    YAML::Mark mark;
    bool has_key = false;  // of the value to come
    std::string key;
    std::string key_place;
    std::unordered_map<std::string, std::string> places;  // of the keys so far
  };

  ConfigNode make(const YAML::Mark& mark, Kind kind) const {
    ConfigNode node;
    node.kind = kind;
    node.place = place_(mark);
    return node;
  }

  void begin(const YAML::Mark& mark,
             const std::string& tag,
             YAML::anchor_t anchor,
             Kind kind) {
    refuse_extras(mark, tag, anchor);
    if (levels_.size() >= kMaxConfigDepth) {
      fail(mark, fmt::format("is nested deeper than {} levels", kMaxConfigDepth));
    }
    levels_.emplace_back();
    levels_.back().node = make(mark, kind);
    levels_.back().mark = mark;
  }

  void end() {
    Level level = std::move(levels_.back());
    levels_.pop_back();
    add(std::move(level.node), level.mark);
  }

  void add(ConfigNode node, const YAML::Mark& mark) {
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = levels_.back();
    if (level.node.kind == Kind::kMap && !level.has_key) {
      take_key(node, mark);
      return;
    }
    if (level.has_key) {
      node.key = std::move(level.key);
      node.place = std::move(level.key_place);
      level.has_key = false;
    }
    level.node.children.push_back(std::move(node));
  }

  void take_key(const ConfigNode& node, const YAML::Mark& mark) {
    if (node.kind != Kind::kScalar) fail(mark, "wants a name before the colon");
    Level& level = levels_.back();
    const auto [first, is_new] = level.places.emplace(node.text, node.place);
    if (!is_new) {
      const auto where = first->second == node.place ? "" : ", first at " + first->second;
      fail(mark, fmt::format("{} is given twice{}", shown_text(path(node.text)), where));
    }
    level.has_key = true;
    level.key = node.text;
    level.key_place = node.place;
  }

  // Dotted, of a key in the innermost map.
  std::string path(const std::string& key) const {
    std::string path = prefix_;
    for (const auto& level : levels_) {
      if (level.node.kind == Kind::kList) {
        path += "[" + std::to_string(level.node.children.size()) + "]";
      } else {
        path += (path.empty() ? "" : ".") + (&level == &levels_.back() ? key : level.key);
      }
    }
    return path;
  }

  void refuse_extras(const YAML::Mark& mark,
                     const std::string& tag,
                     YAML::anchor_t anchor) {
    if (anchor != 0) fail(mark, "anchors (&name) are not understood");
    if (tag != "?" && tag != "!" && !tag.empty()) {
      fail(mark, fmt::format("tags are not understood, found {}", shown_text(tag)));
    }
  }

  [[noreturn]] void fail(const YAML::Mark& mark, const std::string& problem) const {
    throw Error(place_(mark) + ": " + problem);
  }

  Place place_;
  std::string prefix_;
  int num_documents_ = 0;
  std::vector<Level> levels_;
  ConfigNode root_;
};

// yaml-cpp takes some control characters for the end of the text.
void refuse_control_characters(const std::string& text, const Place& place) {
  YAML::Mark mark;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') ++mark.line;
    if (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') {
      throw Error(fmt::format("{}: is no text: it has a byte 0x{:02x}", place(mark), byte));
    }
  }
}

std::string_view line_at(std::string_view text, int line) {
  for (; line > 0 && !text.empty(); --line) {
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  return text.substr(0, text.find('\n'));
}

// What no YAML has at `mark`: the parser stops at a tab that indents a line with other
// words, at that line or the one behind it, and takes other blanks for letters.
[[noreturn]] void refuse(const std::string& text,
                         const Place& place,
                         const YAML::Exception& error) {
  YAML::Mark mark = error.mark;
  for (const int last = std::max(mark.line - 1, 0); mark.line >= last; --mark.line) {
    const auto line = line_at(text, mark.line);
    const auto indent = line.substr(0, line.find_first_not_of(" \t"));
    if (indent.find('\t') == std::string_view::npos) continue;
    throw Error(place(mark) + ": is no YAML: a tab indents the line, wants spaces");
  }
  throw Error(fmt::format("{}: is no YAML: {}{}",
                          place(error.mark),
                          shown_text(error.msg),
                          unseen_remark(line_at(text, error.mark.line))));
}

ConfigNode parse(const std::string& text, const Place& place, const std::string& prefix) {
  refuse_control_characters(text, place);
  TreeBuilder builder(place, prefix);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    refuse(text, place, error);
  }
  return builder.take_root();
}

}  // namespace

ConfigNode parse_config_tree(const std::string& text, const std::string& name) {
  SEP_CHECK(text.size() <= static_cast<size_t>(kMaxConfigBytes),
            "{}: wants at most {} bytes, found {}",
            name,
            kMaxConfigBytes,
            text.size());
  const auto place = [&](const YAML::Mark& mark) {
    return mark.is_null() ? name : fmt::format("{}:{}", name, mark.line + 1);
  };
  ConfigNode root = parse(text, place, "");
  SEP_CHECK(root.kind == Kind::kMap || root.kind == Kind::kNull,
            "{}: wants settings, \"key: value\" a line, found {}{}",
            root.place,
            shown_value(root),
            unseen_remark(root.text));
  root.kind = Kind::kMap;
  root.place = name;
  return root;
}

ConfigNode parse_config_override(const ConfigOverride& setting) {
  const std::string origin =
      setting.origin.empty() ? setting.key + "=" + setting.value : setting.origin;
  ConfigNode node = parse(
      setting.value, [&](const YAML::Mark&) { return std::string(origin); }, setting.key);
  if (setting.value.empty()) {  // a shell has eaten the quotes of an empty text
    node.kind = Kind::kScalar;
    node.quoted = true;
  }
  node.place = origin;
  return nested_config(setting.key, std::move(node));
}

}  // namespace sep::detail
