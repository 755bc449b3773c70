#include "libsep/train/optimizer.h"

#include "libsep/core/bounds.h"
#include "libsep/core/error.h"
#include "libsep/train/detail/torch_optimizer.h"

namespace sep {
namespace {

using detail::AdamTraits;
using detail::SgdTraits;
using detail::TorchOptimizer;

constexpr double kMaxLearningRate = 10.0;
constexpr double kMaxWeightDecay = 10.0;

/// 0 <= value < 1.
void check_fraction(const char* key, double value) {
  if (value >= 0.0 && value < 1.0) return;
  throw ConfigError(key, fmt::format(" = {}: wants 0 to below 1", value));
}

template <class Torch, class TorchOptions, class ParamState>
std::unique_ptr<Optimizer> make_of_adams_family(const AdamOptions& options,
                                                const torch::nn::Module& model,
                                                const char* name) {
  options.validate();
  using Traits = AdamTraits<Torch, ParamState>;
  return std::make_unique<TorchOptimizer<Traits>>(model,
                                                  TorchOptions(options.learning_rate)
                                                      .betas({options.beta1, options.beta2})
                                                      .eps(options.eps)
                                                      .weight_decay(options.weight_decay)
                                                      .amsgrad(options.amsgrad),
                                                  name,
                                                  Traits::slots(options.amsgrad));
}

}  // namespace

OptimizerRegistry& optimizers() {
  static auto* const registry = [] {
    auto* made = new OptimizerRegistry("optimizer");
    add_optimizers(*made);
    return made;
  }();
  return *registry;
}

void add_optimizers(OptimizerRegistry& registry) {
  registry.add<AdamOptions>("adam", "as published", make_adam);
  registry.add<AdamWOptions>("adamw", "Adam whose weights decay apart", make_adamw);
  registry.add<SgdOptions>("sgd", "gradient descent with momentum", make_sgd);
}

void AdamOptions::validate() const {
  check_positive("learning_rate", learning_rate, kMaxLearningRate);
  check_fraction("beta1", beta1);
  check_fraction("beta2", beta2);
  check_positive("eps", eps, 1.0);
  check_bounds("weight_decay", weight_decay, 0.0, kMaxWeightDecay);
}

void SgdOptions::validate() const {
  check_positive("learning_rate", learning_rate, kMaxLearningRate);
  check_fraction("momentum", momentum);
  check_bounds("dampening", dampening, 0.0, 1.0);
  check_bounds("weight_decay", weight_decay, 0.0, kMaxWeightDecay);
  if (nesterov && (momentum == 0.0 || dampening != 0.0)) {
    throw ConfigError("nesterov", " = true: wants momentum above 0 and dampening 0");
  }
}

std::unique_ptr<Optimizer> make_adam(const AdamOptions& options,
                                     const torch::nn::Module& model) {
  using torch::optim::Adam;
  return make_of_adams_family<Adam,
                              torch::optim::AdamOptions,
                              torch::optim::AdamParamState>(options, model, "adam");
}

std::unique_ptr<Optimizer> make_adamw(const AdamWOptions& options,
                                      const torch::nn::Module& model) {
  using torch::optim::AdamW;
  return make_of_adams_family<AdamW,
                              torch::optim::AdamWOptions,
                              torch::optim::AdamWParamState>(options, model, "adamw");
}

std::unique_ptr<Optimizer> make_sgd(const SgdOptions& options,
                                    const torch::nn::Module& model) {
  options.validate();
  return std::make_unique<TorchOptimizer<SgdTraits>>(
      model,
      torch::optim::SGDOptions(options.learning_rate)
          .momentum(options.momentum)
          .dampening(options.dampening)
          .weight_decay(options.weight_decay)
          .nesterov(options.nesterov),
      "sgd",
      SgdTraits::slots(options.momentum > 0.0));
}

}  // namespace sep
