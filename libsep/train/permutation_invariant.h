#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "libsep/train/loss.h"

namespace sep {

/// A loss whose stems of one label may stand in any order (Yu, Kolbæk, Tan and Jensen,
/// ICASSP 2017): in each item the targets of a group of LossInput::exchangeable are put in
/// the order that costs least, and the loss is that of this order. The gradient goes
/// through it alone. Where no stems are exchangeable it is the loss itself.
///
/// The cost of an order is the sum of stem_costs(); of orders that cost the same the first
/// in lexicographic order is taken. All orders are tried, k! of them for groups of k stems,
/// from k^2 costs.
class PermutationInvariant : public StemLoss {
 public:
  explicit PermutationInvariant(std::shared_ptr<const StemLoss> loss);

  LossNeeds needs(EstimateForm form) const override { return loss_->needs(form); }

  /// Throws Error for a group of more than 6 stems, and one that names a stem that is not
  /// there or in a group already.
  torch::Tensor operator()(const LossInput& input) const override;
  torch::Tensor stem_costs(const LossInput& input) const override;

 private:
  std::shared_ptr<const StemLoss> loss_;
};

/// (B, k, k) costs of k exchangeable stems: [item, estimate, target]. No gradients.
torch::Tensor pair_costs(const StemLoss& loss,
                         const LossInput& input,
                         const std::vector<int64_t>& group);

/// (B, k), int64: the target, counted within the group, that each estimate has in the order
/// that costs least. A cost that is not a number is never less: then the order stays.
torch::Tensor least_orders(const torch::Tensor& costs);

/// The input with item b's target (and all that belongs to it) of stem orders[b][s] in
/// place of stem s; `orders` (B, S), int64.
LossInput with_targets_in_order(const LossInput& input, const torch::Tensor& orders);

}  // namespace sep
