#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "libsep/audio/file.h"
#include "libsep/data/dataset.h"

namespace sep {

/// The headers of a piece's files: its parts' in their order, then its mixture's. Faults
/// are those of DatasetInspection.
class FileHeaders {
 public:
  /// Reads them, and writes their shapes into the piece; what cannot be read is a fault.
  FileHeaders(Piece& piece, std::vector<std::string>& faults);

  /// The rate of each.
  std::vector<int64_t> rates() const;

  /// Sets the piece's rate, channels and length, and adds what does not fit them to the
  /// faults. Files of another rate are one unless the options want a rate.
  void fit(Piece& piece,
           int64_t sample_rate,
           const DataOptions& options,
           std::vector<std::string>& faults);

  int64_t num_resampled() const { return num_resampled_; }

  /// Samples by which the longest exceeds the shortest, where that was allowed.
  int64_t length_difference() const { return length_difference_; }

 private:
  struct Header {
    std::filesystem::path path;
    bool is_mixture = false;
    int64_t start = 0;
    double start_seconds = 0.0;  // more of it, until the rate is known
    AudioInfo info;
    int64_t sample_rate = 0;  // the dataset's
    int64_t length = 0;       // at that rate
  };

  void read(Header header, FileShape& shape, std::vector<std::string>& faults);
  void fit_rates(int64_t sample_rate,
                 const DataOptions& options,
                 std::vector<std::string>& faults);
  int64_t fit_channels(std::vector<std::string>& faults) const;
  void place(Piece& piece, int64_t sample_rate);
  static int64_t tolerance(const Header& a, const Header& b);
  int64_t fit_differing_lengths(Lengths lengths);
  int64_t fit_equal_lengths(std::vector<std::string>& faults) const;
  int64_t fit_placed_files(std::vector<std::string>& faults) const;

  std::vector<Header> headers_;
  int64_t num_resampled_ = 0;
  int64_t length_difference_ = 0;
};

/// The most frequent value; of several the first. 0 for none.
int64_t most_frequent(const std::vector<int64_t>& values);

}  // namespace sep
