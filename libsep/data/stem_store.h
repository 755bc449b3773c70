#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "libsep/core/signal.h"
#include "libsep/data/dataset.h"

namespace sep {

/// The stems of a dataset, each decoded when it is first asked for and kept in memory while
/// there is room: what reads them again and again (survey_stems(), the mixtures of every
/// fold) shares one store. Stems that no room is left for are decoded each time; those that
/// are kept stay, so that a dataset twice as large as the room is decoded half as often.
/// Any number of threads.
class StemStore {
 public:
  /// Bach10's stems are 236 MB.
  static constexpr int64_t kDefaultMaxBytes = int64_t{1} << 30;

  /// Keeps a reference to `dataset`.
  explicit StemStore(const Dataset& dataset, int64_t max_bytes = kDefaultMaxBytes);
  ~StemStore();

  const Dataset& dataset() const { return dataset_; }

  /// The samples of a stem, of the dataset's rate and the piece's length. Throws Error as
  /// load_stem(), and where its samples are no longer what they were when last decoded.
  std::shared_ptr<const Signal> get(size_t piece_index, const StemName& stem);

  /// hash_samples() of it; decodes where that was never done.
  uint64_t hash(size_t piece_index, const StemName& stem);

  int64_t num_decoded() const;  ///< files, again and again counted each time

 private:
  struct Entry;

  Entry& entry_of(size_t piece_index, const StemName& stem);
  std::shared_ptr<const Signal> decode(size_t piece_index,
                                       const StemName& stem,
                                       Entry& entry);

  const Dataset& dataset_;
  const int64_t max_bytes_;
  std::vector<std::map<StemName, std::unique_ptr<Entry>>> entries_;  // as dataset.pieces
  mutable std::mutex mutex_;
  int64_t num_bytes_ = 0;
  int64_t num_decoded_ = 0;
};

/// A hash of the samples, XXH3.
uint64_t hash_samples(const Signal& signal);

}  // namespace sep
