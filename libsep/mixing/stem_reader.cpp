#include "libsep/mixing/stem_reader.h"

#include <mutex>

#include "libsep/core/error.h"
#include "libsep/mixing/detail/stem_ranges.h"

namespace sep {

struct StoredStems::Entry {
  std::mutex mutex;
  StemRanges ranges;  // empty until they are first wanted
};

StoredStems::StoredStems(StemStore& store, const StoredStemsOptions& options)
    : store_(store), options_(options) {
  const Dataset& dataset = store.dataset();
  if (!dataset.pieces.empty()) num_channels_ = dataset.pieces.front().num_channels;
  for (const auto& piece : dataset.pieces) {
    SEP_CHECK(piece.num_channels == num_channels_,
              "{}: examples want pieces of one number of channels, {} has {}, {} {}",
              dataset.root.string(),
              dataset.pieces.front().name,
              num_channels_,
              piece.name,
              piece.num_channels);
    auto& entries = entries_.emplace_back();
    for (const auto& stem : instruments_of(piece)) {
      entries[stem] = std::make_unique<Entry>();
    }
  }
}

StoredStems::~StoredStems() = default;

bool StoredStems::has(size_t piece, const StemName& stem) const {
  return has_instrument(store_.dataset().pieces.at(piece), stem);
}

int64_t StoredStems::num_samples(size_t piece) const {
  return store_.dataset().pieces.at(piece).num_samples;
}

Signal StoredStems::read(size_t piece,
                         const StemName& stem,
                         int64_t first,
                         int64_t count) const {
  if (const auto kept = store_.get_if_kept(piece, stem)) {
    return padded_slice(*kept, first, count);
  }
  Entry& entry = *entries_.at(piece).at(stem);
  {
    const std::lock_guard<std::mutex> lock(entry.mutex);
    const Piece& of = store_.dataset().pieces[piece];
    if (!entry.ranges) entry.ranges = ranges_of_files(of, stem);
    if (!entry.ranges) {
      entry.ranges =
          ranges_of_decoded(of, stem, {options_.cache_folder, options_.max_cache_bytes});
    }
  }
  return entry.ranges(first, count);
}

}  // namespace sep
