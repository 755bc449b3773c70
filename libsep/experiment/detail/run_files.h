#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// The files in a run's folder (run_directory.h); for the inside of experiment.
namespace sep::detail {

std::string fold_name(int64_t number);  ///< "fold-01"

/// The fold whose folder this is, in fold_name()'s writing.
std::optional<int64_t> fold_number(const std::filesystem::path& folder);

/// The run's manifests, in order, and the next free name.
std::vector<std::filesystem::path> manifest_paths(const std::filesystem::path& root);

/// Removes what kills left beside the files of a run, which nobody would read.
void remove_temporaries(const std::filesystem::path& root);

/// Everything a run consists of but config.yaml and manifest.yaml, which tell that there is
/// one. All of it is known to be removable before any of it goes.
class RunFiles {
 public:
  /// Throws Error or Failure where one of them, or one of those two, may not be removed.
  explicit RunFiles(const std::filesystem::path& root);

  /// A folder stays where it holds something else.
  void remove() const;

 private:
  void add_training(const std::filesystem::path& folder);
  void add_temporaries(const std::filesystem::path& folder);
  void add(const std::filesystem::path& path);

  std::vector<std::filesystem::path> files_;
  std::vector<std::filesystem::path> folders_;  // the inner ones first
};

}  // namespace sep::detail
