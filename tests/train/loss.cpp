#include "libsep/train/loss.h"

#include "tests/support/catch_torch.h"

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
