#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "libsep/core/stem_name.h"

namespace sep {

/// The mean score of one stem of a model over pieces, as sep-eval's summary.csv has it.
struct ModelScore {
  StemName stem;
  double si_sdr_db = 0.0;   ///< of the model's estimates
  double mixture_db = 0.0;  ///< of the mixture taken for the stem: doing nothing

  /// Throws ConfigError for values that are not finite.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("stem", stem);
    archive("si_sdr_db", si_sdr_db);
    archive("mixture_db", mixture_db);
  }
};

/// What a model says to those who did not train it. All of it may be missing.
struct ModelCard {
  std::string licence;    ///< of the weights, by its SPDX name where it has one, "MIT"
  std::string training;   ///< what it has heard, one line
  std::string scored_on;  ///< what the scores are of, "Bach10, never seen"
  std::vector<ModelScore> scores;

  bool empty() const;

  /// Means over the stems; 0 without scores.
  double mean_si_sdr_db() const;
  double mean_mixture_db() const;

  /// Throws ConfigError for a text that is not one line of at most 2000 bytes, and for a
  /// stem scored twice.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("licence", licence);
    archive("training", training);
    archive("scored_on", scored_on);
    archive("scores", scores);
  }
};

/// The SI-SDR of the stems from a table of sep-eval (summary.csv of one model), in their
/// order. Throws Error with the file for columns or a stem that it lacks, two rows for one
/// stem (tables of several models), and a number that is none or not finite.
std::vector<ModelScore> read_model_scores(const std::filesystem::path& summary_csv,
                                          const std::vector<StemName>& stems);

}  // namespace sep
