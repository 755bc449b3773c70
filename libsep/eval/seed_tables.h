#pragma once

#include <string>
#include <vector>

#include "libsep/core/csv.h"
#include "libsep/eval/further_metrics.h"
#include "libsep/eval/score_row.h"

namespace sep {

/// Whether a model was trained with several seeds.
bool has_seeds(const std::vector<ScoreRow>& rows);

/// seeds.csv: a row a (model, protocol, instrument, estimate, score) of models of several
/// seeds: num_seeds, num_pieces, mean_db over both, std_pieces_db of pieces' means over
/// seeds, std_seeds_db of seeds' means over pieces (divisor n - 1). Of pieces that each
/// seed has a finite score of.
CsvTable seeds_table(const std::vector<ScoreRow>& rows, const FurtherMetrics& further = {});

/// Sections of summary.md, one a model of several seeds: SI-SDR, SI-SIR, SI-SAR, SNR.
std::string seeds_markdown(const std::vector<ScoreRow>& rows);

}  // namespace sep
