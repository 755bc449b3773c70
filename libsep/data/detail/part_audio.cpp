#include "libsep/data/detail/part_audio.h"

#include <algorithm>
#include <utility>

#include "libsep/audio/file.h"
#include "libsep/audio/resample.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

void check_shape(const std::filesystem::path& path,
                 const Signal& signal,
                 const FileShape& wanted,
                 int64_t num_channels) {
  SEP_CHECK(signal.num_channels == num_channels,
            "{}: {} channels, wants {}",
            path.string(),
            signal.num_channels,
            num_channels);
  SEP_CHECK(signal.sample_rate == wanted.sample_rate,
            "{}: {} Hz, wants {} Hz as when the dataset was opened",
            path.string(),
            signal.sample_rate,
            wanted.sample_rate);
  SEP_CHECK(signal.num_samples() == wanted.num_samples,
            "{}: {} samples, wants {} as when the dataset was opened",
            path.string(),
            signal.num_samples(),
            wanted.num_samples);
}

void add_file(Signal& sum, const Signal& signal, const PartFile& file) {
  const int64_t begin = std::max<int64_t>(0, file.start);
  const int64_t end = std::min(sum.num_samples(), file.start + signal.num_samples());
  for (int64_t c = 0; c < sum.num_channels; ++c) {
    float* to = sum.channel(c);
    const float* from = signal.channel(c);
    for (int64_t n = begin; n < end; ++n) {
      to[n] += static_cast<float>(file.gain * static_cast<double>(from[n - file.start]));
    }
  }
}

}  // namespace

Signal read_file_of(const Piece& piece,
                    const std::filesystem::path& path,
                    const FileShape& shape) {
  Signal signal = read_audio(path);
  const FileShape wanted = {shape.sample_rate > 0 ? shape.sample_rate : piece.sample_rate,
                            shape.num_samples > 0 ? shape.num_samples : piece.num_samples};
  check_shape(path, signal, wanted, piece.num_channels);
  return at_rate(std::move(signal), piece.sample_rate);
}

Signal at_rate(Signal signal, int64_t sample_rate) {
  return signal.sample_rate == sample_rate ? std::move(signal)
                                           : resample(signal, sample_rate);
}

Signal sum_files(const Piece& piece, const Part& part, std::vector<Signal> files) {
  const PartFile& first = part.files.front();
  const bool is_whole = files.size() == 1 && first.gain == 1.0 && first.start == 0 &&
                        files.front().num_samples() == piece.num_samples;
  if (is_whole) return std::move(files.front());
  Signal sum = make_silence(piece.num_channels, piece.num_samples, piece.sample_rate);
  for (size_t f = 0; f < files.size(); ++f) add_file(sum, files[f], part.files[f]);
  return sum;
}

Signal read_part(const Piece& piece, const Part& part) {
  SEP_CHECK(!part.files.empty(),
            "piece {}: part {} has no file",
            piece.name,
            shown_text(part.id));
  std::vector<Signal> files;
  for (const auto& file : part.files) {
    files.push_back(read_file_of(piece, file.path, file.shape));
  }
  return sum_files(piece, part, std::move(files));
}

Part mixture_part(const Piece& piece) {
  return {"mixture", "mixture", {{piece.mixture, 1.0, 0, piece.mixture_shape}}};
}

}  // namespace sep
