#pragma once

#include <map>
#include <string>
#include <vector>

#include "libsep/data/dataset.h"
#include "libsep/mixing/waveform_example.h"
#include "libsep/model/model_file.h"

namespace sep {

/// Throws Error, "train.choose_by = bss_v3.sdr: 01-X: …", where pieces of the dataset
/// cannot have the score that `choose_by` names (metrics/score_choice.h).
void check_choose_by(const std::string& choose_by, const Dataset& dataset);

/// The mean over pieces and stems of a score that a network's estimates of whole pieces
/// have, metrics with their default options; `pieces` have all stems of their mixtures,
/// finite in number. A stem that is silent in a piece, an estimate that is, and what has no
/// such score are left out. Throws Error for a stem that the pieces lack, for a score that
/// fails, and where no piece has one.
std::map<std::string, double> validation_scores(Network& network,
                                                const ModelDescription& description,
                                                const WaveformExamples& pieces,
                                                const std::string& score,
                                                const torch::Device& device);

}  // namespace sep
