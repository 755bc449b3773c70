#include "libsep/mixing/detail/stem_ranges.h"

#include <algorithm>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "libsep/audio/file.h"
#include "libsep/audio/ranges.h"
#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/hash.h"
#include "libsep/mixing/detail/cache_files.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExtension = ".wav";

struct FileRanges {
  AudioRanges ranges;
  double gain;
  int64_t start;
};

struct PartRanges {
  bool is_whole = false;  // one file, taken as it is
  std::vector<FileRanges> files;
};

void check_shape(const Piece& piece, const PartFile& file, const AudioInfo& info) {
  const auto rate = file.shape.sample_rate > 0 ? file.shape.sample_rate : piece.sample_rate;
  const auto length =
      file.shape.num_samples > 0 ? file.shape.num_samples : piece.num_samples;
  SEP_CHECK(info.num_channels == piece.num_channels && info.sample_rate == rate &&
                info.num_samples == length,
            "{}: {} channels of {} samples at {} Hz, wants {} of {} at {} as when the "
            "dataset was opened",
            file.path.string(),
            info.num_channels,
            info.num_samples,
            info.sample_rate,
            piece.num_channels,
            length,
            rate);
}

Signal read_part(const PartRanges& part, const Piece& piece, int64_t first, int64_t count) {
  if (part.is_whole) return part.files.front().ranges.read(first, count);
  Signal sum = make_silence(piece.num_channels, count, piece.sample_rate);
  for (const auto& file : part.files) {
    const auto signal = file.ranges.read(first - file.start, count);
    for (size_t i = 0; i < sum.samples.size(); ++i) {
      sum.samples[i] +=
          static_cast<float>(file.gain * static_cast<double>(signal.samples[i]));
    }
  }
  return sum;
}

/// What files hold beyond a piece's ends is cut off.
void silence_outside(const Piece& piece, int64_t first, Signal& signal) {
  const int64_t count = signal.num_samples();
  const int64_t begin = std::clamp<int64_t>(-first, 0, count);
  const int64_t end = std::clamp<int64_t>(piece.num_samples - first, begin, count);
  for (int64_t c = 0; c < signal.num_channels; ++c) {
    float* samples = signal.channel(c);
    std::fill(samples, samples + begin, 0.0F);
    std::fill(samples + end, samples + count, 0.0F);
  }
}

Signal read_stem(const std::vector<PartRanges>& parts,
                 const Piece& piece,
                 int64_t first,
                 int64_t count) {
  Signal stem = read_part(parts.front(), piece, first, count);
  for (size_t p = 1; p < parts.size(); ++p) {
    const auto part = read_part(parts[p], piece, first, count);
    stem = mix({&stem, &part});
  }
  if (count > 0) silence_outside(piece, first, stem);
  return stem;
}

std::string describe(const Piece& piece, const StemName& stem) {
  auto text = fmt::format("decoded 1\nrate {}\nsamples {}\nchannels {}\n",
                          piece.sample_rate,
                          piece.num_samples,
                          piece.num_channels);
  for (const auto& part : piece.parts) {
    if (part.instrument != stem) continue;
    text += "part\n";
    for (const auto& file : part.files) {
      text += fmt::format("{} gain {} start {}\n",
                          hash_text(xxh3(read_file(file.path))),
                          file.gain,
                          file.start);
    }
  }
  return text;
}

bool is_decoded(const fs::path& path, const Piece& piece) {
  try {
    const auto info = read_audio_info(path);
    std::error_code ignored;  // a cache that may only be read
    fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
    return info.num_channels == piece.num_channels &&
           info.sample_rate == piece.sample_rate && info.num_samples == piece.num_samples;
  } catch (const std::runtime_error&) {
    return false;
  }
}

/// Whether it could.
bool write_decoded(const fs::path& path, const Signal& signal, int64_t max_bytes) {
  const auto num_bytes = static_cast<int64_t>(signal.samples.size() * sizeof(float)) + 4096;
  if (num_bytes > max_bytes) return false;
  try {
    make_directories(path.parent_path());
    make_cache_room(path.parent_path(), kExtension, num_bytes, max_bytes);
    write_audio(path, signal, SampleFormat::kFloat32);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace

StemRanges ranges_of_files(const Piece& piece, const StemName& stem) {
  const auto parts = std::make_shared<std::vector<PartRanges>>();
  for (const auto& part : piece.parts) {
    if (part.instrument != stem) continue;
    PartRanges ranges;
    for (const auto& file : part.files) {
      ranges.files.push_back({AudioRanges(file.path), file.gain, file.start});
      const auto& audio = ranges.files.back().ranges;
      check_shape(piece, file, audio.info());
      if (audio.info().sample_rate != piece.sample_rate || !audio.check()) return {};
    }
    ranges.is_whole =
        ranges.files.size() == 1 && part.files[0].gain == 1.0 && part.files[0].start == 0;
    parts->push_back(std::move(ranges));
  }
  SEP_CHECK(!parts->empty(), "piece {}: no stem {}", piece.name, stem);
  return [parts, &piece](int64_t first, int64_t count) {
    return read_stem(*parts, piece, first, count);
  };
}

StemRanges ranges_of_decoded(const Piece& piece,
                             const StemName& stem,
                             const DecodedFolder& folder) {
  const auto each_time = [&piece, stem](int64_t first, int64_t count) {
    return padded_slice(load_stem(piece, stem), first, count);
  };
  if (folder.folder.empty()) return each_time;
  const auto path =
      cache_file(folder.folder / "decoded", describe(piece, stem), kExtension);
  if (!is_decoded(path, piece) &&
      !write_decoded(path, load_stem(piece, stem), folder.max_bytes)) {
    return each_time;
  }
  return [ranges = AudioRanges(path), each_time](int64_t first, int64_t count) {
    try {
      return ranges.read(first, count);
    } catch (const Error&) {  // removed by another process that wanted room
      return each_time(first, count);
    }
  };
}

}  // namespace sep
