#include "libsep/separation/separate_file.h"

#include <fmt/ranges.h>

#include <optional>

#include "libsep/audio/resample.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/new_folder.h"
#include "libsep/core/threads.h"
#include "libsep/separation/detail/part_files.h"
#include "libsep/separation/detail/separation_page.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

// Of all work, that of reading and resampling.
constexpr double kReadingShare = 0.05;

void check_name(const StemName& instrument) {
  const auto problem = stem_name_problem(instrument);
  SEP_CHECK(problem.empty(), "cannot write the instrument {}", problem);
}

/// The stems to write.
std::set<StemName> chosen_stems(const Separator& separator,
                                const std::set<StemName>& wanted) {
  for (const auto& name : separator.stems()) check_name(name);
  for (const auto& name : wanted) {
    SEP_CHECK(separator.stems().count(name) == 1,
              "the models give {}, wanted {}",
              fmt::join(separator.stems(), ", "),
              name);
  }
  return wanted.empty() ? separator.stems() : wanted;
}

void check_recording(const fs::path& recording) {
  SEP_CHECK(!is_there(recording) || is_file(recording) || is_folder(recording),
            "{}: wants a file, not a stream",
            recording.string());
}

/// Reads the recording once: to `parts` as it is, to `stream` at the models' rate.
void read_all(AudioReader& reader,
              int64_t model_rate,
              PartFiles& parts,
              StreamSeparator& stream,
              const StreamSeparator::Report& report) {
  const auto& info = reader.info();
  Resampler to_model(info.num_channels, info.sample_rate, model_rate);
  const auto length = chunk_length(info.num_channels, info.sample_rate, model_rate);
  int64_t num_read = 0;
  while (num_read < info.num_samples) {
    const auto block = reader.read(length);
    parts.add_mixture(block);
    stream.push(to_model.process(block));
    num_read += block.num_samples();
    if (report) {
      report(kReadingShare * static_cast<double>(num_read) /
             static_cast<double>(info.num_samples));
    }
  }
  stream.push(to_model.finish());
}

}  // namespace

SeparatedFile separate_file(const Separator& separator,
                            const fs::path& recording,
                            const fs::path& folder,
                            const SeparateFileOptions& options,
                            const StreamSeparator::Report& report) {
  const auto stems = chosen_stems(separator, options.stems);
  check_recording(recording);
  AudioReader reader(recording);
  const auto& info = reader.info();
  std::optional<SeparationPage> page;
  if (options.page) page.emplace(separator, recording, info, options.run);
  const NewFolder made(folder);
  PartFiles parts(stems,
                  separator.sample_rate(),
                  {recording, info, folder, options.format},
                  page ? &*page : nullptr);

  StreamOptions stream_options;
  stream_options.folder = folder;
  StreamSeparator stream(separator, info.num_channels, stream_options);
  read_all(reader, separator.sample_rate(), parts, stream, report);
  stream.finish([&](double done) {
    if (report) report(kReadingShare + (1.0 - kReadingShare) * done);
  });
  // A block is written while the next one is separated.
  for (auto block = stream.next(); !block.empty();) {
    Ahead<std::map<StemName, Signal>> following([&] { return stream.next(); });
    parts.write(block);
    block = following.get();
  }
  return parts.commit();
}

}  // namespace sep
