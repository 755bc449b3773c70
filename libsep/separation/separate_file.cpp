#include "libsep/separation/separate_file.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "libsep/audio/resample.h"
#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/new_folder.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRemainder = "remainder";
// Of all channels; what is read, resampled and written at a time.
constexpr int64_t kChunkSamples = 1 << 18;
// Of all work, that of reading and resampling.
constexpr double kReadingShare = 0.05;

SampleFormat sample_format(PartFormat format) {
  return format == PartFormat::kWav ? SampleFormat::kFloat32 : SampleFormat::kInt24;
}

const char* extension(PartFormat format) {
  return format == PartFormat::kFlac ? ".flac" : ".wav";
}

void check_name(const StemName& instrument) {
  const bool fits = !instrument.empty() && instrument.front() != '.' &&
                    instrument.find('/') == std::string::npos && instrument != kRemainder;
  SEP_CHECK(fits, "instrument '{}': cannot be the name of a file", instrument);
}

void check_target(const fs::path& path) {
  SEP_CHECK(!is_folder(path), "{}: wants a file there, found a folder", path.string());
}

/// Clamps to what 24 bits hold; gives the number of samples that were beyond.
int64_t clip(Signal& signal) {
  constexpr float kMax = 1.0F - 1.0F / (1 << 23);
  int64_t count = 0;
  for (float& x : signal.samples) {
    if (x > kMax || x < -1.0F) ++count;
    x = std::clamp(x, -1.0F, kMax);
  }
  return count;
}

int64_t chunk_length(int64_t num_channels, int64_t rate, int64_t other_rate) {
  const int64_t length = kChunkSamples / num_channels;
  return std::max<int64_t>(other_rate > rate ? length * rate / other_rate : length, 1);
}

/// The parts of one recording while they are written.
class Parts {
 public:
  Parts(const Separator& separator,
        const fs::path& recording,
        const fs::path& folder,
        PartFormat format);

  const AudioInfo& info() const { return mixture_.info(); }
  void write(const std::map<StemName, Signal>& block);
  void finish();
  SeparatedFile commit();

 private:
  struct Part {
    fs::path path;
    AudioWriter writer;
    std::optional<Resampler> back;  // none for the remainder
  };

  Part make_part(const fs::path& recording, const fs::path& path) const;
  void write_at_rate(std::map<StemName, Signal> stems);

  AudioReader mixture_;
  PartFormat format_;
  int64_t model_rate_;
  std::map<StemName, Part> stems_;
  std::optional<Part> remainder_;
  int64_t num_written_ = 0;
  int64_t num_clipped_ = 0;
};

Parts::Parts(const Separator& separator,
             const fs::path& recording,
             const fs::path& folder,
             PartFormat format)
    : mixture_(recording), format_(format), model_rate_(separator.sample_rate()) {
  for (const auto& model : separator.models()) {
    const auto& name = model.description.instrument;
    auto part = make_part(recording, folder / (name + extension(format)));
    part.back.emplace(info().num_channels, model_rate_, info().sample_rate);
    stems_.emplace(name, std::move(part));
  }
  const auto rest = folder / (std::string(kRemainder) + extension(format));
  remainder_.emplace(make_part(recording, rest));
}

Parts::Part Parts::make_part(const fs::path& recording, const fs::path& path) const {
  SEP_CHECK(!is_same_file(recording, path),
            "{}: the recording itself; give another --out",
            path.string());
  check_target(path);
  Part part{
      path,
      AudioWriter(path, info().num_channels, info().sample_rate, sample_format(format_)),
      std::nullopt};
  part.writer.check_room_for(info().num_samples);
  return part;
}

void Parts::write(const std::map<StemName, Signal>& block) {
  const int64_t num_samples = block.begin()->second.num_samples();
  const int64_t length = chunk_length(info().num_channels, model_rate_, info().sample_rate);
  for (int64_t begin = 0; begin < num_samples; begin += length) {
    const int64_t end = std::min(begin + length, num_samples);
    std::map<StemName, Signal> resampled;
    for (const auto& [name, stem] : block) {
      resampled[name] = stems_.at(name).back->process(slice(stem, begin, end));
    }
    write_at_rate(std::move(resampled));
  }
}

void Parts::finish() {
  std::map<StemName, Signal> resampled;
  for (auto& [name, part] : stems_) resampled[name] = part.back->finish();
  write_at_rate(std::move(resampled));
}

// There and back again may give a few samples more than there were.
void Parts::write_at_rate(std::map<StemName, Signal> stems) {
  const int64_t count =
      std::min(stems.begin()->second.num_samples(), info().num_samples - num_written_);
  auto rest = mixture_.read(count);
  for (auto& [name, stem] : stems) {
    stem = slice(stem, 0, count);
    if (format_ != PartFormat::kWav) num_clipped_ += clip(stem);
    rest = subtract(rest, stem);
    stems_.at(name).writer.write(stem);
  }
  if (format_ != PartFormat::kWav) num_clipped_ += clip(rest);
  remainder_->writer.write(rest);
  num_written_ += count;
}

SeparatedFile Parts::commit() {
  std::vector<Part*> parts;
  for (auto& [name, part] : stems_) parts.push_back(&part);
  parts.push_back(&*remainder_);
  for (const auto* part : parts) check_target(part->path);
  size_t num_committed = 0;
  try {
    for (; num_committed < parts.size(); ++num_committed) {
      parts[num_committed]->writer.commit();
    }
  } catch (...) {
    std::error_code ignored;
    while (num_committed > 0) fs::remove(parts[--num_committed]->path, ignored);
    throw;
  }
  SeparatedFile result;
  result.input = info();
  result.num_clipped = num_clipped_;
  for (const auto& [name, part] : stems_) result.stems[name] = part.path;
  result.remainder = remainder_->path;
  return result;
}

}  // namespace

SeparatedFile separate_file(const Separator& separator,
                            const fs::path& recording,
                            const fs::path& folder,
                            PartFormat format,
                            const StreamSeparator::Report& report) {
  for (const auto& model : separator.models()) check_name(model.description.instrument);
  SEP_CHECK(!is_there(recording) || is_file(recording) || is_folder(recording),
            "{}: wants a file, which can be read twice, not a stream",
            recording.string());
  AudioReader reader(recording);
  const auto& info = reader.info();
  const NewFolder made(folder);
  Parts parts(separator, recording, folder, format);

  StreamOptions options;
  options.folder = folder;
  StreamSeparator stream(separator, info.num_channels, options);
  Resampler to_model(info.num_channels, info.sample_rate, separator.sample_rate());
  const auto length =
      chunk_length(info.num_channels, info.sample_rate, separator.sample_rate());
  int64_t num_read = 0;
  while (num_read < info.num_samples) {
    const auto block = reader.read(length);
    stream.push(to_model.process(block));
    num_read += block.num_samples();
    if (report) {
      report(kReadingShare * static_cast<double>(num_read) /
             static_cast<double>(info.num_samples));
    }
  }
  stream.push(to_model.finish());
  stream.finish([&](double done) {
    if (report) report(kReadingShare + (1.0 - kReadingShare) * done);
  });
  for (auto stems = stream.next(); !stems.empty(); stems = stream.next()) {
    parts.write(stems);
  }
  parts.finish();
  return parts.commit();
}

}  // namespace sep
