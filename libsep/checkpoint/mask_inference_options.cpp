#include "libsep/checkpoint/mask_inference_options.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "libsep/core/bounds.h"

namespace sep {
namespace {

template <class T>
bool all_finite(const TensorData& tensor) {
  const auto values = to_values<T>(tensor);
  return std::all_of(values.begin(), values.end(), [](T x) { return std::isfinite(x); });
}

bool is_finite(const TensorData& tensor) {
  switch (tensor.dtype) {
    case Dtype::kF32:
      return all_finite<float>(tensor);
    case Dtype::kF64:
      return all_finite<double>(tensor);
    default:
      return true;
  }
}

std::string shape_text(const std::vector<int64_t>& shape) {
  return fmt::format("({})", fmt::join(shape, ", "));
}

void check_tensor(const TensorData& found,
                  const TensorShape& wanted,
                  const std::string& where) {
  SEP_CHECK(found.dtype == wanted.dtype,
            "{} is {}, not {}",
            where,
            dtype_name(found.dtype),
            dtype_name(wanted.dtype));
  const bool fits = found.shape == wanted.shape ||
                    (wanted.shape.empty() && found.shape == std::vector<int64_t>{1});
  SEP_CHECK(fits,
            "{} has shape {}, not {}",
            where,
            shape_text(found.shape),
            shape_text(wanted.shape));
  SEP_CHECK(is_finite(found), "{} is not finite", where);
}

}  // namespace

void MaskInferenceOptions::validate() const {
  check_bounds("hidden_size", hidden_size, 1, 8192);
  check_bounds("num_layers", num_layers, 1, 32);
  check_below("dropout", dropout, 0.0, 1.0);
}

std::map<std::string, TensorShape> mask_inference_tensors(
    int64_t num_bins, const MaskInferenceOptions& options) {
  const int64_t h = options.hidden_size;
  std::map<std::string, TensorShape> tensors;
  const auto add = [&](const std::string& name, std::vector<int64_t> shape) {
    tensors[name] = {Dtype::kF32, std::move(shape)};
  };
  add("embedding.linear.weight", {num_bins, 2 * h});
  add("embedding.linear.bias", {num_bins});
  const std::string norm = "input_normalization.batch_norm.";
  for (const char* name : {"weight", "bias", "running_mean", "running_var"}) {
    add(norm + name, {num_bins});
  }
  tensors[norm + "num_batches_tracked"] = {Dtype::kI64, {}};
  for (int64_t layer = 0; layer < options.num_layers; ++layer) {
    for (const char* direction : {"", "_reverse"}) {
      const auto name = [&](const char* kind) {
        return fmt::format("recurrent_stack.rnn.{}_l{}{}", kind, layer, direction);
      };
      add(name("weight_ih"), {4 * h, layer == 0 ? num_bins : 2 * h});
      add(name("weight_hh"), {4 * h, h});
      add(name("bias_ih"), {4 * h});
      add(name("bias_hh"), {4 * h});
    }
  }
  return tensors;
}

void check_finite(const std::map<std::string, TensorData>& found, const std::string& name) {
  for (const auto& [key, tensor] : found) {
    SEP_CHECK(is_finite(tensor), "{}: tensor {} is not finite", name, key);
  }
}

void check_tensors(const std::map<std::string, TensorData>& found,
                   const std::map<std::string, TensorShape>& wanted,
                   const std::string& name) {
  for (const auto& [key, shape] : wanted) {
    const auto place = found.find(key);
    SEP_CHECK(place != found.end(), "{}: tensor {} is missing", name, key);
    check_tensor(place->second, shape, fmt::format("{}: tensor {}", name, key));
  }
  for (const auto& [key, tensor] : found) {
    SEP_CHECK(wanted.count(key) == 1, "{}: the model has no tensor {}", name, key);
  }
}

}  // namespace sep
