#include "libsep/mixing/stem_reader.h"

#include <algorithm>

#include "libsep/core/error.h"

namespace sep {

StoredStems::StoredStems(StemStore& store) : store_(store) {
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
  }
}

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
  return padded_slice(*store_.get(piece, stem), first, count);
}

Signal padded_slice(const Signal& signal, int64_t first, int64_t count) {
  SEP_CHECK(count >= 0, "{} samples: wants 0 or more", count);
  Signal result = make_silence(signal.num_channels, count, signal.sample_rate);
  const int64_t begin = std::clamp<int64_t>(first, 0, signal.num_samples());
  const int64_t end = std::clamp<int64_t>(first + count, begin, signal.num_samples());
  for (int64_t c = 0; begin < end && c < signal.num_channels; ++c) {
    std::copy(signal.channel(c) + begin,
              signal.channel(c) + end,
              result.channel(c) + (begin - first));
  }
  return result;
}

}  // namespace sep
