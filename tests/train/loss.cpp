#include "libsep/train/loss.h"

#include "libsep/core/error.h"
#include "libsep/model/device.h"
#include "libsep/model/serial_math.h"

#include "tests/support/catch_torch.h"
#include "tests/support/threads.h"

using namespace sep;

TEST_CASE("the loss is the mean absolute error of the masked magnitude", "[train]") {
  const auto mixture = torch::tensor({{{1.0, 2.0}, {4.0, 0.5}}});
  const auto mask = torch::tensor({{{0.5, 1.0}, {0.25, 0.0}}});
  const auto target = torch::tensor({{{1.0, 1.0}, {1.0, 0.25}}});
  // |0.5 - 1|, |2 - 1|, |1 - 1|, |0 - 0.25|
  CHECK(masked_magnitude_l1(mask, mixture, target).item<double>() == Approx(1.75 / 4));
}

TEST_CASE("the gradient of the loss is right", "[train][property]") {
  torch::manual_seed(3);
  const auto options = torch::TensorOptions().dtype(torch::kFloat64);
  const auto mixture = torch::rand({2, 7, 5}, options) + 0.1;
  const auto target = torch::rand({2, 7, 5}, options);
  auto mask = torch::rand({2, 7, 5}, options).requires_grad_(true);
  masked_magnitude_l1(mask, mixture, target).backward();

  // Central differences: off by step^2 away from the kink (the loss is linear there, so
  // by rounding alone), and the chance to lie within a step of the kink is 1e-5 here.
  const double step = 1e-6;
  double worst = 0.0;
  const torch::NoGradGuard no_gradients;
  const auto values = mask.detach().clone().view(-1);
  for (int64_t i = 0; i < values.numel(); ++i) {
    auto up = values.clone();
    auto down = values.clone();
    up[i] += step;
    down[i] -= step;
    const auto difference =
        masked_magnitude_l1(up.view({2, 7, 5}), mixture, target).item<double>() -
        masked_magnitude_l1(down.view({2, 7, 5}), mixture, target).item<double>();
    const auto gradient = mask.grad().view(-1)[i].item<double>();
    worst = std::max(worst, std::abs(difference / (2 * step) - gradient));
  }
  CHECK(worst < 1e-8);
}

TEST_CASE("in one pass the loss is LibTorch's, in any layout", "[train][property]") {
  torch::manual_seed(4);
  // Sizes around the 16 lanes and the blocks of 65536 that it is summed in.
  const auto sizes = GENERATE(std::vector<int64_t>{1, 1, 1},
                              std::vector<int64_t>{1, 3, 5},
                              std::vector<int64_t>{2, 4, 8},
                              std::vector<int64_t>{3, 131, 257});
  const auto time_first = GENERATE(false, true);
  const auto random = [&] {
    const auto values = torch::rand(sizes);
    return time_first ? values.transpose(0, 1).contiguous().transpose(0, 1) : values;
  };
  const auto mixture = random();
  auto target = random();
  const auto mask = random().requires_grad_(true);
  {
    const torch::NoGradGuard no_gradients;  // some errors of exactly 0
    target.select(2, 0).copy_((mask * mixture).select(2, 0));
  }
  const auto gradient_of = [&](const torch::Tensor& loss) {
    mask.mutable_grad() = torch::Tensor();
    (loss * 3.0).backward();
    return mask.grad().clone();
  };
  const auto wanted = torch::l1_loss(mask * mixture, target);
  const auto found = masked_magnitude_l1(mask, mixture, target);
  // Sums in double here, in float there.
  CHECK(found.item<double>() == Approx(wanted.item<double>()).epsilon(1e-5).margin(1e-12));
  const auto difference = (gradient_of(found) - gradient_of(wanted)).abs().max();
  CHECK(difference.item<double>() <= 1e-6 * 3.0 / static_cast<double>(mask.numel()));
}

TEST_CASE("the loss does not depend on threads", "[train][property]") {
  const SerialMath serial;
  torch::manual_seed(5);
  const auto mask = torch::rand({3, 200, 257});
  const auto mixture = torch::rand({3, 200, 257});
  const auto target = torch::rand({3, 200, 257});
  const auto one = [&] {
    const Threads alone(1);
    return masked_magnitude_l1(mask, mixture, target);
  }();
  const Threads two(2);
  CHECK(torch::equal(masked_magnitude_l1(mask, mixture, target), one));
}

TEST_CASE("the loss is of three tensors of one shape", "[train][failure]") {
  const auto x = torch::rand({2, 3, 4});
  for (const auto& other :
       {torch::rand({1, 3, 4}), torch::rand({3, 4}), torch::rand({1})}) {
    // LibTorch alone would repeat the smaller one.
    CHECK_THROWS_AS(masked_magnitude_l1(other, x, x), Error);
    CHECK_THROWS_AS(masked_magnitude_l1(x, other, x), Error);
    CHECK_THROWS_AS(masked_magnitude_l1(x, x, other), Error);
  }
}

TEST_CASE("what is not a number is not lost in the loss", "[train]") {
  auto mask = torch::rand({1, 40, 9});
  mask[0][17][3] = std::numeric_limits<float>::quiet_NaN();
  const auto loss =
      masked_magnitude_l1(mask, torch::rand({1, 40, 9}), torch::rand({1, 40, 9}));
  CHECK(std::isnan(loss.item<double>()));
}
