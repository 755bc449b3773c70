#include "libsep/experiment/run_directory.h"

#include <algorithm>
#include <fstream>
#include <optional>

#include "libsep/core/atomic_file.h"
#include "libsep/core/csv.h"
#include "libsep/core/error.h"
#include "libsep/core/random.h"

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

/// A folder that a run can begin in: empty, or with only tables of an evaluation left.
bool holds_no_run_data(const fs::path& root) {
  if (!fs::is_directory(root)) return false;
  for (const auto& entry : fs::directory_iterator(root)) {
    const auto name = entry.path().filename();
    if (name != "eval" && name != ".lock") return false;
  }
  return true;
}

std::optional<int64_t> fold_number(const fs::path& folder) {
  const auto name = folder.filename().string();
  if (name.rfind("fold-", 0) != 0) return std::nullopt;
  const auto digits = name.substr(5);
  if (digits.empty() || digits.size() > 6 ||
      !std::all_of(
          digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  return std::stoll(digits);
}

}  // namespace

RunDirectory RunDirectory::create_or_continue(const fs::path& root,
                                              const ExperimentConfig& config) {
  const auto config_path = root / "config.yaml";
  if (fs::exists(config_path)) {
    refuse_other_config(root, config, read_config<ExperimentConfig>(config_path));
    return RunDirectory(root, config);
  }
  check_place(root);
  make_directories(root);
  write_file_atomically(config_path, write_config(config));
  return RunDirectory(root, config);
}

void RunDirectory::check_place(const fs::path& root) {
  SEP_CHECK(
      !fs::exists(root) || fs::exists(root / "config.yaml") || holds_no_run_data(root),
      "{}: wants a new folder or a run's, found something else there",
      root.string());
}

void RunDirectory::remove(const fs::path& root) {
  check_place(root);
  if (!fs::exists(root / "config.yaml")) return;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (fold_number(entry.path())) fs::remove_all(entry.path());
  }
  for (const auto& manifest : manifest_paths(root)) fs::remove(manifest);
  fs::remove(root / "timings.csv");
  fs::remove(root / "config.yaml");  // last: until then it is still a run
}

RunDirectory RunDirectory::open(const fs::path& root) {
  const auto config_path = root / "config.yaml";
  SEP_CHECK(fs::exists(config_path),
            "{}: wants a run directory, has no config.yaml",
            root.string());
  return RunDirectory(root, read_config<ExperimentConfig>(config_path));
}

fs::path RunDirectory::folder(const RunItem& item) const {
  return root_ / fmt::format("fold-{:02}", item.fold) / item.instrument;
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
  for (size_t i = 0; i + 1 < paths.size(); ++i) {
    const auto earlier = read_config<RunManifest>(paths[i]);
    refuse_other_dataset(paths[i], earlier.dataset, manifest.dataset);
    if (write_config(earlier) == text) return;
  }
  write_file_atomically(paths.back(), text);
}

void RunDirectory::check_dataset(const Dataset& dataset) const {
  const auto path = manifest_paths(root_).front();
  if (!fs::exists(path)) return;
  refuse_other_dataset(
      path, read_config<RunManifest>(path).dataset, dataset_fingerprint(dataset));
}

void RunDirectory::add_timing(const RunItem& item, const TrainSummary& summary) const {
  const auto path = root_ / "timings.csv";
  auto table = fs::exists(path) ? read_csv(path) : CsvTable{kTimingHeader, {}};
  table.rows.push_back({fmt::format("{}", item.fold),
                        item.instrument,
                        fmt::format("{}", summary.num_iterations),
                        fmt::format("{:.3f}", summary.seconds),
                        fmt::format("{:.4f}",
                                    summary.seconds / static_cast<double>(std::max<int64_t>(
                                                          summary.num_iterations, 1)))});
  write_csv(path, table);
}

std::string dataset_fingerprint(const Dataset& dataset) {
  std::string text = fmt::format("{} Hz", dataset.sample_rate);
  for (const auto& instrument : dataset.instruments) text += "|" + instrument;
  for (const auto& piece : dataset.pieces) {
    text += fmt::format("|{}={}", piece.name, piece.num_samples);
  }
  return fmt::format("{} pieces, {:016x}", dataset.pieces.size(), stream_seed(0, text));
}

std::string machine_name() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    const auto colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos) {
      return line.substr(colon + 2);
    }
  }
  return "unknown";
}

}  // namespace sep
