#pragma once

#include <exception>
#include <utility>

namespace sep {

/// An exception on its way around a C library: its frames cannot unwind, so nothing may be
/// thrown through them.
///
///     auto callback(…) { return kept->run([&] { return what_may_throw(); }, kFailed); }
///
///     const auto result = c_library_call(…);   // calls back
///     kept.rethrow();
class KeptException {
 public:
  /// What `call` returns. Where it throws, the exception is kept and `failed` returned, at
  /// every later call too: a library that goes on after an error is told so again.
  template <class Call, class Result>
  Result run(const Call& call, Result failed) noexcept {
    if (kept_ != nullptr) return failed;
    try {
      return call();
    } catch (...) {
      kept_ = std::current_exception();
      return failed;
    }
  }

  /// Throws what was kept, once it is safe.
  void rethrow() {
    if (kept_ != nullptr) std::rethrow_exception(std::exchange(kept_, nullptr));
  }

 private:
  std::exception_ptr kept_;
};

}  // namespace sep
