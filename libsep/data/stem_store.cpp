#include "libsep/data/stem_store.h"

#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "libsep/core/error.h"
#include "libsep/core/hash.h"
#include "libsep/data/piece.h"

namespace sep {

struct StemStore::Entry {
  std::function<Signal()> load;
  std::string first_path;  // for messages
  std::mutex mutex;
  std::shared_ptr<const Signal> kept;
  std::weak_ptr<const Signal> in_use;  // not kept, but held by who asked for it
  std::optional<uint64_t> hash;
};

struct StemStore::PieceEntries {
  std::map<std::string, std::unique_ptr<Entry>> parts;  // by id
  std::map<StemName, std::unique_ptr<Entry>> sums;      // of labels that repeat
  std::map<StemName, Entry*> stems;                     // one of those above
};

StemStore::StemStore(const Dataset& dataset, int64_t max_bytes)
    : dataset_(dataset), max_bytes_(max_bytes) {
  const auto make_entry = [](const Part& part, std::function<Signal()> load) {
    auto entry = std::make_unique<Entry>();
    entry->load = std::move(load);
    if (!part.files.empty()) entry->first_path = part.files.front().path.string();
    return entry;
  };
  for (const Piece& piece : dataset.pieces) {
    PieceEntries entries;
    for (const auto& part : piece.parts) {
      auto& entry = entries.parts[part.id];
      entry = make_entry(part, [&piece, id = part.id] { return load_part(piece, id); });
      const auto [stem, is_first] = entries.stems.emplace(part.instrument, entry.get());
      if (is_first) continue;
      auto& sum = entries.sums[part.instrument];
      sum = make_entry(part,
                       [&piece, name = part.instrument] { return load_stem(piece, name); });
      stem->second = sum.get();
    }
    entries_.push_back(std::move(entries));
  }
}

StemStore::~StemStore() = default;

StemStore::Entry& StemStore::stem_entry(size_t piece_index, const StemName& stem) {
  const auto& stems = entries_.at(piece_index).stems;
  const auto found = stems.find(stem);
  SEP_CHECK(found != stems.end(),
            "piece {}: no stem {}",
            dataset_.pieces[piece_index].name,
            stem);
  return *found->second;
}

std::shared_ptr<const Signal> StemStore::get(size_t piece_index, const StemName& stem) {
  return get(stem_entry(piece_index, stem));
}

std::shared_ptr<const Signal> StemStore::get_part(size_t piece_index,
                                                  const std::string& id) {
  const auto& parts = entries_.at(piece_index).parts;
  const auto found = parts.find(id);
  SEP_CHECK(
      found != parts.end(), "piece {}: no part {}", dataset_.pieces[piece_index].name, id);
  return get(*found->second);
}

std::shared_ptr<const Signal> StemStore::get(Entry& entry) {
  const std::lock_guard<std::mutex> lock(entry.mutex);
  if (entry.kept) return entry.kept;
  if (auto shared = entry.in_use.lock()) return shared;
  return decode(entry);
}

std::shared_ptr<const Signal> StemStore::get_if_kept(size_t piece_index,
                                                     const StemName& stem) {
  Entry& entry = stem_entry(piece_index, stem);
  const Piece& piece = dataset_.pieces[piece_index];
  const std::lock_guard<std::mutex> lock(entry.mutex);
  if (entry.kept) return entry.kept;
  if (auto shared = entry.in_use.lock()) return shared;
  const auto num_values = piece.num_channels * piece.num_samples;
  return has_room(num_values * static_cast<int64_t>(sizeof(float))) ? decode(entry)
                                                                    : nullptr;
}

bool StemStore::has_room(int64_t num_bytes) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return num_bytes_ + num_bytes <= max_bytes_;
}

uint64_t StemStore::hash(size_t piece_index, const StemName& stem) {
  Entry& entry = stem_entry(piece_index, stem);
  const std::lock_guard<std::mutex> lock(entry.mutex);
  if (!entry.hash) decode(entry);
  return *entry.hash;
}

std::shared_ptr<const Signal> StemStore::decode(Entry& entry) {
  auto signal = std::make_shared<const Signal>(entry.load());
  const uint64_t hash = hash_samples(*signal);
  SEP_CHECK(!entry.hash || *entry.hash == hash,
            "{}: other samples than when it was first read",
            entry.first_path);
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
