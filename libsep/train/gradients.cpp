#include "libsep/train/gradients.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "libsep/core/error.h"
#include "libsep/train/loss.h"

namespace sep {
namespace {

double whole_at_once(MaskEstimator& model, const Batch& batch, uint64_t dropout_seed) {
  const auto mask = model.forward(batch.mixture, dropout_seed);
  const auto loss = masked_magnitude_l1(mask, batch.mixture, batch.target);
  loss.backward();
  return loss.item<double>();
}

// Some sequences of (B, T, F), in memory as the layers give their masks, (T, B, F).
torch::Tensor part_of(const torch::Tensor& batch, int64_t first, int64_t count) {
  return batch.narrow(0, first, count).transpose(0, 1).contiguous().transpose(0, 1);
}

// The layers' input is cut from the graph before it; what flows back to it from all parts
// goes on through batch norm at the end.
double in_parts(MaskEstimator& model,
                const Batch& batch,
                uint64_t dropout_seed,
                int64_t part_size) {
  const int64_t batch_size = batch.mixture.size(0);
  const auto begun = model.begin_layers(batch.mixture);  // (T, B, I)
  auto input_gradient = torch::empty_like(begun);
  double loss = 0.0;
  for (int64_t first = 0; first < batch_size; first += part_size) {
    const int64_t count = std::min(part_size, batch_size - first);
    const auto input =
        begun.detach().narrow(1, first, count).contiguous().requires_grad_(true);
    const auto hidden = model.run_layers(input, {dropout_seed, first, batch_size});
    const auto share = masked_magnitude_l1(model.end_layers(hidden),
                                           part_of(batch.mixture, first, count),
                                           part_of(batch.target, first, count)) *
                       (static_cast<double>(count) / static_cast<double>(batch_size));
    share.backward();
    loss += share.item<double>();
    input_gradient.narrow(1, first, count).copy_(input.grad());
  }
  begun.backward(input_gradient);
  return loss;
}

}  // namespace

double loss_and_gradients(MaskEstimator& model,
                          const Batch& batch,
                          uint64_t dropout_seed,
                          int64_t micro_batch_size) {
  SEP_CHECK(micro_batch_size >= 0,
            "parts of {} examples: wants 0 (all at once) or more",
            micro_batch_size);
  const bool is_whole = micro_batch_size == 0 || micro_batch_size >= batch.mixture.size(0);
  return is_whole ? whole_at_once(model, batch, dropout_seed)
                  : in_parts(model, batch, dropout_seed, micro_batch_size);
}

double gradient_norm(const torch::nn::Module& model) {
  const torch::NoGradGuard no_gradients;
  double squares = 0.0;
  for (const auto& parameter : model.parameters()) {
    if (!parameter.grad().defined()) continue;
    const auto norm = parameter.grad().norm().item<double>();
    squares += norm * norm;
  }
  return std::sqrt(squares);
}

}  // namespace sep
