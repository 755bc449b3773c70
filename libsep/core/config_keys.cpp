#include <algorithm>
#include <numeric>
#include <set>

#include "libsep/core/detail/config_tree.h"
#include "libsep/core/text.h"

namespace sep::detail {
namespace {

using Kind = ConfigNode::Kind;

// Longer names are no slip of the finger.
constexpr size_t kMaxGuessed = 64;

std::string_view last_part(std::string_view key) { return key.substr(key.rfind('.') + 1); }

// Letters to insert, delete or replace between two words.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

// Without what no key has, blanks that are no spaces say.
std::string letters_of(const std::string& name) {
  std::string letters;
  for (const char c : name) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_letter || (c >= '0' && c <= '9') || c == '_') letters += c;
  }
  return letters;
}

bool is_near(std::string_view a, std::string_view b) {
  const auto& [shorter, longer] = std::minmax(
      a, b, [](std::string_view x, std::string_view y) { return x.size() < y.size(); });
  if (shorter.size() >= 3 && longer.find(shorter) != std::string_view::npos) return true;
  return edit_distance(a, b) <= 1 + shorter.size() / 4;
}

class KeyCheck {
 public:
  explicit KeyCheck(const std::vector<ConfigField>& fields) {
    for (const auto& field : fields) {
      leaves_.insert(field.key);
      for (size_t dot = field.key.find('.'); dot != std::string::npos;
           dot = field.key.find('.', dot + 1)) {
        structs_.insert(field.key.substr(0, dot));
      }
    }
  }

  void check(const ConfigNode& map, const std::string& prefix) const {
    for (const auto& child : map.children) {
      const std::string key = prefix + child.key;
      SEP_CHECK(child.key.find('.') == std::string::npos,
                "{}: {} is no setting; in a file settings are nested, without dots",
                child.place,
                shown_text(key));
      if (structs_.count(key) > 0) {
        check_struct(child, key);
      } else if (leaves_.count(key) == 0) {
        throw Error(child.place + ": " + shown_text(key) + " is no setting" +
                    unseen_remark(child.key) + guess(prefix, letters_of(child.key)));
      }
    }
  }

 private:
  void check_struct(const ConfigNode& node, const std::string& key) const {
    SEP_CHECK(node.kind == Kind::kMap || node.kind == Kind::kNull,
              "{}: {} = {}: wants settings below it{}",
              node.place,
              key,
              shown_value(node),
              unseen_remark(node.text));
    check(node, key + ".");
  }

  std::string guess(const std::string& prefix, const std::string& name) const {
    if (name.empty() || name.size() > kMaxGuessed) return "";
    std::string best = nearest_sibling(prefix, name);
    if (best.empty()) best = same_name_elsewhere(name);
    return best.empty() ? "" : "; did you mean " + best + "?";
  }

  std::string nearest_sibling(const std::string& prefix, const std::string& name) const {
    std::string best;
    size_t best_distance = 0;
    for (const auto* keys : {&leaves_, &structs_}) {
      for (const auto& key : *keys) {
        const std::string_view last = last_part(key);
        if (key.size() != prefix.size() + last.size() || key.rfind(prefix, 0) != 0)
          continue;
        const size_t distance = edit_distance(name, last);
        if (!is_near(name, last) || (!best.empty() && distance >= best_distance)) continue;
        best = key;
        best_distance = distance;
      }
    }
    return best;
  }

  std::string same_name_elsewhere(const std::string& name) const {
    for (const auto& key : leaves_) {
      if (last_part(key) == name) return key;
    }
    return "";
  }

  std::set<std::string> leaves_;
  std::set<std::string> structs_;  // those with fields below them
};

}  // namespace

void check_config_keys(const ConfigNode& root, const std::vector<ConfigField>& fields) {
  KeyCheck(fields).check(root, "");
}

}  // namespace sep::detail
