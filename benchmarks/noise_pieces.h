#pragma once

#include <numeric>
#include <vector>

#include "libsep/audio/ranges.h"
#include "libsep/core/random.h"
#include "libsep/mixing/stem_reader.h"

namespace bench {

constexpr int64_t kRate = 44100;  // Hz

/// Nine pieces of 40 s of noise, in memory.
class Noise : public sep::StemReader {
 public:
  Noise() : signal_(sep::make_silence(1, 40 * kRate, kRate)) {
    sep::RandomStream random(7);
    for (float& x : signal_.samples) x = static_cast<float>(random.uniform(-0.2, 0.2));
  }

  int64_t sample_rate() const override { return kRate; }
  int64_t num_channels() const override { return 1; }
  size_t num_pieces() const override { return 9; }
  bool has(size_t, const sep::StemName&) const override { return true; }
  int64_t num_samples(size_t) const override { return signal_.num_samples(); }
  sep::Signal read(size_t,
                   const sep::StemName&,
                   int64_t first,
                   int64_t count) const override {
    return sep::padded_slice(signal_, first, count);
  }

 private:
  sep::Signal signal_;
};

inline std::vector<size_t> all_pieces(const sep::StemReader& reader) {
  std::vector<size_t> pieces(reader.num_pieces());
  std::iota(pieces.begin(), pieces.end(), 0);
  return pieces;
}

}  // namespace bench
