#pragma once

#include <torch/torch.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>

#include "libsep/core/random.h"

/// What networks are put together with; for the inside of model.
namespace sep::detail {

/// Wraps a module in one that only gives it a place in the names.
template <class Module>
Module put_below(torch::nn::Module& parent,
                 const char* outer,
                 const char* inner,
                 Module module) {
  auto holder = parent.register_module(outer, std::make_shared<torch::nn::Module>());
  return holder->register_module(inner, std::move(module));
}

/// Weight (O, I) and bias (O) of a linear layer, `outer`.linear.weight and .bias. Not a
/// torch::nn::Linear, which draws its first values from the program's generator.
inline std::pair<torch::Tensor, torch::Tensor> put_linear_below(torch::nn::Module& parent,
                                                                const char* outer,
                                                                int64_t num_inputs,
                                                                int64_t num_outputs) {
  auto& linear = *put_below(parent, outer, "linear", std::make_shared<torch::nn::Module>());
  return {linear.register_parameter("weight", torch::empty({num_outputs, num_inputs})),
          linear.register_parameter("bias", torch::empty({num_outputs}))};
}

/// Normal around zero, element by element in double: the same values for any number of
/// threads. No gradient may be asked for meanwhile.
inline void fill_normal(torch::Tensor tensor, double deviation, RandomStream& random) {
  float* values = tensor.data_ptr<float>();
  for (int64_t i = 0; i < tensor.numel(); ++i) {
    values[i] = static_cast<float>(deviation * random.normal());
  }
}

/// Uniform in ±bound, likewise.
inline void fill_uniform(torch::Tensor tensor, double bound, RandomStream& random) {
  float* values = tensor.data_ptr<float>();
  for (int64_t i = 0; i < tensor.numel(); ++i) {
    values[i] = static_cast<float>(bound * (2.0 * random.uniform() - 1.0));
  }
}

}  // namespace sep::detail
