#include "libsep/mixing/stem_reader.h"

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/datasets.h"
#include "tests/support/signals.h"

using namespace sep;

TEST_CASE("a range is padded with zeros where a signal has none", "[mixing][stem_reader]") {
  const auto signal = make_noise(2, 10, 8000);
  for (int64_t first = -13; first <= 13; ++first) {
    for (const int64_t count : {0, 1, 5, 30}) {
      const auto part = padded_slice(signal, first, count);
      CHECK(part.sample_rate == 8000);
      REQUIRE(part.samples.size() == size_t(2 * count));
      for (int64_t c = 0; c < 2; ++c) {
        for (int64_t n = 0; n < count; ++n) {
          const bool inside = first + n >= 0 && first + n < 10;
          CAPTURE(first, count, c, n);
          CHECK(part.samples[size_t(c * count + n)] ==
                (inside ? signal.channel(c)[first + n] : 0.0F));
        }
      }
    }
  }
  CHECK_THROWS_WITH(padded_slice(signal, 0, -1), "-1 samples: wants 0 or more");
}

TEST_CASE("stems of a store are read by ranges", "[mixing][stem_reader]") {
  const TemporaryFolder folder;
  auto dataset = write_noise_dataset(folder, 2);
  dataset.pieces[1].parts.erase(dataset.pieces[1].parts.begin());  // bassoon
  StemStore store(dataset, 0);
  const StoredStems stems(store);
  CHECK(stems.sample_rate() == 8000);
  CHECK(stems.num_channels() == 1);
  CHECK(stems.num_pieces() == 2);
  CHECK(stems.num_samples(1) == 9600);
  CHECK(stems.has(0, "bassoon"));
  CHECK_FALSE(stems.has(1, "bassoon"));
  const auto whole = load_stem(dataset.pieces[1], "violin");
  CHECK(stems.read(1, "violin", 9000, 1000).samples ==
        padded_slice(whole, 9000, 1000).samples);
  CHECK_THROWS_WITH(stems.read(1, "bassoon", 0, 1), "piece piece-1: no stem bassoon");
  dataset.pieces[1].num_channels = 2;
  CHECK_THROWS_WITH(StoredStems(store),
                    folder.path().string() +
                        ": examples want pieces of one number of channels, piece-0 has 1, "
                        "piece-1 2");
}
