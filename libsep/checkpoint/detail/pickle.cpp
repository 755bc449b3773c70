#include "libsep/checkpoint/detail/pickle.h"

#include <unordered_map>
#include <utility>

#include "libsep/checkpoint/detail/pickle_bytes.h"

namespace sep {
namespace {

using Kind = PickleNode::Kind;

constexpr size_t kMaxBytes = 64U << 20;
constexpr size_t kMaxNodes = 1000000;
constexpr size_t kMaxMarks = 1000;

class Machine {
 public:
  Machine(std::string_view bytes, const std::string& name, std::deque<PickleNode>& nodes)
      : bytes_(bytes, name), nodes_(nodes) {}

  const PickleNode* run() {
    check(bytes_.num_bytes() <= kMaxBytes, "is too long");
    check(bytes_.take_byte() == '\x80' && bytes_.take_byte() == '\x02',
          "is not of protocol 2");
    while (true) {
      const char operation = bytes_.take_byte();
      if (operation == '.') return finish();
      const bool known = push_constant(operation) || push_number(operation) ||
                         push_text(operation) || use_memo(operation) ||
                         collect(operation) || change(operation) || call(operation);
      check(known, "has an operation that is not used here");
    }
  }

 private:
  void check(bool condition, const char* problem) const {
    bytes_.check(condition, problem);
  }

  // -- stack

  PickleNode& push(Kind kind) {
    check(nodes_.size() < kMaxNodes, "has too many values");
    nodes_.emplace_back().kind = kind;
    stack_.push_back(&nodes_.back());
    return nodes_.back();
  }

  size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  PickleNode* pop() {
    check(stack_.size() > floor(), "takes a value where there is none");
    auto* node = stack_.back();
    stack_.pop_back();
    return node;
  }

  PickleNode& top() {
    check(stack_.size() > floor(), "takes a value where there is none");
    return *stack_.back();
  }

  std::vector<const PickleNode*> pop_to_mark() {
    check(!marks_.empty(), "takes a mark where there is none");
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<const PickleNode*> items(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return items;
  }

  std::vector<const PickleNode*> pop_items(size_t count) {
    std::vector<const PickleNode*> items(count);
    for (size_t i = count; i > 0; --i) items[i - 1] = pop();
    return items;
  }

  const PickleNode* finish() {
    check(marks_.empty() && stack_.size() == 1, "does not end with one value");
    check(bytes_.at_end(), "goes on after its end");
    return stack_.back();
  }

  // -- operations; each group gives false for those of another

  bool push_constant(char operation) {
    switch (operation) {
      case 'N':
        push(Kind::kNone);
        return true;
      case '\x88':
        push(Kind::kBool).integer = 1;
        return true;
      case '\x89':
        push(Kind::kBool).integer = 0;
        return true;
      case '}':
        push(Kind::kDict);
        return true;
      case ']':
        push(Kind::kList);
        return true;
      case ')':
        push(Kind::kTuple);
        return true;
      default:
        return false;
    }
  }

  bool push_number(char operation) {
    switch (operation) {
      case 'J':
        push(Kind::kInteger).integer = bytes_.take_signed(4);
        return true;
      case 'K':
        push(Kind::kInteger).integer = static_cast<int64_t>(bytes_.take_unsigned(1));
        return true;
      case 'M':
        push(Kind::kInteger).integer = static_cast<int64_t>(bytes_.take_unsigned(2));
        return true;
      case 'G':
        push(Kind::kReal).real = bytes_.take_real();
        return true;
      case '\x8a': {
        const auto count = bytes_.take_unsigned(1);
        check(count <= 8, "has an integer above 64 bits");
        push(Kind::kInteger).integer = bytes_.take_signed(count);
        return true;
      }
      default:
        return false;
    }
  }

  bool push_text(char operation) {
    switch (operation) {
      case 'X':
      case 'T':
        push(Kind::kText).text = bytes_.take(bytes_.take_unsigned(4));
        return true;
      case 'U':
        push(Kind::kText).text = bytes_.take(bytes_.take_unsigned(1));
        return true;
      case 'c': {
        auto& global = push(Kind::kGlobal);
        global.module = bytes_.take_line();
        global.text = bytes_.take_line();
        return true;
      }
      default:
        return false;
    }
  }

  void remember(uint64_t index) { memo_[index] = &top(); }

  void recall(uint64_t index) {
    const auto found = memo_.find(index);
    check(found != memo_.end(), "refers to a value it has not kept");
    stack_.push_back(found->second);
  }

  bool use_memo(char operation) {
    switch (operation) {
      case 'q':
        remember(bytes_.take_unsigned(1));
        return true;
      case 'r':
        remember(bytes_.take_unsigned(4));
        return true;
      case 'h':
        recall(bytes_.take_unsigned(1));
        return true;
      case 'j':
        recall(bytes_.take_unsigned(4));
        return true;
      case '2':
        stack_.push_back(&top());
        return true;
      case '0':
        pop();
        return true;
      default:
        return false;
    }
  }

  void push_collection(Kind kind, std::vector<const PickleNode*> items) {
    check(kind != Kind::kDict || items.size() % 2 == 0, "has a key without a value");
    push(kind).items = std::move(items);
  }

  bool collect(char operation) {
    switch (operation) {
      case '(':
        check(marks_.size() < kMaxMarks, "is nested too deeply");
        marks_.push_back(stack_.size());
        return true;
      case '1':
        pop_to_mark();
        return true;
      case 't':
        push_collection(Kind::kTuple, pop_to_mark());
        return true;
      case 'l':
        push_collection(Kind::kList, pop_to_mark());
        return true;
      case 'd':
        push_collection(Kind::kDict, pop_to_mark());
        return true;
      case '\x85':
        push_collection(Kind::kTuple, pop_items(1));
        return true;
      case '\x86':
        push_collection(Kind::kTuple, pop_items(2));
        return true;
      case '\x87':
        push_collection(Kind::kTuple, pop_items(3));
        return true;
      default:
        return false;
    }
  }

  // Adds to the collection on top; what is added to a record is dropped.
  void extend(Kind kind, const std::vector<const PickleNode*>& items) {
    auto& target = top();
    check(target.kind == kind || target.kind == Kind::kRecord,
          "adds to what is no list or dict");
    check(kind != Kind::kDict || items.size() % 2 == 0, "has a key without a value");
    if (target.kind != kind) return;
    target.items.insert(target.items.end(), items.begin(), items.end());
  }

  bool change(char operation) {
    switch (operation) {
      case 'a':
        extend(Kind::kList, pop_items(1));
        return true;
      case 'e':
        extend(Kind::kList, pop_to_mark());
        return true;
      case 's':
        extend(Kind::kDict, pop_items(2));
        return true;
      case 'u':
        extend(Kind::kDict, pop_to_mark());
        return true;
      case 'b':
        pop();
        top();
        return true;
      default:
        return false;
    }
  }

  bool call(char operation) {
    if (operation == 'Q') {
      push_collection(Kind::kPersistent, pop_items(1));
      return true;
    }
    if (operation != 'R' && operation != '\x81') return false;
    auto items = pop_items(2);
    check(items[1]->kind == Kind::kTuple, "calls with what is no tuple");
    // The one call that makes plain data.
    const bool is_dict =
        items[0]->is_global("collections", "OrderedDict") && items[1]->items.empty();
    if (is_dict) {
      push(Kind::kDict);
    } else {
      push(Kind::kRecord).items = std::move(items);
    }
    return true;
  }

  PickleBytes bytes_;
  std::deque<PickleNode>& nodes_;
  std::vector<PickleNode*> stack_;
  std::vector<size_t> marks_;  // sizes of the stack
  std::unordered_map<uint64_t, PickleNode*> memo_;
};

}  // namespace

bool PickleNode::is_global(std::string_view module_name, std::string_view name) const {
  return kind == Kind::kGlobal && module == module_name && text == name;
}

bool PickleNode::is_call(std::string_view module_name, std::string_view name) const {
  return kind == Kind::kRecord && items[0]->is_global(module_name, name);
}

const PickleNode* PickleNode::find(std::string_view key) const {
  if (kind != Kind::kDict) return nullptr;
  for (size_t i = items.size(); i > 0; i -= 2) {  // the last of a key counts
    const PickleNode& candidate = *items[i - 2];
    if (candidate.kind == Kind::kText && candidate.text == key) return items[i - 1];
  }
  return nullptr;
}

Pickle::Pickle(std::string_view bytes, const std::string& name)
    : root_(Machine(bytes, name, nodes_).run()) {}

}  // namespace sep
