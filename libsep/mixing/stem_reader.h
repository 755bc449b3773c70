#pragma once

#include <cstdint>
#include <memory>

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

/// The stems of a store, whose bound of memory holds: for datasets that fit. Of a stem that
/// is not kept each read() decodes all.
class StoredStems : public StemReader {
 public:
  /// Keeps a reference to the store. Throws Error where pieces differ in channels.
  explicit StoredStems(StemStore& store);

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
  StemStore& store_;
  int64_t num_channels_ = 1;
};

/// Samples [first, first + count) of a signal, (C, count); zeros where it has none.
Signal padded_slice(const Signal& signal, int64_t first, int64_t count);

}  // namespace sep
