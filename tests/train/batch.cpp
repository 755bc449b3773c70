#include "libsep/train/batch.h"

#include <limits>

#include "libsep/core/error.h"
#include "tests/support/catch_torch.h"
#include "tests/support/messages.h"
#include "tests/train/examples.h"

using namespace sep;

TEST_CASE("batches follow the dataset's order and the last may be smaller", "[train]") {
  const auto dataset = small_dataset(5, 1);
  CHECK(num_batches(dataset, 2) == 3);
  CHECK(num_batches(dataset, 5) == 1);
  int64_t example = 0;
  for (int64_t b = 0; b < 3; ++b) {
    const auto batch = make_batch(dataset, b, 2, torch::kCPU);
    REQUIRE(batch.size() == (b < 2 ? 2 : 1));
    REQUIRE(batch.input.unsqueeze(1).sizes() == batch.known.targets.sizes());
    for (int64_t i = 0; i < batch.size(); ++i, ++example) {
      const auto& expected = dataset.get(example);
      const auto mixture = batch.input[i].contiguous();
      const auto target = batch.known.targets[i][0].contiguous();
      const auto size = static_cast<size_t>(expected.num_frames * expected.num_bins);
      CHECK(std::vector<float>(mixture.data_ptr<float>(),
                               mixture.data_ptr<float>() + size) == *expected.mixture);
      CHECK(std::vector<float>(target.data_ptr<float>(), target.data_ptr<float>() + size) ==
            expected.target);
    }
  }
  CHECK_THROWS_AS(make_batch(dataset, 3, 2, torch::kCPU), Error);
}

TEST_CASE("a batch reads no example and no frame that is not there", "[train][failure]") {
  const auto dataset = small_dataset(3, 1);
  const int64_t frames = dataset.get(0).num_frames;
  constexpr auto kLargest = std::numeric_limits<int64_t>::max();
  const auto refusal = [&](const std::vector<BatchItem>& items, int64_t num_frames) {
    return message_of([&] { make_batch(dataset, items, num_frames, torch::kCPU); });
  };
  CHECK(refusal({{0, frames - 30}}, 30) == "no error");
  CHECK(refusal({{0, 0}, {1, frames - 29}}, 30) ==
        fmt::format("example 1: frames from {} on, wants 0 to {} for 30 of its {} frames",
                    frames - 29,
                    frames - 30,
                    frames));
  for (const int64_t first : {int64_t{-1}, frames - 29, frames, kLargest}) {
    CHECK(refusal({{2, first}}, 30).rfind("example 2: frames from ", 0) == 0);
  }
  CHECK(refusal({{0, 1}}, 0).rfind("example 0: frames from 1 on", 0) == 0);
  CHECK(refusal({{0, 1}}, kLargest).rfind("example 0: frames from 1 on", 0) == 0);
  CHECK(refusal({{0, 0}}, -1) == "a batch of -1 frames: wants 0 or more");
  CHECK(refusal({{0, 0}, {3, 0}}, 30) == "example 3: wants 0 to 2");
  CHECK(refusal({{-1, 0}}, 30) == "example -1: wants 0 to 2");

  for (const int64_t index : {int64_t{-1}, int64_t{2}, kLargest}) {
    CHECK(message_of([&] { make_batch(dataset, index, 2, torch::kCPU); }) ==
          fmt::format("batch {} of 3 examples in batches of 2: wants 0 to 1", index));
  }
  auto batch = make_batch(dataset, 0, 3, torch::kCPU);
  CHECK(batch.examples == std::vector<int64_t>{0, 1, 2});
  batch.examples.assign(23, 7);
  CHECK(describe_batch(batch).find(
            "mixtures 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7 and 3 "
            "more (largest magnitude of the mixtures 0.") == 0);
  CHECK(num_batches(dataset, kLargest) == 1);
  CHECK(make_batch(dataset, 0, kLargest, torch::kCPU).size() == 3);
  for (const int64_t size : {0, -1}) {
    CHECK(message_of([&] { num_batches(dataset, size); }) ==
          fmt::format("batches of {} examples: wants at least 1", size));
  }
}
