#include "libsep/separation/detail/part_files.h"

#include <algorithm>
#include <cmath>

#include "libsep/core/error.h"
#include "libsep/core/file_group.h"
#include "libsep/core/file_system.h"
#include "libsep/separation/detail/earlier_parts.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRemainder = "remainder";
constexpr const char* kPage = "report.html";
// Of all channels; what is read, resampled and written at a time.
constexpr int64_t kChunkSamples = 1 << 18;

SampleFormat sample_format(PartFormat format) {
  return format == PartFormat::kWav ? SampleFormat::kFloat32 : SampleFormat::kInt24;
}

const char* extension(PartFormat format) {
  return format == PartFormat::kFlac ? ".flac" : ".wav";
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

/// The samples as a file of 24 bits gives them back.
Signal rounded(Signal signal) {
  constexpr float kScale = 1 << 23;
  for (float& x : signal.samples) x = std::nearbyint(x * kScale) / kScale;
  return signal;
}

}  // namespace

int64_t chunk_length(int64_t num_channels, int64_t rate, int64_t other_rate) {
  const int64_t length = kChunkSamples / num_channels;
  return std::max<int64_t>(other_rate > rate ? length * rate / other_rate : length, 1);
}

PartFiles::PartFiles(const std::set<StemName>& stems,
                     int64_t model_rate,
                     const PartPlaces& places,
                     SeparationPage* page)
    : recording_(places.recording),
      folder_(places.folder),
      info_(places.info),
      format_(places.format),
      model_rate_(model_rate),
      page_(page),
      mixture_(folder_, info_.num_channels, info_.sample_rate) {
  for (const auto& name : stems) {
    auto part = make_part(name);
    part.back.emplace(info_.num_channels, model_rate_, info_.sample_rate);
    stems_.emplace(name, std::move(part));
  }
  remainder_.emplace(make_part(kRemainder));
  if (page == nullptr) return;
  check_target(folder_ / kPage);
  page->begin_track("mixture", report::TrackRole::kWhole, recording_);
  for (const auto& [name, part] : stems_) {
    page->begin_track(name, report::TrackRole::kPart, part.path);
  }
  page->begin_track(kRemainder, report::TrackRole::kPart, remainder_->path);
}

PartFiles::Part PartFiles::make_part(const std::string& name) const {
  const auto path = folder_ / (name + extension(format_));
  SEP_CHECK(!is_same_file(recording_, path),
            "{}: the recording itself; give another --out",
            path.string());
  check_target(path);
  Part part{
      path,
      AudioWriter(path, info_.num_channels, info_.sample_rate, sample_format(format_)),
      std::nullopt};
  part.writer.check_room_for(info_.num_samples);
  return part;
}

void PartFiles::add_mixture(const Signal& samples) {
  mixture_.append(samples);
  if (page_ != nullptr) page_->add("mixture", samples);
}

void PartFiles::write(const std::map<StemName, Signal>& stems) {
  const int64_t num_samples = stems.begin()->second.num_samples();
  const int64_t length = chunk_length(info_.num_channels, model_rate_, info_.sample_rate);
  for (int64_t begin = 0; begin < num_samples; begin += length) {
    const int64_t end = std::min(begin + length, num_samples);
    std::map<StemName, Signal> resampled;
    for (auto& [name, part] : stems_) {
      resampled[name] = part.back->process(slice(stems.at(name), begin, end));
    }
    write_at_rate(std::move(resampled));
  }
}

// There and back again may give a few samples more than there were.
void PartFiles::write_at_rate(std::map<StemName, Signal> stems) {
  const int64_t count =
      std::min(stems.begin()->second.num_samples(), info_.num_samples - num_written_);
  auto rest = mixture_.read(num_written_, num_written_ + count);
  for (auto& [name, stem] : stems) {
    stem = slice(stem, 0, count);
    if (format_ != PartFormat::kWav) num_clipped_ += clip(stem);
    rest = subtract(rest, stem);
    write_part(name, stems_.at(name), stem);
  }
  if (format_ != PartFormat::kWav) num_clipped_ += clip(rest);
  write_part(kRemainder, *remainder_, rest);
  num_written_ += count;
}

void PartFiles::write_part(const std::string& name, Part& part, const Signal& samples) {
  part.writer.write(samples);
  if (page_ == nullptr) return;
  page_->add(name, format_ == PartFormat::kWav ? samples : rounded(samples));
}

std::set<std::string> PartFiles::names() const {
  std::set<std::string> names = {remainder_->path.filename().string()};
  for (const auto& [name, part] : stems_) names.insert(part.path.filename().string());
  return names;
}

SeparatedFile PartFiles::result() const {
  SeparatedFile result;
  result.input = info_;
  result.num_clipped = num_clipped_;
  for (const auto& [name, part] : stems_) result.stems[name] = part.path;
  result.remainder = remainder_->path;
  if (page_ != nullptr) result.page = folder_ / kPage;
  return result;
}

SeparatedFile PartFiles::commit() {
  std::map<StemName, Signal> last;
  for (auto& [name, part] : stems_) last[name] = part.back->finish();
  write_at_rate(std::move(last));

  auto result = this->result();
  FileGroup group;
  for (auto& [name, part] : stems_) part.writer.commit(group);
  remainder_->writer.commit(group);
  if (page_ != nullptr) group.write(result.page, page_->render(folder_));
  const auto now = names();
  const auto earlier = earlier_parts(folder_, now, recording_);
  list_parts(group, folder_, now);
  result.moved = move_aside(folder_, earlier);
  try {
    group.commit();
  } catch (...) {
    move_back(earlier, result.moved);
    throw;
  }
  result.others = other_audio(folder_, now, recording_);
  return result;
}

}  // namespace sep
