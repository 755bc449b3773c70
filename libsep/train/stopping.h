#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "libsep/train/training_event.h"

/// Which epoch of a training is the best, and when the training is done: pure functions of
/// its history, so that a resumed training needs no more state than that, and "done" means
/// one thing, to the training itself, to `sep-train --status` and to who looks at a
/// finished folder.
namespace sep {

/// Which way a value of validation gets better.
enum class Better {
  kLower,  ///< losses
  kHigher  ///< scores in dB
};

/// What `choose_by` says: one value an epoch. "loss" is the validation loss; anything else
/// a name in EpochEvent::scores. Throws Error that names the epoch and the scores there
/// are.
///
/// Choose by loss (the default, as published) where the loss is what you are after, or
/// where the validation is to cost little. Choose by a score where the loss is a stand-in:
/// an L1 of magnitudes goes on falling for epochs after SI-SDR has turned.
std::vector<double> chosen_values(const std::vector<EpochEvent>& history,
                                  const std::string& choose_by);

/// Whether `value` is at least as good as `best`: ties go to the later, as published. No
/// number (NaN) is as good as anything.
bool is_as_good(double value, double best, Better better);

/// The best epoch, from 1; of equal ones the latest. 0: there is none, or none with a
/// number.
int64_t best_epoch(const std::vector<double>& values, Better better);

/// When a training ends.
struct StoppingRule {
  int64_t num_epochs = 1;  ///< the most there are

  /// Epochs without a better one after which it ends; 0: never before num_epochs. An epoch
  /// as good as the best is the best, and the count begins anew.
  int64_t patience = 0;
};

/// Why a training is done, or that it is not.
enum class Doneness { kGoesOn, kMaxEpochs, kPatience };

/// `values` are those of all epochs so far, as chosen_values() gives them.
Doneness doneness(const std::vector<double>& values,
                  Better better,
                  const StoppingRule& rule);

inline bool is_done(const std::vector<double>& values,
                    Better better,
                    const StoppingRule& rule) {
  return doneness(values, better, rule) != Doneness::kGoesOn;
}

}  // namespace sep
