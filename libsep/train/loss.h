#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// What a training minimises. A loss compares estimates of S stems with their targets; it
/// says first what it needs for that, so that nothing else is computed.
///
/// Silence is a target too: a ratio divides by
///
///     D = max(|s|^2, 1e-3 |x|^2, 1e-8)
///
/// with s the target, x the mixture and |.|^2 the sum of squares over one item's stem, so
/// that value and gradient are finite where a stem rests or the mixture does. What is not a
/// number goes through to the value: the trainer looks.
namespace sep {

/// What a network gives to a loss.
enum class EstimateForm {
  kRealMasks,  ///< masks of magnitudes, and waveforms where a loss needs them
  kWaveforms,  ///< waveforms alone: also what complex masks become
};

/// Which members of LossInput are to be there.
struct LossNeeds {
  bool magnitudes = false;  ///< masks, mixture, targets
  bool phase = false;      ///< masks, mixture, projections, target_energies, mixture_energy
  bool waveforms = false;  ///< estimate_waves, target_waves, mixture_waves

  bool operator==(const LossNeeds& other) const;
  LossNeeds operator|(const LossNeeds& other) const;  ///< what either needs
};

/// What a loss compares: B items of S stems; X the mixture's spectrum, S a stem's. Several
/// channels' frames stand one after another along T. Where X is 0 Q may be Re S or 0: no
/// gradient depends on it. A member that no loss has asked for is undefined.
struct LossInput {
  torch::Tensor masks;            ///< (B, S, T, F), real, of the estimates
  torch::Tensor mixture;          ///< (B, T, F), |X|
  torch::Tensor targets;          ///< (B, S, T, F), |S|
  torch::Tensor projections;      ///< (B, S, T, F), Q = Re(conj(X) S) / |X| (X 0: Re S)
  torch::Tensor target_energies;  ///< (B, S), sum of |S|^2 over T and F
  torch::Tensor mixture_energy;   ///< (B), sum of |X|^2 over T and F
  torch::Tensor estimate_waves;   ///< (B, S, C, N)
  torch::Tensor target_waves;     ///< (B, S, C, N)
  torch::Tensor mixture_waves;    ///< (B, C, N)

  /// Stems of one label, whose order means nothing, as groups of indices; none: empty.
  std::vector<std::vector<int64_t>> exchangeable;
};

class Loss {
 public:
  Loss() = default;
  virtual ~Loss();
  Loss(const Loss&) = delete;
  Loss& operator=(const Loss&) = delete;

  /// What it compares where estimates come in that form. May throw Error where it cannot;
  /// what needs masks of a network that gives none is found by check_needs().
  virtual LossNeeds needs(EstimateForm form) const = 0;

  /// A scalar with gradients to masks and estimate_waves, of their dtype. Throws Error
  /// where what it needs is missing or of another shape than above.
  virtual torch::Tensor operator()(const LossInput& input) const = 0;
};

/// A loss that is a mean over items and stems, each compared with its own target; what
/// stems are tried in another order by (PermutationInvariant).
class StemLoss : public Loss {
 public:
  /// (B, S), what each stem of each item costs.
  virtual torch::Tensor stem_costs(const LossInput& input) const = 0;

  /// The mean of stem_costs().
  torch::Tensor operator()(const LossInput& input) const override;
};

/// needs(form) of a loss called `name`. Throws Error where it needs masks, and the network
/// gives waveforms: "loss phase_sensitive: compares masks of magnitudes, and this network
/// gives waveforms".
LossNeeds check_needs(const Loss& loss, const std::string& name, EstimateForm form);

/// Mean absolute error of the masked magnitudes, the published loss:
///
///     mean over (B, T, F) of | mask * mixture - target |
///
/// All (B, T, F), one shape: throws Error for another, where LibTorch would repeat the
/// smaller one. Not finite where an element is not: the trainer looks. Its optimum without
/// other constraints is mask = target / mixture, clipped to the mask's range: the ideal
/// amplitude mask.
torch::Tensor masked_magnitude_l1(const torch::Tensor& mask,
                                  const torch::Tensor& mixture,
                                  const torch::Tensor& target);

}  // namespace sep
