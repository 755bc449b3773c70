#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "libsep/core/csv.h"
#include "libsep/core/progress.h"
#include "libsep/data/dataset.h"

namespace sep {

/// What one audio file of a dataset holds.
struct FileCheck {
  static constexpr float kFullScale = 32767.0F / 32768.0F;

  std::string piece;
  std::string stem;  ///< id of the part, "violin"; "mixture" for the mixture
  std::filesystem::path path;
  int64_t num_samples = 0;
  int64_t sample_rate = 0;  ///< Hz
  int64_t num_clipped = 0;  ///< samples at kFullScale or beyond
  double peak = 0.0;        ///< 1 is full scale
  double rms_db = 0.0;      ///< dBFS, a square wave of full scale is 0; -inf for zeros
  bool silent = false;      ///< every sample is the same: no score can be made of it
  bool is_sum = false;      ///< a stem that the others of its piece, at least two, add up
                            ///< to: a mixture under another name?
};

/// Whether the stems of a piece add up to its mixture.
struct PieceCheck {
  std::string piece;
  double seconds = 0.0;
  int64_t num_over = 0;   ///< samples where the sum of the stems exceeds full scale
  double sum_peak = 0.0;  ///< of the sum, before clipping

  /// Energy of (sum of the stems, clipped to ±1) - mixture over that of the mixture;
  /// -inf where they are equal. None where the mixture is made from the stems, or where
  /// a file is missing or does not fit.
  std::optional<double> residual_db;
};

/// Everything verify_dataset() found.
struct DatasetReport {
  /// Stems that miss their mixture by more than this are a fault. Bach10's lie at -79;
  /// a stem 10 % too loud leaves about -26 dB, an absent one -6.
  static constexpr double kLargestResidualDb = -40.0;

  Dataset dataset;
  std::vector<FileCheck> files;      ///< one row a file that could be read
  std::vector<PieceCheck> pieces;    ///< one row a piece
  std::vector<std::string> faults;   ///< one line each, beginning with the path
  std::vector<std::string> remarks;  ///< worth knowing, no fault: silent or clipped files,
                                     ///< stems that are the sum of the others

  bool ok() const { return faults.empty(); }

  /// The report as text: a line a piece, then notes of the dataset, remarks, faults, and
  /// a closing line such as
  /// "10 pieces, 5:34, 44100 Hz, violin bassoon clarinet saxphone: no faults".
  std::vector<std::string> lines() const;

  /// The report as a table, a row a file that could be read: piece, stem, path,
  /// num_samples, sample_rate, peak, rms_db, num_clipped, silent (0 or 1) and, in the
  /// rows of mixtures that have one, residual_db.
  CsvTable table() const;
};

/// Reads all audio of a dataset; files are reported as they are, before resampling. Unlike
/// open_dataset() it goes on after faults; those are open_dataset()'s and besides: audio
/// that cannot be read to its end, and stems that do not add up to their mixture. Throws
/// Error only where `root` is not there or holds no piece, Interrupted where the user stops
/// it.
DatasetReport verify_dataset(const std::filesystem::path& root,
                             const DataOptions& options,
                             Progress& progress);

}  // namespace sep
