#include "libsep/train/losses.h"

#include "libsep/core/bounds.h"
#include "libsep/core/error.h"
#include "libsep/train/masked_loss.h"
#include "libsep/train/multi_resolution_stft.h"
#include "libsep/train/permutation_invariant.h"
#include "libsep/train/ratio_loss.h"
#include "libsep/train/waveform_loss.h"

namespace sep {

LossRegistry& losses() {
  static auto* const registry = [] {
    auto* made = new LossRegistry("loss");
    add_losses(*made);
    return made;
  }();
  return *registry;
}

void add_losses(LossRegistry& registry) {
  registry.add<MagnitudeL1Options>(
      "magnitude_l1", "mean of |M|X| - |S||, as published", make_magnitude_l1);
  registry.add<MagnitudeL2Options>(
      "magnitude_l2", "mean of (M|X| - |S|)^2", make_magnitude_l2);
  registry.add<PhaseSensitiveOptions>(
      "phase_sensitive", "masked magnitudes and |S| cos(S, X)", make_phase_sensitive);
  registry.add<SnrOptions>("snr", "error over target in dB, level included", make_snr);
  registry.add<SiSdrOptions>("si_sdr", "the same whatever the level", make_si_sdr);
  registry.add<WaveformL1Options>(
      "waveform_l1", "mean of |e - s| over samples", make_waveform_l1);
  registry.add<WaveformL2Options>(
      "waveform_l2", "mean of (e - s)^2 over samples", make_waveform_l2);
  registry.add<MultiResolutionStftOptions>("multi_resolution_stft",
                                           "magnitudes of waveforms in several resolutions",
                                           make_multi_resolution_stft);
  registry.add<PermutationInvariantOptions>(
      "permutation_invariant",
      "a list of losses, stems of one label in their best order",
      make_permutation_invariant);
}

void WeightedLoss::validate() const { check_positive("weight", weight, 1e6); }

std::shared_ptr<LossSum> make_loss(const std::vector<WeightedLoss>& list) {
  std::vector<LossSum::Term> terms;
  for (const auto& item : list) {
    terms.push_back({item.loss.type(), item.weight, item.loss.make()});
  }
  return std::make_shared<LossSum>(std::move(terms));
}

void PermutationInvariantOptions::validate() const {
  if (of.empty()) throw ConfigError("of", " = []: wants at least one loss");
}

std::shared_ptr<Loss> make_permutation_invariant(
    const PermutationInvariantOptions& options) {
  options.validate();
  const auto sum = make_loss(options.of);
  const auto without = sum->term_without_stem_costs();
  SEP_CHECK(without.empty(),
            "loss permutation_invariant: {} says nothing of single stems",
            without);
  return std::make_shared<PermutationInvariant>(sum);
}

}  // namespace sep
