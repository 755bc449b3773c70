#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "libsep/core/config.h"
#include "libsep/train/loss.h"

/// Losses on masked magnitudes M |X|: no phase of the estimate, no inverse transform.
namespace sep {

/// How the differences of two tensors are put together.
enum class ErrorNorm {
  kL1,  ///< mean of |a - b|
  kL2,  ///< mean of (a - b)^2
};
template <>
struct EnumNames<ErrorNorm> {
  static constexpr std::pair<ErrorNorm, std::string_view> kValues[] = {
      {ErrorNorm::kL1, "l1"}, {ErrorNorm::kL2, "l2"}};
};

/// magnitude_l1: mean of |M |X| - |S|| over B, S, T and F. With one stem it is
/// masked_magnitude_l1(), the published loss, to the bit. The optimum of a bin is |S| /
/// |X|, whatever the phases: the ideal amplitude mask.
struct MagnitudeL1Options {
  template <class Archive>
  void visit(Archive&) {}
};
std::shared_ptr<Loss> make_magnitude_l1(const MagnitudeL1Options& options);

/// magnitude_l2: mean of (M |X| - |S|)^2, so that loud bins count for more.
struct MagnitudeL2Options {
  template <class Archive>
  void visit(Archive&) {}
};
std::shared_ptr<Loss> make_magnitude_l2(const MagnitudeL2Options& options);

/// phase_sensitive: mean of |M |X| - Q|, or of its square, with Q = Re(conj(X) S) / |X| =
/// |S| cos(angle S - angle X): what a real mask can bring of S (Erdogan, Hershey, Watanabe
/// and Le Roux, ICASSP 2015). Unlike magnitude losses it asks for less where phases
/// disagree.
struct PhaseSensitiveOptions {
  ErrorNorm norm = ErrorNorm::kL1;
  bool clipped = true;  ///< Q to 0 … |X|, what masks of 0 … 1 can reach (as nussl)

  template <class Archive>
  void visit(Archive& archive) {
    archive("norm", norm, "l1 or l2");
    archive("clipped", clipped, "the target to 0 … |X|, what masks of 0 … 1 can reach");
  }
};
std::shared_ptr<Loss> make_phase_sensitive(const PhaseSensitiveOptions& options);

}  // namespace sep
