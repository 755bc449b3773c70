#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "libsep/core/detail/config_tree.h"
#include "libsep/core/detail/nearest.h"
#include "libsep/core/registry.h"
#include "libsep/core/text.h"

namespace sep::detail {
namespace {

using NodeKind = ConfigNode::Kind;

std::string_view last_part(std::string_view key) { return key.substr(key.rfind('.') + 1); }

// Without what no key has, blanks that are no spaces say.
std::string letters_of(const std::string& name) {
  std::string letters;
  for (const char c : name) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_letter || (c >= '0' && c <= '9') || c == '_') letters += c;
  }
  return letters;
}

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// Whether a kind's options have `name`, be it one key or a section.
bool has_key(const KindTable& kinds, const std::string& kind, const std::string& name) {
  ConfigLister lister;
  kinds.default_options(kind)->visit(lister);
  return std::any_of(lister.fields.begin(), lister.fields.end(), [&](const auto& field) {
    if (!starts_with(field.key, name)) return false;
    const char next = field.key.size() == name.size() ? '.' : field.key[name.size()];
    return next == '.' || next == '[';
  });
}

class KeyCheck {
 public:
  explicit KeyCheck(const ConfigLister& options)
      : unread_(options.unread.begin(), options.unread.end()), kinds_(options.kinds) {
    for (const auto& field : options.fields) {
      leaves_.insert(field.key);
      for (size_t end = field.key.find_first_of(".["); end != std::string::npos;
           end = field.key.find_first_of(".[", end + 1)) {
        (field.key[end] == '.' ? structs_ : lists_).insert(field.key.substr(0, end));
      }
    }
  }

  // `shown` is the prefix as in the document (written_key()).
  void check(const ConfigNode& map,
             const std::string& prefix,
             const std::string& shown) const {
    for (const auto& child : map.children) {
      const std::string key = prefix + child.key;
      const std::string name = child.written.empty() ? shown + child.key : child.written;
      SEP_CHECK(child.key.find('.') == std::string::npos,
                "{}: {} is no setting; in a file settings are nested, without dots",
                child.place,
                shown_text(name));
      if (unread_.count(key) > 0) continue;
      if (!child.fault.empty()) throw Error(child.fault);
      const bool is_name = child.key.find('[') == std::string::npos;
      if (is_name && lists_.count(key) > 0) {
        check_items(child, key, name);
      } else if (is_name && structs_.count(key) > 0) {
        check_struct(child, key, name);
      } else if (!is_name || leaves_.count(key) == 0) {
        refuse(child, prefix, shown, name);
      }
    }
  }

 private:
  void check_items(const ConfigNode& list,
                   const std::string& key,
                   const std::string& shown) const {
    if (list.kind == NodeKind::kMap) return check_struct(list, key + "[0]", shown);
    for (size_t i = 0; i < list.children.size(); ++i) {
      const ConfigNode& item = list.children[i];
      const auto place =
          fmt::format("[{}]", list.kind == NodeKind::kItems ? item.index : i);
      check_struct(item, key + place, shown + place);
    }
  }

  void check_struct(const ConfigNode& node,
                    const std::string& key,
                    const std::string& shown) const {
    if (!node.fault.empty()) throw Error(node.fault);
    const auto* kind = kind_at(key + ".");
    SEP_CHECK(node.kind == NodeKind::kMap || node.kind == NodeKind::kNull,
              "{}: {} = {}: wants settings below it{}{}",
              node.place,
              shown,
              shown_value(node),
              kind == nullptr ? "" : fmt::format(", {{{}: …}}", kind->type_key),
              unseen_remark(node.text));
    check(node, key + ".", shown + ".");
  }

  [[noreturn]] void refuse(const ConfigNode& node,
                           const std::string& prefix,
                           const std::string& shown,
                           const std::string& name) const {
    std::string problem = of_another_kind(node.key, prefix);
    if (problem.empty()) {
      problem = " is no setting" + unseen_remark(node.key) +
                guess(prefix, shown, letters_of(node.key));
    }
    throw Error(node.place + ": " + shown_text(name) + problem);
  }

  const ConfigLister::ChosenKind* kind_at(const std::string& prefix) const {
    for (const auto& kind : kinds_) {
      if (kind.prefix == prefix) return &kind;
    }
    return nullptr;
  }

  std::string of_another_kind(const std::string& name, const std::string& prefix) const {
    const auto* chosen = kind_at(prefix);
    if (chosen == nullptr) return "";
    std::vector<std::string> others;
    for (const auto& kind : chosen->table->names()) {
      if (has_key(*chosen->table, kind, name)) others.push_back(kind);
    }
    if (others.empty()) return "";
    return fmt::format(
        " is a key of {}, not of {}", fmt::join(others, " and "), chosen->type);
  }

  std::string guess(const std::string& prefix,
                    const std::string& shown,
                    const std::string& name) const {
    std::string best = nearest_name(name, siblings(prefix));
    if (!best.empty()) {
      best = shown + best;
    } else {
      best = same_name_elsewhere(name);
    }
    return best.empty() ? "" : "; did you mean " + best + "?";
  }

  std::vector<std::string> siblings(const std::string& prefix) const {
    std::vector<std::string> siblings;
    for (const auto* keys : {&leaves_, &structs_, &lists_}) {
      for (const auto& key : *keys) {
        const std::string_view last = last_part(key);
        if (key.size() != prefix.size() + last.size() || !starts_with(key, prefix))
          continue;
        if (key.back() != ']') siblings.emplace_back(last);
      }
    }
    return siblings;
  }

  std::string same_name_elsewhere(const std::string& name) const {
    if (name.empty()) return "";
    for (const auto& key : leaves_) {
      if (last_part(key) == name) return key;
    }
    return "";
  }

  std::set<std::string> leaves_;
  std::set<std::string> structs_;  // those with fields below them
  std::set<std::string> lists_;    // of structs
  std::set<std::string> unread_;
  const std::vector<ConfigLister::ChosenKind>& kinds_;
};

}  // namespace

void ConfigDocument::check_keys(const ConfigLister& options) const {
  KeyCheck(options).check(*root_, "", "");
}

}  // namespace sep::detail
