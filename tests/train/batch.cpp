#include "libsep/train/batch.h"

#include "tests/support/catch_torch.h"
#include "tests/train/examples.h"

using namespace sep;

TEST_CASE("batches follow the dataset's order and the last may be smaller", "[train]") {
  const auto dataset = small_dataset(5, 1);
  CHECK(num_batches(dataset, 2) == 3);
  CHECK(num_batches(dataset, 5) == 1);
  int64_t example = 0;
  for (int64_t b = 0; b < 3; ++b) {
    const auto batch = make_batch(dataset, b, 2, torch::kCPU);
    REQUIRE(batch.mixture.size(0) == (b < 2 ? 2 : 1));
    REQUIRE(batch.mixture.sizes() == batch.target.sizes());
    for (int64_t i = 0; i < batch.mixture.size(0); ++i, ++example) {
      const auto& expected = dataset.get(example);
      const auto mixture = batch.mixture[i].contiguous();
      const auto target = batch.target[i].contiguous();
      const auto size = static_cast<size_t>(expected.num_frames * expected.num_bins);
      CHECK(std::vector<float>(mixture.data_ptr<float>(),
                               mixture.data_ptr<float>() + size) == *expected.mixture);
      CHECK(std::vector<float>(target.data_ptr<float>(), target.data_ptr<float>() + size) ==
            expected.target);
    }
  }
  CHECK_THROWS_AS(make_batch(dataset, 3, 2, torch::kCPU), Error);
}
