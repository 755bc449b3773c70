#include "libsep/train/weight_average.h"

#include <algorithm>
#include <cmath>

#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr double kClipEps = 1e-6;  // PyTorch's

/// Calls use(name, tensor) for the module's parameters, then its buffers.
template <class Parameter, class Buffer>
void for_each_tensor(const torch::nn::Module& module,
                     const Parameter& of_parameter,
                     const Buffer& of_buffer) {
  for (const auto& item : module.named_parameters()) of_parameter(item.key(), item.value());
  for (const auto& item : module.named_buffers()) of_buffer(item.key(), item.value());
}

}  // namespace

double clip_gradient_norm(torch::nn::Module& module, double max_norm, double norm) {
  SEP_CHECK(max_norm > 0.0, "clipping to a norm of {}: wants above 0", max_norm);
  SEP_CHECK(std::isfinite(norm), "clipping a gradient of norm {}: wants a number", norm);
  const double factor = std::min(1.0, max_norm / (norm + kClipEps));
  if (factor == 1.0) return factor;
  const torch::NoGradGuard no_gradients;
  for (auto& parameter : module.parameters()) {
    if (parameter.grad().defined()) parameter.mutable_grad().mul_(factor);
  }
  return factor;
}

double average_decay(AverageRule rule, double decay, int64_t update) {
  const auto i = static_cast<double>(update);
  switch (rule) {
    case AverageRule::kRamp:
      return std::min(decay, (1.0 + i) / (10.0 + i));
    case AverageRule::kConstant:
      return decay;
    case AverageRule::kCopyFirst:
      return update == 0 ? 0.0 : decay;
    case AverageRule::kUnbiased:
      return 1.0 - (1.0 - decay) / (1.0 - std::pow(decay, i + 1.0));
  }
  throw Error("a rule of averages without a formula");
}

WeightAverage::WeightAverage(const torch::nn::Module& module,
                             double decay,
                             AverageRule rule)
    : decay_(decay), rule_(rule) {
  SEP_CHECK(
      decay >= 0.0 && decay < 1.0, "an average's decay of {}: wants 0 to below 1", decay);
  const auto keep = [&](const std::string& name, const torch::Tensor& tensor) {
    tensors_.emplace(name, tensor.detach().clone());
  };
  for_each_tensor(module, keep, keep);
}

void WeightAverage::update(const torch::nn::Module& module) {
  const torch::NoGradGuard no_gradients;
  const double keep = average_decay(rule_, decay_, num_updates_);
  for_each_tensor(
      module,
      [&](const std::string& name, const torch::Tensor& tensor) {
        tensors_.at(name).mul_(keep).add_(tensor, 1.0 - keep);
      },
      [&](const std::string& name, const torch::Tensor& tensor) {
        tensors_.at(name).copy_(tensor);
      });
  num_updates_ += 1;
}

void WeightAverage::swap(torch::nn::Module& module) {
  const torch::NoGradGuard no_gradients;
  const auto exchange = [&](const std::string& name, torch::Tensor tensor) {
    auto& averaged = tensors_.at(name);
    const auto own = tensor.clone();
    tensor.copy_(averaged);
    averaged.copy_(own);
  };
  for_each_tensor(module, exchange, exchange);
}

void WeightAverage::load(const std::map<std::string, torch::Tensor>& tensors,
                         int64_t num_updates,
                         const std::string& place) {
  for (const auto& [name, averaged] : tensors_) {
    const auto found = tensors.find(name);
    SEP_CHECK(found != tensors.end(), "{}: tensor \"{}\" is missing", place, name);
    SEP_CHECK(found->second.scalar_type() == averaged.scalar_type() &&
                  found->second.sizes() == averaged.sizes(),
              "{}: tensor \"{}\": has another type or shape than the model's",
              place,
              name);
  }
  const torch::NoGradGuard no_gradients;
  for (auto& [name, averaged] : tensors_) averaged.copy_(tensors.at(name));
  num_updates_ = num_updates;
}

}  // namespace sep
