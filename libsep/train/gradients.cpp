#include "libsep/train/gradients.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "libsep/core/error.h"
#include "libsep/train/masked_waves.h"

namespace sep {
namespace {

double whole_at_once(Network& network,
                     const Loss& loss,
                     const Batch& batch,
                     uint64_t dropout_seed) {
  const auto estimates = network(batch.input, dropout_seed);
  const auto value = loss(loss_input(network, batch, estimates));
  value.backward();
  return value.item<double>();
}

// The layers' input is cut from the graph before it; what flows back to it from all parts
// goes on through batch norm at the end.
double in_parts(Network& network,
                const Loss& loss,
                const Batch& batch,
                uint64_t dropout_seed,
                int64_t part_size) {
  auto* const layers = network.splitting();
  SEP_CHECK(layers != nullptr,
            "micro_batch_size = {}: this network takes a batch whole, wants 0",
            part_size);
  const int64_t batch_size = batch.size();
  const auto begun = layers->begin_layers(batch.input);  // (T, B, I)
  auto input_gradient = torch::empty_like(begun);
  double sum = 0.0;
  for (int64_t first = 0; first < batch_size; first += part_size) {
    const int64_t count = std::min(part_size, batch_size - first);
    const auto input =
        begun.detach().narrow(1, first, count).contiguous().requires_grad_(true);
    const auto hidden = layers->run_layers(input, {dropout_seed, first, batch_size});
    const auto part = part_of(batch, first, count);
    const auto share = loss(loss_input(network, part, layers->end_layers(hidden))) *
                       (static_cast<double>(count) / static_cast<double>(batch_size));
    share.backward();
    sum += share.item<double>();
    input_gradient.narrow(1, first, count).copy_(input.grad());
  }
  begun.backward(input_gradient);
  return sum;
}

}  // namespace

LossInput loss_input(const Network& network,
                     const Batch& batch,
                     const torch::Tensor& estimates) {
  auto input = batch.known;
  if (network.domain() == NetworkDomain::kWaveform) {
    input.estimate_waves = estimates;
    return input;
  }
  if (network.domain() == NetworkDomain::kMagnitude) input.masks = estimates;
  if (batch.spectrum.defined()) {
    const int64_t num_samples = input.mixture_waves.size(2);
    input.estimate_waves = masked_waves(estimates, batch.spectrum, batch.stft, num_samples);
  }
  return input;
}

double loss_and_gradients(Network& network,
                          const Loss& loss,
                          const Batch& batch,
                          uint64_t dropout_seed,
                          int64_t micro_batch_size) {
  SEP_CHECK(micro_batch_size >= 0,
            "parts of {} examples: wants 0 (all at once) or more",
            micro_batch_size);
  const bool is_whole = micro_batch_size == 0 || micro_batch_size >= batch.size();
  return is_whole ? whole_at_once(network, loss, batch, dropout_seed)
                  : in_parts(network, loss, batch, dropout_seed, micro_batch_size);
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
