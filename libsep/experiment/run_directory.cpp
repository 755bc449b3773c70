#include "libsep/experiment/run_directory.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>

#include "libsep/core/atomic_file.h"
#include "libsep/core/csv.h"
#include "libsep/core/error.h"
#include "libsep/core/version.h"
#include "libsep/data/fingerprint.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kTimingHeader = {
    "fold", "instrument", "iterations", "seconds", "seconds_per_iteration"};

void refuse_other_config(const fs::path& root,
                         const ExperimentConfig& wanted,
                         const ExperimentConfig& found) {
  const auto lines = config_differences(identity_fields(wanted), identity_fields(found));
  SEP_CHECK(
      lines.empty(),
      "{}: the run there has another config: {}; give another --out, or --fresh to begin "
      "again",
      root.string(),
      fmt::join(lines, ", "));
}

void refuse_other_dataset(const fs::path& manifest,
                          const std::string& wanted,
                          const std::string& found) {
  SEP_CHECK(
      wanted == found,
      "{}: the run began on another dataset: {} wanted, {} found (pieces, lengths, rate or "
      "instruments differ)",
      manifest.string(),
      wanted,
      found);
}

void refuse_other_samples(const fs::path& manifest,
                          const std::string& wanted,
                          const std::string& found) {
  SEP_CHECK(wanted.empty() || wanted == found,
            "{}: the run began on another dataset: of equal names and lengths, but its "
            "stems' samples give {}, those of this one {}",
            manifest.string(),
            wanted,
            found);
}

/// The folder's manifests, in order, and the next free name.
std::vector<fs::path> manifest_paths(const fs::path& root) {
  std::vector<fs::path> paths;
  for (int n = 1;; ++n) {
    const auto path =
        root / (n == 1 ? std::string("manifest.yaml") : fmt::format("manifest-{}.yaml", n));
    paths.push_back(path);
    if (!fs::exists(path)) return paths;
  }
}

/// A folder that a run can begin in: empty, or with only tables of an evaluation left, or
/// with what a kill left of the first file.
bool holds_no_run_data(const fs::path& root) {
  if (!fs::is_directory(root)) return false;
  for (const auto& entry : fs::directory_iterator(root)) {
    const auto name = entry.path().filename();
    if (name != "eval" && name != ".lock" && !is_temporary(name)) return false;
  }
  return true;
}

std::string fold_name(int64_t number) { return fmt::format("fold-{:02}", number); }

/// The fold whose folder this is, in fold_name()'s writing.
std::optional<int64_t> fold_number(const fs::path& folder) {
  const auto name = folder.filename().string();
  const auto digits = name.substr(std::min<size_t>(name.size(), 5));
  if (digits.empty() || digits.size() > 6 ||
      digits.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  const int64_t number = std::stoll(digits);
  return number > 0 && name == fold_name(number) ? std::optional(number) : std::nullopt;
}

/// What a manifest names as libsep_version in its first line; empty where it is none. Not
/// by the YAML reader: also of a version whose files this one refuses.
std::string version_in(const fs::path& manifest) {
  std::string text(256, '\0');
  std::ifstream file(manifest);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  const std::string key = "libsep_version: ";
  if (text.rfind(key, 0) != 0) return "";
  text = text.substr(key.size(), text.find('\n') - key.size());
  text.erase(std::remove(text.begin(), text.end(), '"'), text.end());
  return shown_text(text);
}

/// By the last manifest; empty where there is none.
std::string version_of_run(const fs::path& root) {
  const auto paths = manifest_paths(root);
  return paths.size() < 2 ? "" : version_in(paths[paths.size() - 2]);
}

/// A YAML file of a run; one of another version of libsep that this one does not read is
/// refused with both versions named.
template <class Options>
Options read_of_run(const fs::path& path) {
  try {
    return read_config<Options>(path);
  } catch (const Error& error) {
    const auto theirs = path.filename() == "config.yaml"
                            ? version_of_run(path.parent_path())
                            : version_in(path);
    if (theirs.empty() || theirs == version()) throw;
    throw Error(fmt::format(
        "{} (written by libsep {}, this is libsep {})", error.what(), theirs, version()));
  }
}

/// timings.csv, empty where there is none yet.
CsvTable read_timings(const fs::path& root) {
  const auto path = root / "timings.csv";
  if (!fs::exists(path)) return {kTimingHeader, {}};
  auto table = read_csv(path);
  SEP_CHECK(table.header == kTimingHeader,
            "{}: wants the columns {}, found {}",
            path.string(),
            fmt::join(kTimingHeader, ","),
            shown_text(fmt::format("{}", fmt::join(table.header, ","))));
  return table;
}

/// Why `root`/config.yaml is no experiment; empty where it is one.
std::string config_fault(const fs::path& root) {
  try {
    read_config<ExperimentConfig>(root / "config.yaml");
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

bool is_real_folder(const fs::path& path) {
  return fs::is_directory(fs::symlink_status(path));
}

void remove_file(const fs::path& path) {
  if (!is_real_folder(path)) fs::remove(path);
}

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder)) entries.push_back(entry.path());
  return entries;
}

void remove_temporaries_in(const fs::path& folder) {
  for (const auto& path : entries_of(folder)) {
    if (is_temporary(path)) remove_file(path);
  }
}

/// What kills left beside the files of a run, which nobody would read.
void remove_temporaries(const fs::path& root) {
  remove_temporaries_in(root);
  for (const auto& fold : entries_of(root)) {
    if (!fold_number(fold) || !is_real_folder(fold)) continue;
    for (const auto& training : entries_of(fold)) {
      if (is_real_folder(training)) remove_temporaries_in(training);
    }
  }
}

/// The files of a training, and its folder where nothing else is left in it.
void remove_training(const fs::path& folder) {
  const TrainingFiles files(folder);
  for (const auto& path : {files.best, files.last, files.history, files.state}) {
    remove_file(path);
  }
  remove_temporaries_in(folder);
  if (fs::is_empty(folder)) fs::remove(folder);
}

void remove_fold(const fs::path& folder) {
  for (const auto& path : entries_of(folder)) {
    if (is_real_folder(path)) remove_training(path);
  }
  if (fs::is_empty(folder)) fs::remove(folder);
}

}  // namespace

RunDirectory RunDirectory::create_or_continue(const fs::path& root,
                                              const ExperimentConfig& config) {
  const auto config_path = root / "config.yaml";
  if (fs::exists(config_path)) {
    refuse_other_config(root, config, read_of_run<ExperimentConfig>(config_path));
    read_timings(root);  // throws now, not after the first training
    remove_temporaries(root);
    return RunDirectory(root, config);
  }
  check_place(root);
  make_directories(root);
  remove_temporaries(root);
  write_file_atomically(config_path, write_config(config));
  return RunDirectory(root, config);
}

void RunDirectory::check_place(const fs::path& root) {
  if (!fs::exists(root) || holds_no_run_data(root) ||
      !version_in(root / "manifest.yaml").empty())
    return;
  SEP_CHECK(fs::exists(root / "config.yaml"),
            "{}: wants a new folder or a run's, found something else there",
            root.string());
  const auto fault = config_fault(root);
  SEP_CHECK(fault.empty(),
            "{}: wants a new folder or a run's, its config.yaml is no experiment's ({})",
            root.string(),
            fault);
}

void RunDirectory::remove(const fs::path& root) {
  check_place(root);
  if (!fs::exists(root)) return;
  for (const auto& path : entries_of(root)) {
    if (fold_number(path) && is_real_folder(path)) remove_fold(path);
  }
  remove_file(root / "timings.csv");
  remove_temporaries_in(root);
  auto manifests = manifest_paths(root);
  std::reverse(manifests.begin(), manifests.end());
  // manifest.yaml last: until then it is still a run.
  remove_file(root / "config.yaml");
  for (const auto& manifest : manifests) remove_file(manifest);
}

RunDirectory RunDirectory::open(const fs::path& root) {
  const auto config_path = root / "config.yaml";
  SEP_CHECK(fs::exists(config_path),
            "{}: wants a run directory, has no config.yaml",
            root.string());
  return RunDirectory(root, read_of_run<ExperimentConfig>(config_path));
}

fs::path RunDirectory::folder(const RunItem& item) const {
  return root_ / fold_name(item.fold) / item.instrument;
}

bool RunDirectory::is_done(const RunItem& item) const {
  return files(item).is_done(config_.train.num_epochs);
}

std::vector<RunItem> RunDirectory::trained_items(
    const std::vector<StemName>& instruments) const {
  std::vector<int64_t> folds;
  for (const auto& entry : fs::directory_iterator(root_)) {
    const auto number = fold_number(entry.path());
    if (number) folds.push_back(*number);
  }
  std::sort(folds.begin(), folds.end());
  std::vector<RunItem> items;
  for (const auto fold : folds) {
    for (const auto& instrument : instruments) {
      const RunItem item{fold, instrument};
      if (fs::exists(files(item).best)) items.push_back(item);
    }
  }
  return items;
}

void RunDirectory::record(const RunManifest& manifest) const {
  const auto paths = manifest_paths(root_);
  const auto text = write_config(manifest);
  bool is_known = false;
  for (size_t i = 0; i + 1 < paths.size(); ++i) {
    const auto earlier = read_of_run<RunManifest>(paths[i]);
    refuse_other_dataset(paths[i], earlier.dataset, manifest.dataset);
    refuse_other_samples(paths[i], earlier.samples, manifest.samples);
    is_known = is_known || write_config(earlier) == text;
  }
  if (!is_known) write_file_atomically(paths.back(), text);
  const auto config_path = root_ / "config.yaml";
  if (read_config<ExperimentConfig>(config_path).data.path != config_.data.path) {
    write_file_atomically(config_path, write_config(config_));
  }
}

std::string RunDirectory::libsep_version() const { return version_of_run(root_); }

void RunDirectory::check_dataset(const Dataset& dataset,
                                 const std::function<std::string()>& samples) const {
  auto paths = manifest_paths(root_);
  paths.pop_back();
  const auto found = dataset_fingerprint(dataset);
  for (const auto& path : paths) {
    const auto manifest = read_of_run<RunManifest>(path);
    refuse_other_dataset(path, manifest.dataset, found);
    if (!manifest.samples.empty()) refuse_other_samples(path, manifest.samples, samples());
  }
}

void RunDirectory::add_timing(const RunItem& item, const TrainSummary& summary) const {
  auto table = read_timings(root_);
  table.rows.push_back({fmt::format("{}", item.fold),
                        item.instrument,
                        fmt::format("{}", summary.num_iterations),
                        fmt::format("{:.3f}", summary.seconds),
                        fmt::format("{:.4f}",
                                    summary.seconds / static_cast<double>(std::max<int64_t>(
                                                          summary.num_iterations, 1)))});
  write_csv(root_ / "timings.csv", table);
}

std::string machine_name() {
  std::map<std::string, std::string> fields;  // of the first processor
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line) && !line.empty();) {
    const auto colon = line.find(": ");
    const auto name = line.substr(0, line.find_last_not_of("\t ", line.find(':') - 1) + 1);
    if (colon != std::string::npos) fields[name] = line.substr(colon + 2);
  }
  if (fields["model name"].empty()) return "unknown";
  if (fields["cpu family"].empty()) return fields["model name"];
  return fmt::format("{}, family {}, model {}, stepping {}",
                     fields["model name"],
                     fields["cpu family"],
                     fields["model"],
                     fields["stepping"]);
}

}  // namespace sep
