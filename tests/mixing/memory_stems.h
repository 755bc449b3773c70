#pragma once

#include <map>
#include <utility>
#include <vector>

#include "libsep/mixing/stem_reader.h"

/// Pieces that a test has made.
class MemoryStems : public sep::StemReader {
 public:
  using Pieces = std::vector<std::map<sep::StemName, sep::Signal>>;
  explicit MemoryStems(Pieces pieces) : pieces_(std::move(pieces)) {}

  int64_t sample_rate() const override { return first().sample_rate; }
  int64_t num_channels() const override { return first().num_channels; }
  size_t num_pieces() const override { return pieces_.size(); }
  bool has(size_t piece, const sep::StemName& stem) const override {
    return pieces_.at(piece).count(stem) == 1;
  }
  int64_t num_samples(size_t piece) const override {
    return pieces_.at(piece).begin()->second.num_samples();
  }
  sep::Signal read(size_t piece,
                   const sep::StemName& stem,
                   int64_t first,
                   int64_t count) const override {
    return sep::padded_slice(pieces_.at(piece).at(stem), first, count);
  }

 private:
  const sep::Signal& first() const { return pieces_.front().begin()->second; }

  Pieces pieces_;
};
