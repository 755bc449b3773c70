#pragma once

#include <string>
#include <vector>

#include "libsep/core/csv.h"
#include "libsep/eval/further_metrics.h"
#include "libsep/eval/score_row.h"

namespace sep {

/// Mean, standard deviation (divisor n - 1) and median of one score over rows. Infinite
/// scores are left out and counted; so are rows without a score. NaN where too few remain.
struct ScoreSummary {
  double mean = 0.0;  ///< of finite scores; infinite where all are that infinity
  double std = 0.0;
  double median = 0.0;       ///< as mean
  int64_t count = 0;         ///< finite scores
  int64_t num_infinite = 0;  ///< left out of mean, std and median
  int64_t num_without = 0;   ///< rows whose status is not ok
};
ScoreSummary summarize(const std::vector<ScoreRow>& rows, double Scores::*score);

/// The same of a score of a further metric.
ScoreSummary summarize(const std::vector<ScoreRow>& rows,
                       const std::string& metric,
                       const std::string& score);

/// summary.csv, tidy: one row a (model, protocol, seed, instrument, estimate, STFT, score)
/// in order of first appearance: mean_db, std_db, count, num_infinite, num_without_score.
/// Scores of further metrics are called "bss_v3.sdr"; with them there is a last column,
/// median_db, for all.
CsvTable summary_table(const std::vector<ScoreRow>& rows,
                       const FurtherMetrics& further = {});

/// summary.md: for people. A table a run: a row an instrument and estimate, mean ± std of
/// SI-SDR, SI-SIR, SI-SAR, SNR and SI-SDRi. `remark` stands above each table. A table of
/// each further metric follows, averaged as papers do.
std::string summary_markdown(const std::vector<ScoreRow>& rows,
                             const std::string& remark = "",
                             const FurtherMetrics& further = {});

/// What the thesis's file names say of a model.
struct ThesisLabel {
  std::string title;  ///< "Model E"
  int64_t num_mixtures = 10;
  int64_t hidden_size = 50;
  int64_t num_layers = 1;
  double dropout = 0.0;
  std::string network;  ///< another one than the thesis's, which has none of these three
  int64_t iterations_per_epoch = 10;
  int64_t num_epochs = 1;

  /// "SepModel_MaxMix=10_HSize=50_NLayers=1_Dropout=0_EpcLen=10_MaxEpc=1"; of another
  /// network "SepModel_joint_blstm_EpcLen=50_MaxEpc=24"
  std::string stem() const;
};

/// The thesis's table of one model, `<stem>_FULL_EVAL_RESULTS.csv`: a row an instrument,
/// the mean ± std over folds of SI-SAR, SI-SDR, SI-SIR and SNR of the rows `model`.
CsvTable thesis_model_table(const std::vector<ScoreRow>& rows,
                            const std::vector<std::string>& instruments);

/// The thesis's table of one instrument, `SepModel_<instrument>_FULL_EVAL_RESULTS.csv`: a
/// row a model. `runs[i]` are the rows of the model titled `titles[i]`.
CsvTable thesis_instrument_table(const std::vector<std::vector<ScoreRow>>& runs,
                                 const std::vector<std::string>& titles,
                                 const std::string& instrument);

/// The value rounded to four decimals in the shortest text with at least one decimal, as
/// Python writes it: 6.08, 6.0, nan.
std::string thesis_number(double value);

}  // namespace sep
