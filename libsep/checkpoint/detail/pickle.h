#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace sep {

/// A value of a pickle, as written: nothing is looked up, imported or called. What
/// Python would call is kept as a record of the call.
struct PickleNode {
  enum class Kind {
    kNone,
    kBool,        ///< integer: 0 or 1
    kInteger,     ///< integer
    kReal,        ///< real
    kText,        ///< text; str and bytes alike
    kTuple,       ///< items
    kList,        ///< items
    kDict,        ///< items: key, value, key, value, …; an OrderedDict too
    kGlobal,      ///< a name to be imported: module and text
    kRecord,      ///< a call that was not made: items are what was to be called and the
                  ///< tuple of its arguments; state set or items added later are dropped
    kPersistent,  ///< something kept outside; items: its id
  };

  Kind kind = Kind::kNone;
  int64_t integer = 0;
  double real = 0.0;
  std::string text;
  std::string module;
  std::vector<const PickleNode*> items;

  /// Whether this is the global `module`.`name`.
  bool is_global(std::string_view module_name, std::string_view name) const;
  /// Whether this is a record of a call of that global.
  bool is_call(std::string_view module_name, std::string_view name) const;
  /// The value under a text key, nullptr where this is no dict or has no such key.
  const PickleNode* find(std::string_view key) const;
};

/// A pickle of protocol 2, as PyTorch writes it, read without Python.
///
/// A pickle is a program for a stack machine; this machine knows the operations that
/// move data and keeps the ones that would run code as records. Values may contain
/// themselves: walk by known keys, not by recursion.
class Pickle {
 public:
  /// Throws Error with `name` and the place for anything cut short, unknown, of another
  /// protocol, above a million values, a thousand open marks or 64 MB, or followed by
  /// more bytes.
  Pickle(std::string_view bytes, const std::string& name);
  Pickle(const Pickle&) = delete;
  Pickle& operator=(const Pickle&) = delete;

  const PickleNode& root() const { return *root_; }

 private:
  std::deque<PickleNode> nodes_;  // where they lie does not change
  const PickleNode* root_ = nullptr;
};

}  // namespace sep
