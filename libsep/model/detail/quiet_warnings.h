#pragma once

#include <c10/util/Exception.h>
#include <torch/version.h>

#include <string>

namespace sep {

/// While it lives, warnings of LibTorch in this thread are dropped. For calls whose every
/// use warns of what is so on purpose.
class QuietWarnings {
 public:
  QuietWarnings() : guard_(&drop_) {}
  QuietWarnings(const QuietWarnings&) = delete;
  QuietWarnings& operator=(const QuietWarnings&) = delete;

 private:
  struct Drop : c10::WarningHandler {
#if TORCH_VERSION_MAJOR >= 2
    void process(const c10::Warning&) override {}
#else
    void process(const c10::SourceLocation&, const std::string&, bool) override {}
#endif
  };
#if TORCH_VERSION_MAJOR >= 2
  using Guard = c10::WarningUtils::WarningHandlerGuard;
#else
  using Guard = c10::Warning::WarningHandlerGuard;
#endif

  Drop drop_;
  Guard guard_;
};

}  // namespace sep
