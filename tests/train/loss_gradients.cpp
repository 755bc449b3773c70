// Gradients of all losses against differences, in double.
#include <cmath>

#include "tests/support/catch_torch.h"
#include "tests/train/all_losses.h"
#include "tests/train/loss_inputs.h"

using namespace sep;

namespace {

// Which estimates a loss reads.
torch::Tensor& estimates_of(LossInput& input, const Loss& loss) {
  const bool waves = loss.needs(EstimateForm::kRealMasks).waveforms;
  return waves ? input.estimate_waves : input.masks;
}

torch::Tensor gradient_of(const Loss& loss, LossInput input) {
  auto& estimates = estimates_of(input, loss);
  estimates = estimates.detach().clone().requires_grad_(true);
  const auto leaf = estimates;
  loss(input).backward();
  return leaf.grad();
}

// Central differences of the fourth order: step^4 times a fifth derivative (1e10 where a
// logarithm's argument is 0.01) is below 1e-13. Rounding over the step: a ratio at its
// floor of 1e-3 has lost three digits, so 4.3 * 1e-13 / 1e-6. Kinks are hit with a chance
// of some 1e-5 a case.
constexpr double kRounding = 5e-7;

torch::Tensor differences_of(const Loss& loss, LossInput input) {
  const torch::NoGradGuard no_gradients;
  const double step = 1e-6;
  auto& estimates = estimates_of(input, loss);
  estimates = estimates.clone();
  auto result = torch::zeros_like(estimates);
  const auto values = estimates.view(-1);
  const auto slopes = result.view(-1);
  for (int64_t i = 0; i < values.numel(); ++i) {
    const auto value = values[i].item<double>();
    const auto at = [&](double place) {
      values[i] = place;
      return loss(input).item<double>();
    };
    const double near = at(value + step) - at(value - step);
    const double far = at(value + 2.0 * step) - at(value - 2.0 * step);
    slopes[i] = (8.0 * near - far) / (12.0 * step);
    values[i] = value;
  }
  return result;
}

void check_gradients(const LossInput& input) {
  for (const auto& [name, loss] : all_losses()) {
    INFO(name);
    const auto found = gradient_of(*loss, input);
    const auto wanted = differences_of(*loss, input);
    const auto scale = wanted.abs().max().item<double>();
    const auto worst = (found - wanted).abs().max().item<double>();
    CHECK(std::isfinite(scale));
    CHECK(worst <= 1e-6 * scale + kRounding);
  }
}

}  // namespace

TEST_CASE("the gradient of every loss is right", "[train][property]") {
  const auto sizes = GENERATE(LossSizes{1, 1, 1, 1, 1, 17},
                              LossSizes{2, 3, 2, 9, 1, 33},
                              LossSizes{1, 2, 4, 8, 2, 29});
  check_gradients(random_loss_input(sizes, 11));
}

TEST_CASE("the gradient of every loss is right where a target is silent",
          "[train][property]") {
  auto input = random_loss_input({2, 3, 2, 9, 2, 33}, 12);
  silence_target(input, 1, 2);
  check_gradients(input);
}

TEST_CASE("the gradient of every loss is right where a target is hardly there",
          "[train][property]") {
  auto input = random_loss_input({2, 2, 2, 9, 1, 33}, 13);
  // Energies of 1e-4 of the mixture's: between silence and a stem.
  for (auto* target : {&input.targets, &input.projections, &input.target_waves}) {
    target->select(0, 0).select(0, 1).mul_(1e-2);
  }
  input.target_energies[0][1] *= 1e-4;
  check_gradients(input);
}
