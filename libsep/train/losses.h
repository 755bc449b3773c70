#pragma once

#include <memory>
#include <vector>

#include "libsep/core/kind.h"
#include "libsep/train/loss_sum.h"

/// Losses by name. Ours are
///
///     magnitude_l1, magnitude_l2, phase_sensitive   masked_loss.h
///     snr, si_sdr                                   ratio_loss.h
///     waveform_l1, waveform_l2                      waveform_loss.h
///     multi_resolution_stft                         multi_resolution_stft.h
///     permutation_invariant                         permutation_invariant.h
///
/// and docs/training.md says when to choose which. One of your own:
///
///     struct MyLossOptions { …; template <class Archive> void visit(Archive&) { … } };
///     class MyLoss : public StemLoss { … };                               // loss.h
///     losses().add<MyLossOptions>("my_loss", "what it is", [](const MyLossOptions&
///     options) {
///       return std::make_shared<MyLoss>(options);
///     });
namespace sep {

using LossRegistry = Registry<std::shared_ptr<Loss>()>;

/// The losses that Kind<losses> chooses from. Ours are in it from its first use; a program
/// adds its own before it reads a config.
LossRegistry& losses();

/// Adds ours to a registry.
void add_losses(LossRegistry& registry);

/// An item of a list of losses in YAML: {type: snr, weight: 0.5}, and the kind's keys.
struct WeightedLoss {
  double weight = 1.0;  ///< above 0, at most 1e6
  Kind<losses> loss;

  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    loss.visit(archive);
    archive("weight", weight, "of it in the sum, above 0, at most 1e6");
  }
};

/// Their sum. Throws Error for an empty list, and as the kinds' makers do.
std::shared_ptr<LossSum> make_loss(const std::vector<WeightedLoss>& list);

/// permutation_invariant: a sum of losses with stems of one label in the order that costs
/// least (permutation_invariant.h), one order for all of them.
struct PermutationInvariantOptions {
  std::vector<WeightedLoss> of;  ///< at least one; each a StemLoss

  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("of", of, "a list of losses, as that around it");
  }
};

/// Throws Error that names it for a loss that says nothing of single stems.
std::shared_ptr<Loss> make_permutation_invariant(
    const PermutationInvariantOptions& options);

}  // namespace sep
