#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "libsep/core/progress.h"
#include "libsep/data/dataset.h"
#include "libsep/eval/further_metrics.h"
#include "libsep/eval/score_row.h"
#include "libsep/separation/separator.h"

namespace sep {

/// What of a piece is scored besides the models' estimates.
struct EvaluationOptions {
  /// Of the ideal masks alone. That of the models: what a mask can reach depends on the
  /// window, 5 to 7 dB from 512 to 4096 samples on Bach10.
  StftOptions stft;

  /// Rows for ibm, irm, iam, psm: the bounds of masking, beside which a model's scores say
  /// how much is left to learn and how much the window denies. Off, since a piece then has
  /// 20 estimates to score for four, and the bounds of a dataset are the same in each run.
  bool ideal_masks = false;
  int64_t num_threads = 0;  ///< for scores and ideal masks; 0: all there are

  /// Metrics besides `si`, in ScoreRow::further. Each estimate's kind is a thread, which
  /// holds what a metric needs of memory (bss_eval.h).
  FurtherMetrics further = {};
};

/// Those of the instruments that a piece can be scored for: it has them, and another one.
/// A note says which are left out.
std::vector<StemName> scored_instruments(const Piece& piece,
                                         const std::vector<StemName>& instruments,
                                         Progress& progress);

/// Scores a piece whose audio is at hand, with or without models; evaluate_folder() is for
/// estimates that lie in files.
///
/// The rows of one piece for some instruments, in this order an instrument: `model` where
/// `separator` has one for it, `mixture` (the mixture file as estimate: doing nothing),
/// and the ideal masks. `label` gives model, protocol, seed and fold of the rows.
/// The reference is the stem; the rest is the sum of the other stems. The rows do not
/// depend on the number of threads. A silent reference and an estimate that is silent or
/// not finite are rows with a status. Throws Error where `audio` lacks an instrument or has
/// no other, where lengths or rates differ, and for num_threads below 0.
std::vector<ScoreRow> evaluate_piece(const ScoreRow& label,
                                     const Piece& piece,
                                     const PieceAudio& audio,
                                     const std::vector<StemName>& instruments,
                                     const Separator* separator,
                                     const EvaluationOptions& options);

/// The same of estimates that are there already: those of `separator`, which then only says
/// which STFT they came from, or of anything, where it is null.
std::vector<ScoreRow> score_estimates(const ScoreRow& label,
                                      const Piece& piece,
                                      const PieceAudio& audio,
                                      const std::vector<StemName>& instruments,
                                      const std::map<StemName, Signal>& estimates,
                                      const Separator* separator,
                                      const EvaluationOptions& options);

/// Whether there are rows `model` and each of them failed: nothing was evaluated.
bool all_failed(const std::vector<ScoreRow>& rows);

struct FolderScores {
  std::vector<ScoreRow> rows;
  int64_t num_unreadable = 0;  ///< files that are damaged or no audio
};

/// Scores anyone's estimates, read from a folder, against the stems of a dataset:
///
///     estimates/<piece>/<piece>-violin.wav   or   estimates/<piece>/violin.wav
///     or   estimates/violin/<piece>.wav            (.wav or .flac; two are an Error)
///
/// The extension may be of any size, and names composed or not (core/unicode.h); a name
/// whose letters have another size is no estimate, and is named where there is none.
///
/// Rows as evaluate_piece() for scored_instruments(), `label.model` for all. Instruments
/// without a file have no
/// row for `model`; an estimate of another length, rate or channel count, or one that
/// cannot be read, is a row `failed`. A note says so of each; and of a piece whose folder
/// has a remainder.wav or .flac beside its estimates with which they do not add up to the
/// mixture, as where some are left from an earlier separation. Throws Error where no
/// estimate is found at all (with the file whose name is near, if any), Interrupted where
/// the user stops it.
FolderScores evaluate_folder(const ScoreRow& label,
                             const Dataset& references,
                             const std::filesystem::path& estimates,
                             const EvaluationOptions& options,
                             Progress& progress);

}  // namespace sep
