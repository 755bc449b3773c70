#include "libsep/experiment/run_directory.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "libsep/core/atomic_file.h"
#include "libsep/core/csv.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/version.h"
#include "libsep/data/fingerprint.h"
#include "libsep/experiment/detail/run_files.h"

namespace sep {
namespace {

namespace fs = std::filesystem;
using detail::fold_name;
using detail::fold_number;
using detail::manifest_paths;
using detail::remove_temporaries;
using detail::RunFiles;

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
                          const fs::path& dataset,
                          const std::string& wanted,
                          const std::string& found) {
  SEP_CHECK(
      wanted == found,
      "{}: the run began on another dataset: {} wanted, {} found in {} (pieces, lengths, "
      "rate or instruments differ)",
      manifest.string(),
      wanted,
      found,
      dataset.string());
}

void refuse_other_samples(const fs::path& manifest,
                          const fs::path& dataset,
                          const std::string& wanted,
                          const std::string& found) {
  SEP_CHECK(wanted.empty() || wanted == found,
            "{}: the run began on another dataset: of equal names and lengths, but its "
            "stems' samples give {}, those in {} {}",
            manifest.string(),
            wanted,
            dataset.string(),
            found);
}

/// What keeps a run from beginning in a folder; empty where it can: the folder is empty, or
/// has tables of an evaluation alone, or hidden files, as desktops and kills leave them.
std::string found_in(const fs::path& root) {
  for (const auto& path : list_folder(root)) {
    const auto name = path.filename();
    if (name != "eval" && !is_hidden(name)) return shown_text(name.string());
  }
  return "";
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
  if (!is_there(path)) return {kTimingHeader, {}};
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

}  // namespace

RunDirectory RunDirectory::create_or_continue(const fs::path& root,
                                              const ExperimentConfig& config) {
  const auto config_path = root / "config.yaml";
  if (is_there(config_path)) {
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
  if (!is_there(root)) return;
  SEP_CHECK(is_folder(root), "{}: wants a folder, found a file", root.string());
  if (!version_in(root / "manifest.yaml").empty()) return;
  if (!is_there(root / "config.yaml")) {
    const auto found = found_in(root);
    SEP_CHECK(found.empty(),
              "{}: wants a new folder or a run's, found {} there and no run",
              root.string(),
              found);
    return;
  }
  const auto fault = config_fault(root);
  SEP_CHECK(fault.empty(),
            "{}: wants a new folder or a run's, its config.yaml is no experiment's ({})",
            root.string(),
            fault);
}

RunDirectory RunDirectory::begin_anew(const fs::path& root,
                                      const ExperimentConfig& config) {
  check_place(root);
  make_directories(root);
  RunFiles(root).remove();
  // The new config in the old one's place, then the old manifest: a kill in between leaves
  // a run that can be gone on with, or begun anew.
  write_file_atomically(root / "config.yaml", write_config(config));
  remove_file(root / "manifest.yaml");
  return RunDirectory(root, config);
}

RunDirectory RunDirectory::open(const fs::path& root) {
  const auto config_path = root / "config.yaml";
  SEP_CHECK(is_there(config_path),
            "{}: wants a run directory, has no config.yaml",
            root.string());
  return RunDirectory(root, read_of_run<ExperimentConfig>(config_path));
}

fs::path RunDirectory::folder(const RunItem& item) const {
  return root_ / fold_name(item.fold) / item.target;
}

bool RunDirectory::is_done(const RunItem& item) const {
  return files(item).is_done(config_.train);
}

std::vector<RunItem> RunDirectory::trained_items(const std::vector<Target>& targets) const {
  std::vector<StemName> names;
  for (const auto& target : targets) names.push_back(target.name);
  return trained_items(names);
}

std::vector<RunItem> RunDirectory::trained_items(
    const std::vector<StemName>& targets) const {
  std::vector<int64_t> folds;
  for (const auto& path : list_folder(root_)) {
    const auto number = fold_number(path);
    if (number) folds.push_back(*number);
  }
  std::sort(folds.begin(), folds.end());
  std::vector<RunItem> items;
  for (const auto fold : folds) {
    for (const auto& target : targets) {
      const RunItem item{fold, target};
      if (is_there(files(item).best)) items.push_back(item);
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
    const fs::path here = config_.data.path;
    refuse_other_dataset(paths[i], here, earlier.dataset, manifest.dataset);
    refuse_other_samples(paths[i], here, earlier.samples, manifest.samples);
    is_known = is_known || write_config(earlier) == text;
  }
  if (!is_known) write_file_atomically(paths.back(), text);
  const auto config_path = root_ / "config.yaml";
  if (data_paths(read_config<ExperimentConfig>(config_path).data) !=
      data_paths(config_.data)) {
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
    refuse_other_dataset(path, dataset.root, manifest.dataset, found);
    if (manifest.samples.empty()) continue;
    refuse_other_samples(path, dataset.root, manifest.samples, samples());
  }
}

void RunDirectory::add_timing(const RunItem& item, const TrainSummary& summary) const {
  auto table = read_timings(root_);
  table.rows.push_back({fmt::format("{}", item.fold),
                        item.target,
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
