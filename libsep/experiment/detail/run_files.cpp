#include "libsep/experiment/detail/run_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/number.h"
#include "libsep/core/system_error.h"
#include "libsep/train/trainer.h"

namespace sep::detail {
namespace {

namespace fs = std::filesystem;

void remove_temporaries_in(const fs::path& folder) {
  for (const auto& path : list_folder(folder)) {
    if (is_temporary(path) && !is_real_folder(path)) remove_file(path);
  }
}

/// The folders of folds, or of a fold's trainings; no links to others.
std::vector<fs::path> folds_in(const fs::path& root) {
  std::vector<fs::path> folds;
  for (const auto& path : list_folder(root)) {
    if (fold_number(path) && is_real_folder(path)) folds.push_back(path);
  }
  return folds;
}

std::vector<fs::path> trainings_in(const fs::path& fold) {
  std::vector<fs::path> trainings;
  for (const auto& path : list_folder(fold)) {
    if (is_real_folder(path)) trainings.push_back(path);
  }
  return trainings;
}

void check_folder(const fs::path& folder) {
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0) return;
  throw_system_error(folder, "the run's files there cannot be removed", errno);
}

/// Whether the file is there.
bool check_file(const fs::path& path) {
  SEP_CHECK(!is_real_folder(path),
            "{}: wants a file of the run there, found a folder; nothing was removed",
            path.string());
  const bool found = is_link_or_there(path);
  if (found) check_folder(path.parent_path());
  return found;
}

}  // namespace

std::string fold_name(int64_t number) { return fmt::format("fold-{:02}", number); }

std::optional<int64_t> fold_number(const fs::path& folder) {
  const auto name = folder.filename().string();
  const auto digits = name.substr(std::min<size_t>(name.size(), 5));
  if (digits.empty() || digits.size() > 6 ||
      digits.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  const int64_t number = parse_int(digits).value_or(0);
  return number > 0 && name == fold_name(number) ? std::optional(number) : std::nullopt;
}

std::vector<fs::path> manifest_paths(const fs::path& root) {
  std::vector<fs::path> paths;
  for (int n = 1;; ++n) {
    const auto path =
        root / (n == 1 ? std::string("manifest.yaml") : fmt::format("manifest-{}.yaml", n));
    paths.push_back(path);
    if (!is_there(path)) return paths;
  }
}

void remove_temporaries(const fs::path& root) {
  remove_temporaries_in(root);
  for (const auto& fold : folds_in(root)) {
    for (const auto& training : trainings_in(fold)) remove_temporaries_in(training);
  }
}

RunFiles::RunFiles(const fs::path& root) {
  for (const auto& fold : folds_in(root)) {
    for (const auto& training : trainings_in(fold)) add_training(training);
    folders_.push_back(fold);
  }
  add(root / "timings.csv");
  add_temporaries(root);
  auto manifests = manifest_paths(root);
  std::reverse(manifests.begin(), manifests.end());
  manifests.pop_back();  // manifest.yaml
  for (const auto& manifest : manifests) add(manifest);
  for (const char* name : {"config.yaml", "manifest.yaml"}) check_file(root / name);
  for (const auto& folder : folders_) check_folder(folder.parent_path());
}

void RunFiles::remove() const {
  for (const auto& file : files_) remove_file(file);
  for (const auto& folder : folders_) {
    if (list_folder(folder).empty()) remove_file(folder);
  }
}

void RunFiles::add_training(const fs::path& folder) {
  const TrainingFiles names(folder);
  for (const auto& path : {names.best, names.last, names.history, names.state}) add(path);
  add_temporaries(folder);
  folders_.push_back(folder);
}

void RunFiles::add_temporaries(const fs::path& folder) {
  for (const auto& path : list_folder(folder)) {
    if (is_temporary(path) && !is_real_folder(path)) add(path);
  }
}

void RunFiles::add(const fs::path& path) {
  if (check_file(path)) files_.push_back(path);
}

}  // namespace sep::detail
