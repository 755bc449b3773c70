#include "libsep/train/loss_sum.h"

#include <torch/torch.h>

#include <utility>

#include "libsep/core/error.h"

namespace sep {
namespace {

const StemLoss* as_stem_loss(const LossSum::Term& term) {
  return dynamic_cast<const StemLoss*>(term.loss.get());
}

torch::Tensor weighted(const torch::Tensor& value, double weight) {
  return weight == 1.0 ? value : value * weight;
}

template <class Value>
torch::Tensor sum_of(const std::vector<LossSum::Term>& terms, Value value) {
  torch::Tensor sum;
  for (const auto& term : terms) {
    const auto share = weighted(value(term), term.weight);
    sum = sum.defined() ? sum + share : share;
  }
  return sum;
}

}  // namespace

LossSum::LossSum(std::vector<Term> terms) : terms_(std::move(terms)) {
  SEP_CHECK(!terms_.empty(), "a sum of no losses");
}

LossNeeds LossSum::needs(EstimateForm form) const {
  LossNeeds all;
  for (const auto& term : terms_) all = all | check_needs(*term.loss, term.name, form);
  return all;
}

torch::Tensor LossSum::operator()(const LossInput& input) const {
  return sum_of(terms_, [&](const Term& term) { return (*term.loss)(input); });
}

torch::Tensor LossSum::stem_costs(const LossInput& input) const {
  const auto without = term_without_stem_costs();
  SEP_CHECK(without.empty(), "loss {}: says nothing of single stems", without);
  return sum_of(terms_,
                [&](const Term& term) { return as_stem_loss(term)->stem_costs(input); });
}

std::vector<double> LossSum::values(const LossInput& input) const {
  const torch::NoGradGuard no_gradients;
  std::vector<double> result;
  for (const auto& term : terms_) result.push_back((*term.loss)(input).item<double>());
  return result;
}

std::string LossSum::term_without_stem_costs() const {
  for (const auto& term : terms_) {
    if (as_stem_loss(term) == nullptr) return term.name;
  }
  return "";
}

}  // namespace sep
