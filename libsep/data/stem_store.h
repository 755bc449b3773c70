#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
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

  /// The samples of a stem, the sum of the parts of one instrument: (C, N) at the dataset's
  /// rate and of the piece's length. Throws Error as load_stem(), and where its samples are
  /// no longer what they were when last decoded.
  std::shared_ptr<const Signal> get(size_t piece_index, const StemName& stem);

  /// The same where it is in memory or there is room to keep it; nothing where there is
  /// not, and nothing is decoded. For who can do with less than all of it.
  std::shared_ptr<const Signal> get_if_kept(size_t piece_index, const StemName& stem);

  /// hash_samples() of it; decodes where that was never done.
  uint64_t hash(size_t piece_index, const StemName& stem);

  /// The samples of one part. Where no other part has its instrument, it is the stem: both
  /// are kept once.
  std::shared_ptr<const Signal> get_part(size_t piece_index, const std::string& id);

  int64_t num_decoded() const;  ///< stems and parts, again and again counted each time

 private:
  struct Entry;
  struct PieceEntries;

  Entry& stem_entry(size_t piece_index, const StemName& stem);
  std::shared_ptr<const Signal> get(Entry& entry);
  bool has_room(int64_t num_bytes) const;
  std::shared_ptr<const Signal> decode(Entry& entry);

  const Dataset& dataset_;
  const int64_t max_bytes_;
  std::vector<PieceEntries> entries_;  // as dataset.pieces
  mutable std::mutex mutex_;
  int64_t num_bytes_ = 0;
  int64_t num_decoded_ = 0;
};

/// A hash of the samples, XXH3.
uint64_t hash_samples(const Signal& signal);

}  // namespace sep
