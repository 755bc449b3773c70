#pragma once

#include <map>
#include <string>
#include <vector>

#include "libsep/mixing/waveform_example.h"
#include "libsep/model/model_file.h"

namespace sep {

/// The scores that a training can choose its best epoch by: si_sdr, sd_sdr, snr, and with a
/// mixture of several stems si_sir and si_sar, each also as improvement where it has one
/// (si_sdri, …): `train.choose_by`.
std::vector<std::string> validation_score_names();

/// Means over pieces and stems of the scores (metrics/bss_scale.h) that a network's
/// estimates of whole pieces have; `pieces` have all stems of their mixtures, finite in
/// number. A stem that is silent in a piece, and an estimate that is, are left out. Throws
/// Error for a stem that the pieces lack, and where no piece has a score.
std::map<std::string, double> validation_scores(Network& network,
                                                const ModelDescription& description,
                                                const WaveformExamples& pieces,
                                                const std::string& score,
                                                const torch::Device& device);

}  // namespace sep
