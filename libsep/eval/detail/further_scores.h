#pragma once

#include <map>
#include <vector>

#include "libsep/eval/evaluator.h"

namespace sep {

/// Fills `further` of the rows of a piece: a metric gets the estimates of one kind, those
/// of all instruments that have a row, at a time. `model` are the models' estimates.
void add_further_scores(std::vector<ScoreRow>& rows,
                        const PieceAudio& audio,
                        const std::map<StemName, Signal>& model,
                        const EvaluationOptions& options);

}  // namespace sep
