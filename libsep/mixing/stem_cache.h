#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "libsep/core/signal.h"

namespace sep {

/// Rendered stems of training mixtures, kept on disk from one run to the next.
///
/// A stem is found by its description: a text that names everything its samples depend on
/// (describe_stem() in fold_mixtures.h). The name of its file is a hash of that text, the
/// file holds the text itself and a checksum of the samples, and both are compared before
/// a sample is used:
///
///     <folder>/stems/0f3a…c2.safetensors     samples (N) F32; description, checksum, rate
///
/// A file that is damaged, or holds another stem, counts as not there, which take_notes()
/// says; the next store() replaces it. Where files would be larger than `max_bytes`
/// together, those not used for longest are removed. Several processes may share a
/// folder: files appear whole, and a file removed is one rendered anew. (Each process may
/// be above the bound by the file it is writing.)
///
/// A cache never stops the work: what cannot be written is not kept, which is noted once.
/// Any number of threads may use one object.
class StemCache {
 public:
  /// 8 GB; the ten folds of Bach10 take 2.3.
  static constexpr int64_t kDefaultMaxBytes = 8'000'000'000;

  /// Makes the folder. Throws Error where that cannot be.
  explicit StemCache(const std::filesystem::path& folder,
                     int64_t max_bytes = kDefaultMaxBytes);

  std::optional<Signal> find(const std::string& description);
  void store(const std::string& description, const Signal& stem);

  const std::filesystem::path& folder() const { return folder_; }
  int64_t num_found() const;   ///< calls of find() that gave a stem
  int64_t num_stored() const;  ///< calls of store() that kept one

  /// What a user should know, since the last call; a line each.
  std::vector<std::string> take_notes();

 private:
  std::filesystem::path path_of(const std::string& description) const;
  void note_unusable(const std::filesystem::path& path, const std::string& problem);

  std::filesystem::path folder_;
  int64_t max_bytes_;
  mutable std::mutex mutex_;
  int64_t num_found_ = 0;
  int64_t num_stored_ = 0;
  bool can_write_ = true;
  std::vector<std::string> notes_;
};

/// $LIBSEP_CACHE, else $XDG_CACHE_HOME/libsep, else ~/.cache/libsep, made where it is not
/// there; empty where none of the variables is set, LIBSEP_CACHE is "none", or no folder
/// can be made there, as where the home folder is not writable. A relative path in
/// XDG_CACHE_HOME or HOME counts as none: the XDG specification says so, and each working
/// folder would have a cache of its own. LIBSEP_CACHE may be relative, as --cache may.
std::filesystem::path default_cache_folder();

}  // namespace sep
