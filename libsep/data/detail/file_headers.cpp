#include "libsep/data/detail/file_headers.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "libsep/audio/resample.h"
#include "libsep/core/error.h"
#include "libsep/data/detail/faults.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kFarthestStart = int64_t{1} << 40;
constexpr double kFarthestSeconds = 1e5;

void check_numbers(PartFile& file, Faults& faults) {
  if (!std::isfinite(file.gain)) {
    add_fault(faults, file.path, "gain {}: wants a finite number", file.gain);
  }
  if (std::abs(file.start) > kFarthestStart) {
    add_fault(faults, file.path, "start {}: wants at most 2^40 samples", file.start);
  }
  if (!(std::abs(file.start_seconds) <= kFarthestSeconds)) {
    add_fault(faults,
              file.path,
              "start {} s: wants at most {} s",
              file.start_seconds,
              kFarthestSeconds);
    file.start_seconds = 0.0;
  }
}

}  // namespace

int64_t most_frequent(const std::vector<int64_t>& values) {
  int64_t best = 0;
  int64_t best_count = 0;
  for (const int64_t value : values) {
    const int64_t count = std::count(values.begin(), values.end(), value);
    if (count > best_count) {
      best = value;
      best_count = count;
    }
  }
  return best;
}

FileHeaders::FileHeaders(Piece& piece, Faults& faults) {
  for (auto& part : piece.parts) {
    for (auto& file : part.files) {
      check_numbers(file, faults);
      Header header;
      header.path = file.path;
      header.start = std::clamp(file.start, -kFarthestStart, kFarthestStart);
      header.start_seconds = file.start_seconds;
      read(std::move(header), file.shape, faults);
    }
  }
  if (piece.mixture.empty()) return;
  Header header;
  header.path = piece.mixture;
  header.is_mixture = true;
  read(std::move(header), piece.mixture_shape, faults);
}

void FileHeaders::read(Header header, FileShape& shape, Faults& faults) {
  try {
    header.info = read_audio_info(header.path);
    shape = {header.info.sample_rate, header.info.num_samples};
    headers_.push_back(std::move(header));
  } catch (const Error& error) {
    faults.emplace_back(error.what());
  }
}

std::vector<int64_t> FileHeaders::rates() const {
  std::vector<int64_t> rates;
  for (const auto& header : headers_) rates.push_back(header.info.sample_rate);
  return rates;
}

void FileHeaders::fit(Piece& piece,
                      int64_t sample_rate,
                      const DataOptions& options,
                      Faults& faults) {
  piece.sample_rate = sample_rate;
  place(piece, sample_rate);
  piece.num_channels = fit_channels(faults);
  fit_rates(sample_rate, options, faults);
  const bool are_placed =
      std::any_of(headers_.begin(), headers_.end(), [](const Header& header) {
        return header.start != 0;
      });
  piece.num_samples = are_placed ? fit_placed_files(faults)
                      : options.lengths == Lengths::kRefuse
                          ? fit_equal_lengths(faults)
                          : fit_differing_lengths(options.lengths);
}

/// Starts in samples.
void FileHeaders::place(Piece& piece, int64_t sample_rate) {
  const auto samples = [&](double seconds) {
    return static_cast<int64_t>(std::llround(seconds * static_cast<double>(sample_rate)));
  };
  for (auto& part : piece.parts) {
    for (auto& file : part.files) {
      file.start += samples(std::exchange(file.start_seconds, 0.0));
    }
  }
  for (auto& header : headers_) {
    header.start += samples(std::exchange(header.start_seconds, 0.0));
  }
}

int64_t FileHeaders::fit_channels(Faults& faults) const {
  std::vector<int64_t> counts;
  for (const auto& header : headers_) counts.push_back(header.info.num_channels);
  const int64_t wanted = std::max<int64_t>(1, most_frequent(counts));
  for (const auto& header : headers_) {
    const int64_t found = header.info.num_channels;
    if (found == wanted) continue;
    add_fault(faults,
              header.path,
              "{} {}, wants {}{}",
              found,
              found == 1 ? "channel" : "channels",
              wanted,
              wanted == 1 ? " (mono)" : "");
  }
  return wanted;
}

/// A file of another rate has another length too, which would be said twice.
void FileHeaders::fit_rates(int64_t sample_rate,
                            const DataOptions& options,
                            Faults& faults) {
  std::vector<Header> fitting;
  for (auto& header : headers_) {
    const int64_t rate = header.info.sample_rate;
    header.sample_rate = sample_rate;
    header.length = resampled_length(header.info.num_samples, rate, sample_rate);
    if (rate != sample_rate && options.sample_rate == 0) {
      add_fault(faults, header.path, "{} Hz, the dataset has {} Hz", rate, sample_rate);
      continue;
    }
    num_resampled_ += rate != sample_rate ? 1 : 0;
    fitting.push_back(std::move(header));
  }
  headers_ = std::move(fitting);
}

/// At two rates, lengths of one recording are rounded, up or down by a sample of either.
int64_t FileHeaders::tolerance(const Header& a, const Header& b) {
  if (a.info.sample_rate == b.info.sample_rate) return 0;
  const Header& coarse = a.info.sample_rate < b.info.sample_rate ? a : b;
  return resampled_length(1, coarse.info.sample_rate, coarse.sample_rate);
}

int64_t FileHeaders::fit_differing_lengths(Lengths lengths) {
  if (headers_.empty()) return 0;
  const auto [shortest, longest] = std::minmax_element(
      headers_.begin(), headers_.end(), [](const auto& a, const auto& b) {
        return a.length < b.length;
      });
  const auto difference = longest->length - shortest->length;
  if (difference > tolerance(*shortest, *longest)) length_difference_ = difference;
  return lengths == Lengths::kTrim ? shortest->length : longest->length;
}

int64_t FileHeaders::fit_equal_lengths(Faults& faults) const {
  std::vector<int64_t> lengths;
  for (const auto& header : headers_) lengths.push_back(header.length);
  const int64_t length = most_frequent(lengths);
  const auto right = std::find(lengths.begin(), lengths.end(), length) - lengths.begin();
  const auto& model = headers_.empty() ? Header() : headers_[static_cast<size_t>(right)];
  for (const auto& header : headers_) {
    if (std::abs(header.length - length) <= tolerance(header, model)) continue;
    add_fault(faults,
              header.path,
              "{} samples, {} has {}",
              header.length,
              model.path.filename().string(),
              length);
  }
  return length;
}

int64_t FileHeaders::fit_placed_files(Faults& faults) const {
  int64_t length = 0;
  bool has_mixture = false;
  for (const auto& header : headers_) {
    if (has_mixture) continue;
    has_mixture = header.is_mixture;
    const int64_t end = header.start + header.length;
    length = has_mixture ? end : std::max(length, end);
  }
  for (const auto& header : headers_) {
    const int64_t end = header.start + header.length;
    if (header.start >= length || end <= 0) {
      add_fault(faults,
                header.path,
                "lies from {} to {}, wholly outside of the piece's {} samples",
                header.start,
                end,
                length);
    } else if (end > length + tolerance(header, headers_.back())) {
      add_fault(faults, header.path, "ends at {}, the mixture has {} samples", end, length);
    }
  }
  return length;
}

}  // namespace sep
