#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <vector>

#include "libsep/core/signal.h"
#include "libsep/core/stem_name.h"
#include "libsep/data/stem_store.h"

namespace sep {

/// What gives any range of samples of the stems of pieces. All have one rate and one number
/// of channels. Any number of threads.
class StemReader {
 public:
  virtual ~StemReader() = default;

  virtual int64_t sample_rate() const = 0;   ///< Hz
  virtual int64_t num_channels() const = 0;  ///< C
  virtual size_t num_pieces() const = 0;

  /// Whether the piece has the stem, and the piece's length in samples.
  virtual bool has(size_t piece, const StemName& stem) const = 0;
  virtual int64_t num_samples(size_t piece) const = 0;

  /// Samples [first, first + count) of a stem, (C, count); zeros outside of the piece.
  /// Throws Error for a stem that the piece lacks and for files that cannot be read.
  virtual Signal read(size_t piece,
                      const StemName& stem,
                      int64_t first,
                      int64_t count) const = 0;
};

/// What is done with stems that memory has no room for.
struct StoredStemsOptions {
  std::filesystem::path cache_folder;        ///< default_cache_folder(); empty: no cache
  int64_t max_cache_bytes = 16'000'000'000;  ///< in `decoded/` below it
};

/// The stems of a store, whose bound of memory holds. Those that it has no room for are
/// read range by range:
///
///     PCM or float (WAV, …) and FLAC    from the files, by seeking; each is read once
///     before,
///                                       from begin to end, to check that this is the same
///     others, and of another rate       decoded and resampled once into the cache folder,
///     as
///                                       WAV in float, those not used for longest removed;
///                                       where they cannot be kept there, decoded each time
///
/// Either way the samples are those of StemStore, to the bit.
class StoredStems : public StemReader {
 public:
  /// Keeps a reference to the store. Throws Error where pieces differ in channels.
  explicit StoredStems(StemStore& store, const StoredStemsOptions& options = {});
  ~StoredStems() override;

  int64_t sample_rate() const override { return store_.dataset().sample_rate; }
  int64_t num_channels() const override { return num_channels_; }
  size_t num_pieces() const override { return store_.dataset().pieces.size(); }
  bool has(size_t piece, const StemName& stem) const override;
  int64_t num_samples(size_t piece) const override;
  Signal read(size_t piece,
              const StemName& stem,
              int64_t first,
              int64_t count) const override;

 private:
  struct Entry;

  StemStore& store_;
  StoredStemsOptions options_;
  int64_t num_channels_ = 1;
  std::vector<std::map<StemName, std::unique_ptr<Entry>>> entries_;  // as the pieces
};

}  // namespace sep
