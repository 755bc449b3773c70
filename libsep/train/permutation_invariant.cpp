#include "libsep/train/permutation_invariant.h"

#include <torch/torch.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr size_t kMostStems = 6;

// B and S, of whichever estimates there are.
std::pair<int64_t, int64_t> num_items_and_stems(const LossInput& input) {
  const auto& any = input.masks.defined() ? input.masks : input.estimate_waves;
  SEP_CHECK(any.defined() && any.dim() == 4, "a loss was given no estimates");
  return {any.size(0), any.size(1)};
}

// (B, S) of 0, 1, …: every estimate with its own target.
torch::Tensor given_order(const LossInput& input) {
  const auto [num_items, num_stems] = num_items_and_stems(input);
  return torch::arange(num_stems, torch::kInt64).expand({num_items, num_stems}).clone();
}

void check_groups(const LossInput& input) {
  const int64_t num_stems = num_items_and_stems(input).second;
  std::vector<bool> seen(static_cast<size_t>(num_stems));
  for (const auto& group : input.exchangeable) {
    SEP_CHECK(group.size() <= kMostStems,
              "{} stems of one label: permutation invariance takes at most {}",
              group.size(),
              kMostStems);
    for (const int64_t stem : group) {
      SEP_CHECK(0 <= stem && stem < num_stems, "no stem {} among {}", stem, num_stems);
      SEP_CHECK(!seen[static_cast<size_t>(stem)], "stem {} is in two groups", stem);
      seen[static_cast<size_t>(stem)] = true;
    }
  }
}

std::vector<int64_t> least_order(const torch::TensorAccessor<double, 2>& costs) {
  std::vector<int64_t> order(static_cast<size_t>(costs.size(0)));
  std::iota(order.begin(), order.end(), 0);
  const auto cost_of = [&](const std::vector<int64_t>& targets) {
    double cost = 0.0;
    for (size_t i = 0; i < targets.size(); ++i) cost += costs[int64_t(i)][targets[i]];
    return cost;
  };
  auto best = order;
  double least = cost_of(order);
  while (std::next_permutation(order.begin(), order.end())) {
    const double cost = cost_of(order);
    if (cost < least) {
      least = cost;
      best = order;
    }
  }
  return best;
}

LossInput in_least_order(const StemLoss& loss, const LossInput& input) {
  check_groups(input);
  auto orders = given_order(input);
  for (const auto& group : input.exchangeable) {
    if (group.size() < 2) continue;
    const auto stems = torch::tensor(group, torch::kInt64);
    const auto found = least_orders(pair_costs(loss, input, group));
    orders.index_copy_(1, stems, stems.index_select(0, found.flatten()).view_as(found));
  }
  return with_targets_in_order(input, orders);
}

}  // namespace

PermutationInvariant::PermutationInvariant(std::shared_ptr<const StemLoss> loss)
    : loss_(std::move(loss)) {
  SEP_CHECK(loss_ != nullptr, "permutation invariance of no loss");
}

torch::Tensor PermutationInvariant::operator()(const LossInput& input) const {
  if (input.exchangeable.empty()) return (*loss_)(input);
  return (*loss_)(in_least_order(*loss_, input));
}

torch::Tensor PermutationInvariant::stem_costs(const LossInput& input) const {
  if (input.exchangeable.empty()) return loss_->stem_costs(input);
  return loss_->stem_costs(in_least_order(*loss_, input));
}

torch::Tensor pair_costs(const StemLoss& loss,
                         const LossInput& input,
                         const std::vector<int64_t>& group) {
  const torch::NoGradGuard no_gradients;
  const auto k = static_cast<int64_t>(group.size());
  const auto given = given_order(input);
  const auto stems = torch::tensor(group, torch::kInt64);
  auto result = torch::empty({given.size(0), k, k}, torch::kFloat64);
  for (int64_t shift = 0; shift < k; ++shift) {  // estimate i with target i + shift
    const auto orders =
        given.index_copy(1, stems, stems.roll(-shift).expand({given.size(0), k}));
    const auto costs = loss.stem_costs(with_targets_in_order(input, orders))
                           .to(torch::kCPU, torch::kFloat64);
    for (int64_t i = 0; i < k; ++i) {
      result.select(1, i).select(1, (i + shift) % k) =
          costs.select(1, group[static_cast<size_t>(i)]);
    }
  }
  return result;
}

torch::Tensor least_orders(const torch::Tensor& costs) {
  auto result = torch::empty({costs.size(0), costs.size(1)}, torch::kInt64);
  const auto values = costs.accessor<double, 3>();
  auto orders = result.accessor<int64_t, 2>();
  for (int64_t item = 0; item < costs.size(0); ++item) {
    const auto order = least_order(values[item]);
    for (size_t i = 0; i < order.size(); ++i) orders[item][int64_t(i)] = order[i];
  }
  return result;
}

LossInput with_targets_in_order(const LossInput& input, const torch::Tensor& orders) {
  const auto ordered = [&](const torch::Tensor& x) {  // (B, S, …)
    if (!x.defined()) return x;
    const auto items = torch::arange(x.size(0), torch::kInt64).unsqueeze(1);
    return x.index({items.to(x.device()), orders.to(x.device())});
  };
  LossInput result = input;
  result.targets = ordered(input.targets);
  result.projections = ordered(input.projections);
  result.target_energies = ordered(input.target_energies);
  result.target_waves = ordered(input.target_waves);
  return result;
}

}  // namespace sep
