#include "libsep/train/permutation_invariant.h"

#include "libsep/core/error.h"
#include "libsep/train/loss_sum.h"
#include "tests/support/catch_torch.h"
#include "tests/train/all_losses.h"
#include "tests/train/loss_inputs.h"

using namespace sep;

namespace {

std::shared_ptr<StemLoss> as_stem_loss(const NamedLoss& named) {
  return std::dynamic_pointer_cast<StemLoss>(named.loss);
}

double value_of(const Loss& loss, const LossInput& input) {
  return loss(input).item<double>();
}

// Stems unlike each other, so that one order is best by far, with good estimates.
LossInput distinct_input(int64_t num_stems) {
  auto input = random_loss_input({3, num_stems, 4, 9, 1, 60}, 21);
  input.estimate_waves = input.target_waves + 0.05 * torch::randn_like(input.target_waves);
  input.masks = input.projections / input.mixture.unsqueeze(1);
  return input;
}

torch::Tensor order_of(const std::vector<int64_t>& order, int64_t num_items) {
  return torch::tensor(order, torch::kInt64).expand({num_items, -1});
}

}  // namespace

TEST_CASE("no order of exchangeable targets matters", "[train][property]") {
  const auto input = distinct_input(4);
  auto free = with_targets_in_order(input, order_of({2, 1, 3, 0}, 3));
  free.exchangeable = {{0, 2, 3}};
  for (const auto& named : all_losses()) {
    INFO(named.name);
    const PermutationInvariant invariant(as_stem_loss(named));
    const auto wanted = value_of(*named.loss, input);
    CHECK(value_of(invariant, free) == Approx(wanted).epsilon(1e-12));
    CHECK(value_of(*named.loss, free) > wanted + 1e-3);  // the order did matter
  }
}

TEST_CASE("each item has an order of its own", "[train]") {
  const auto input = distinct_input(3);
  const auto orders = torch::tensor({{0, 1, 2}, {2, 0, 1}, {1, 0, 2}}, torch::kInt64);
  auto free = with_targets_in_order(input, orders);
  free.exchangeable = {{0, 1, 2}};
  const auto loss = std::dynamic_pointer_cast<StemLoss>(make_snr({}));
  const auto costs = PermutationInvariant(loss).stem_costs(free);
  CHECK(torch::allclose(costs, loss->stem_costs(input), 1e-12));
}

TEST_CASE("groups are put in order each on its own", "[train]") {
  const auto input = distinct_input(4);
  auto free = with_targets_in_order(input, order_of({3, 2, 1, 0}, 3));
  free.exchangeable = {{0, 3}, {2, 1}};
  const auto loss = std::dynamic_pointer_cast<StemLoss>(make_snr({}));
  CHECK(value_of(PermutationInvariant(loss), free) ==
        Approx(value_of(*loss, input)).epsilon(1e-12));
  free.exchangeable = {{0, 1}, {2, 3}};  // the right targets are in the other group
  CHECK(value_of(PermutationInvariant(loss), free) > value_of(*loss, input) + 1.0);
}

TEST_CASE("without exchangeable stems a loss is itself", "[train]") {
  const auto input = random_loss_input({2, 3}, 22);
  for (const auto& named : all_losses()) {
    INFO(named.name);
    const PermutationInvariant invariant(as_stem_loss(named));
    CHECK(torch::equal(invariant(input), (*named.loss)(input)));
    CHECK(invariant.needs(EstimateForm::kRealMasks) ==
          named.loss->needs(EstimateForm::kRealMasks));
  }
}

TEST_CASE("orders are of least cost, the first of equal ones", "[train][property]") {
  const auto costs =
      torch::tensor({{{0.0, 0.0}, {0.0, 0.0}}, {{1.0, 0.0}, {0.0, 1.0}}}, torch::kFloat64);
  CHECK(torch::equal(least_orders(costs), torch::tensor({{0, 1}, {1, 0}}, torch::kInt64)));
  auto broken = costs.clone();
  broken[1][0][0] = std::nan("");
  CHECK(torch::equal(least_orders(broken), torch::tensor({{0, 1}, {0, 1}}, torch::kInt64)));
}

TEST_CASE("a weighted sum has one order for all its terms", "[train]") {
  const auto input = distinct_input(3);
  auto free = with_targets_in_order(input, order_of({1, 2, 0}, 3));
  free.exchangeable = {{0, 1, 2}};
  const auto sum = std::make_shared<LossSum>(std::vector<LossSum::Term>{
      {"snr", 1.0, make_snr({})}, {"waveform_l1", 10.0, make_waveform_l1({})}});
  CHECK(value_of(PermutationInvariant(sum), free) ==
        Approx(value_of(*sum, input)).epsilon(1e-12));
}

TEST_CASE("groups that cannot be are refused", "[train][failure]") {
  const PermutationInvariant loss(std::dynamic_pointer_cast<StemLoss>(make_snr({})));
  auto input = random_loss_input({1, 7}, 23);
  const auto group = GENERATE(std::vector<int64_t>{0, 7},
                              std::vector<int64_t>{-1, 0},
                              std::vector<int64_t>{1, 1},
                              std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6});
  input.exchangeable = {group};
  CHECK_THROWS_AS(loss(input), Error);
}
