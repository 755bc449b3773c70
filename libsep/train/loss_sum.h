#pragma once

#include <torch/types.h>

#include <memory>
#include <string>
#include <vector>

#include "libsep/train/loss.h"

namespace sep {

/// A weighted sum of losses. It is a StemLoss where all its terms are.
class LossSum : public StemLoss {
 public:
  struct Term {
    std::string name;  ///< in messages
    double weight = 1.0;
    std::shared_ptr<const Loss> loss;
  };

  /// Throws Error for no terms.
  explicit LossSum(std::vector<Term> terms);

  /// What any of them needs. Throws Error as check_needs() does, with the term's name.
  LossNeeds needs(EstimateForm form) const override;

  /// One term of weight 1 is that term to the bit, gradient included.
  torch::Tensor operator()(const LossInput& input) const override;

  /// Throws Error, naming it, for a term that is no StemLoss.
  torch::Tensor stem_costs(const LossInput& input) const override;

  /// Each term's value without its weight, in their order, and without gradients.
  std::vector<double> values(const LossInput& input) const;

  /// The first term that is no StemLoss; "" where all are.
  std::string term_without_stem_costs() const;

 private:
  std::vector<Term> terms_;
};

}  // namespace sep
