#pragma once

#include <string>

#include "libsep/eval/score_row.h"

/// A row with a given SI-SDR; the other scores follow it.
inline sep::ScoreRow row_of(const std::string& instrument,
                            double si_sdr,
                            const std::string& estimate = "model") {
  sep::ScoreRow row;
  row.model = "Model A";
  row.protocol = "clean";
  row.seed = 0;
  row.fold = 1;
  row.piece = "01-X";
  row.instrument = instrument;
  row.estimate = estimate;
  row.scores.si_sdr = si_sdr;
  row.scores.si_sir = si_sdr + 1;
  row.scores.si_sar = si_sdr + 2;
  row.scores.snr = si_sdr + 3;
  row.scores.si_sdri = si_sdr + 4;
  return row;
}
