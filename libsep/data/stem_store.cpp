#include "libsep/data/stem_store.h"

#include <string_view>
#include <utility>

#include "libsep/core/error.h"
#include "libsep/core/hash.h"
#include "libsep/data/piece.h"

namespace sep {

struct StemStore::Entry {
  std::mutex mutex;
  std::shared_ptr<const Signal> kept;
  std::weak_ptr<const Signal> in_use;  // not kept, but held by who asked for it
  std::optional<uint64_t> hash;
};

StemStore::StemStore(const Dataset& dataset, int64_t max_bytes)
    : dataset_(dataset), max_bytes_(max_bytes), entries_(dataset.pieces.size()) {
  for (size_t i = 0; i < entries_.size(); ++i) {
    for (const auto& [stem, path] : dataset.pieces[i].stems) {
      entries_[i][stem] = std::make_unique<Entry>();
    }
  }
}

StemStore::~StemStore() = default;

StemStore::Entry& StemStore::entry_of(size_t piece_index, const StemName& stem) {
  const auto& entries = entries_.at(piece_index);
  const auto found = entries.find(stem);
  SEP_CHECK(found != entries.end(),
            "piece {}: no stem {}",
            dataset_.pieces[piece_index].name,
            stem);
  return *found->second;
}

std::shared_ptr<const Signal> StemStore::get(size_t piece_index, const StemName& stem) {
  Entry& entry = entry_of(piece_index, stem);
  const std::lock_guard<std::mutex> lock(entry.mutex);
  if (entry.kept) return entry.kept;
  if (auto shared = entry.in_use.lock()) return shared;
  return decode(piece_index, stem, entry);
}

uint64_t StemStore::hash(size_t piece_index, const StemName& stem) {
  Entry& entry = entry_of(piece_index, stem);
  const std::lock_guard<std::mutex> lock(entry.mutex);
  if (!entry.hash) decode(piece_index, stem, entry);
  return *entry.hash;
}

std::shared_ptr<const Signal> StemStore::decode(size_t piece_index,
                                                const StemName& stem,
                                                Entry& entry) {
  const Piece& piece = dataset_.pieces[piece_index];
  auto signal = std::make_shared<const Signal>(load_stem(piece, stem));
  const uint64_t hash = hash_samples(*signal);
  SEP_CHECK(!entry.hash || *entry.hash == hash,
            "{}: other samples than when it was first read",
            piece.stems.at(stem).string());
  entry.hash = hash;
  entry.in_use = signal;
  const auto num_bytes = static_cast<int64_t>(signal->samples.size() * sizeof(float));
  const std::lock_guard<std::mutex> lock(mutex_);
  ++num_decoded_;
  if (num_bytes_ + num_bytes <= max_bytes_) {
    num_bytes_ += num_bytes;
    entry.kept = signal;
  }
  return signal;
}

int64_t StemStore::num_decoded() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return num_decoded_;
}

uint64_t hash_samples(const Signal& signal) {
  const std::string_view bytes(reinterpret_cast<const char*>(signal.samples.data()),
                               signal.samples.size() * sizeof(float));
  return xxh3(bytes);
}

}  // namespace sep
