#include "libsep/mixing/mixture_files.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "libsep/audio/file.h"
#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/unfinished_folder.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kEventColumns = {
    "piece", "source_time", "event_duration", "pitch_shift", "time_stretch"};

std::string exact(double value) { return fmt::format("{}", value); }

std::vector<std::string> event_cells(const StemEvent& event) {
  return {event.piece,
          exact(event.source_time),
          exact(event.event_duration),
          exact(event.pitch_shift),
          exact(event.time_stretch)};
}

/// Which columns a table of draws has.
struct Columns {
  std::vector<StemName> stems;
  bool events = false;
  bool gain = false;
  bool dropped = false;
};

Columns columns_of(const FoldMixtures& mixtures) {
  Columns columns;
  for (const auto* part : {&mixtures.train, &mixtures.validation}) {
    for (const auto& mixture : *part) {
      const auto& draw = mixture.draw;
      columns.events = columns.events || !draw.events.empty();
      columns.gain = columns.gain || draw.gain_db != 0.0;
      columns.dropped = columns.dropped || !draw.dropped.empty();
      if (!columns.stems.empty()) continue;
      for (const auto& [stem, snr_db] : draw.snr) columns.stems.push_back(stem);
    }
  }
  return columns;
}

std::vector<std::string> header_of(const Columns& columns) {
  std::vector<std::string> header = {"fold", "part", "seed"};
  header.insert(header.end(), kEventColumns.begin(), kEventColumns.end());
  for (const auto& stem : columns.stems) header.push_back("snr_" + stem);
  if (columns.gain) header.push_back("gain_db");
  if (columns.dropped) header.push_back("dropped");
  for (const auto& stem : columns.stems) {
    if (!columns.events) break;
    for (const auto& name : kEventColumns)
      header.push_back(fmt::format("{}_{}", name, stem));
  }
  return header;
}

std::vector<std::string> row_of(const Columns& columns,
                                const Fold& fold,
                                const std::string& part,
                                const MixtureDraw& draw) {
  std::vector<std::string> row = {
      fmt::format("{}", fold.index), part, fmt::format("{}", draw.seed)};
  const auto append = [&](const std::vector<std::string>& cells) {
    row.insert(row.end(), cells.begin(), cells.end());
  };
  append(draw.events.empty() ? event_cells(draw)
                             : std::vector<std::string>(kEventColumns.size()));
  for (const auto& stem : columns.stems) row.push_back(exact(draw.snr.at(stem)));
  if (columns.gain) row.push_back(exact(draw.gain_db));
  if (columns.dropped) row.push_back(fmt::format("{}", fmt::join(draw.dropped, "+")));
  for (const auto& stem : columns.stems) {
    if (columns.events) append(event_cells(draw.event(stem)));
  }
  return row;
}

void refuse_used_folder(const fs::path& out) {
  if (!is_there(out)) return;
  SEP_CHECK(is_folder(out), "{}: wants a folder, found a file", out.string());
  for (const auto& path : list_folder(out)) {
    SEP_CHECK(is_hidden(path),
              "{}: wants a new or empty folder, found {} there",
              out.string(),
              path.filename().string());
  }
}

/// `path` is below `unfinished` now, and later below `out`.
void write_signal(const fs::path& unfinished,
                  const fs::path& out,
                  const fs::path& path,
                  const Signal& signal,
                  Progress& progress) {
  write_audio(unfinished / path, signal, SampleFormat::kInt24);
  const auto num_over = std::count_if(signal.samples.begin(),
                                      signal.samples.end(),
                                      [](float value) { return std::abs(value) > 1.0F; });
  if (num_over > 0) {
    progress.note(fmt::format(
        "{}: {} samples above full scale are clipped", (out / path).string(), num_over));
  }
}

void write_mixture(const fs::path& unfinished,
                   const fs::path& out,
                   const fs::path& folder,
                   const Mixture& mixture,
                   Progress& progress) {
  make_directories(unfinished / folder);
  write_signal(unfinished, out, folder / "mixture.flac", mixture.mixture, progress);
  for (const auto& [stem, signal] : mixture.stems) {
    write_signal(unfinished, out, folder / (stem + ".flac"), signal, progress);
  }
}

}  // namespace

CsvTable draws_table(const Fold& fold, const FoldMixtures& mixtures) {
  const auto columns = columns_of(mixtures);
  CsvTable table{header_of(columns), {}};
  for (const auto& mixture : mixtures.train) {
    table.rows.push_back(row_of(columns, fold, "train", mixture.draw));
  }
  for (const auto& mixture : mixtures.validation) {
    table.rows.push_back(row_of(columns, fold, "valid", mixture.draw));
  }
  return table;
}

void write_mixtures(const fs::path& out,
                    const MixtureRenderer& renderer,
                    const Fold& fold,
                    int64_t epoch,
                    int64_t num_threads,
                    Progress& progress) {
  refuse_used_folder(out);
  const UnfinishedFolder unfinished(out);
  const FoldMixtures mixtures{
      renderer.render(renderer.draw_train(fold, epoch), num_threads),
      renderer.render(renderer.draw_validation(fold), num_threads)};
  const auto total =
      static_cast<int64_t>(mixtures.train.size() + mixtures.validation.size());
  progress.begin("writing", total, "mixtures");
  int64_t num_done = 0;
  const auto write_part = [&](const std::string& part, const std::vector<Mixture>& all) {
    for (const auto& mixture : all) {
      progress.throw_if_stopped();
      const auto folder = fs::path(part) / fmt::format("seed-{:02}", mixture.draw.seed);
      write_mixture(unfinished.path(), out, folder, mixture, progress);
      progress.update(++num_done);
    }
  };
  write_part("train", mixtures.train);
  write_part("valid", mixtures.validation);
  write_csv(unfinished.path() / "draws.csv", draws_table(fold, mixtures));
  progress.end();
  for (const char* name : {"train", "valid", "draws.csv"}) {
    if (is_there(unfinished.path() / name)) unfinished.move_out(name);
  }
}

}  // namespace sep
