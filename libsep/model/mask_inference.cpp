#include "libsep/model/mask_inference.h"

#include <fmt/ranges.h>

#include <cmath>
#include <tuple>

#include "libsep/core/bounds.h"
#include "libsep/model/detail/linear.h"
#include "libsep/model/detail/named_modules.h"

namespace sep {
namespace {

constexpr double kSmallestPower = 1e-8;  // -80 dB

const MaskInferenceOptions& validated(const MaskInferenceOptions& options) {
  options.validate();
  check_lstm_backend(options.lstm);
  return options;
}

BlstmOptions blstm_options(int64_t num_bins, const MaskInferenceOptions& options) {
  BlstmOptions result;
  result.input_size = num_bins;
  result.hidden_size = options.hidden_size;
  result.num_layers = options.num_layers;
  result.dropout = options.dropout;
  result.backend = options.lstm;
  return result;
}

// Over the whole 4H x in matrix of an LSTM.
double xavier_deviation(const torch::Tensor& matrix) {
  return std::sqrt(2.0 / static_cast<double>(matrix.size(0) + matrix.size(1)));
}

}  // namespace

MaskInference::MaskInference(int64_t num_bins, const MaskInferenceOptions& options)
    : num_bins_(num_bins), options_(validated(options)) {
  SEP_CHECK(num_bins >= 1, "{} frequency bins: wants at least 1", num_bins);
  torch::nn::BatchNorm1d batch_norm{torch::nn::BatchNorm1dOptions(num_bins)};
  batch_norm_ = detail::put_below(*this, "input_normalization", "batch_norm", batch_norm);
  Blstm rnn(blstm_options(num_bins, options));
  rnn_ = detail::put_below(*this, "recurrent_stack", "rnn", rnn);
  std::tie(linear_weight_, linear_bias_) =
      detail::put_linear_below(*this, "embedding", 2 * options.hidden_size, num_bins);
}

torch::Tensor MaskInference::normalize(const torch::Tensor& magnitude) {
  // In place: fresh memory costs as much as the arithmetic.
  const auto decibels = magnitude.square().clamp_min_(kSmallestPower).log10_().mul_(10.0);
  return batch_norm_->forward(decibels.reshape({-1, num_bins_})).view(magnitude.sizes());
}

void MaskInference::check_shape(const torch::Tensor& magnitude) const {
  SEP_CHECK(magnitude.dim() == 3 && magnitude.numel() > 0 && magnitude.size(2) == num_bins_,
            "the model wants magnitudes of (batch, frames, {}), got ({})",
            num_bins_,
            fmt::join(magnitude.sizes().vec(), ", "));
}

// Time first, as the LSTM's memory lies: one copy here spares one around each layer.
torch::Tensor MaskInference::begin_layers(const torch::Tensor& magnitude) {
  check_shape(magnitude);
  return normalize(magnitude.transpose(0, 1).contiguous());  // (T, B, F)
}

torch::Tensor MaskInference::run_layers(const torch::Tensor& input,
                                        const DropoutPlace& dropout) {
  return rnn_->forward(input.transpose(0, 1), dropout).transpose(0, 1);  // (T, B, 2H)
}

torch::Tensor MaskInference::run_layer(int64_t layer_index,
                                       LstmDirection direction,
                                       const torch::Tensor& input,
                                       LstmState& state) const {
  return rnn_->run_layer(layer_index, direction, input, state);
}

// torch::nn::functional::linear, the product and then the bias, as torch::nn::Linear does
// it: torch::linear adds the bias first, which rounds otherwise where OpenBLAS cuts the
// product's inner dimension (2H = 400 of model E, whose bytes this keeps).
torch::Tensor MaskInference::end_layers(const torch::Tensor& hidden) {
  const auto logits =
      bfloat16_
          ? detail::linear_bfloat16(hidden.flatten(0, 1), linear_weight_, linear_bias_)
                .view({hidden.size(0), hidden.size(1), num_bins_})
          : torch::nn::functional::linear(hidden, linear_weight_, linear_bias_);
  return logits.sigmoid_().transpose(0, 1).unsqueeze(1);  // (B, 1, T, F)
}

void MaskInference::use_bfloat16(bool on) {
  bfloat16_ = on;
  rnn_->use_bfloat16(on);
}

void MaskInference::init_parameters(RandomStream random) {
  const torch::NoGradGuard no_grad;
  for (auto parameter : parameters()) {
    if (parameter.dim() == 2) {
      detail::fill_normal(parameter, xavier_deviation(parameter), random);
    } else {
      parameter.zero_();
    }
  }
  batch_norm_->weight.fill_(1.0);
  batch_norm_->reset_running_stats();
  const int64_t h = options_.hidden_size;
  for (auto parameter : rnn_->parameters()) {
    if (parameter.dim() == 1) parameter.slice(0, h, 2 * h).fill_(1.0);
  }
}

std::string MaskInference::backend_name(const torch::Device& device) const {
  return rnn_->backend_name(device);
}

NetworkCost MaskInference::cost() const {
  const auto hidden = static_cast<double>(options_.hidden_size);
  const auto bins = static_cast<double>(num_bins_);
  NetworkCost cost;
  cost.operations = 2.0 * 2.0 * hidden * bins;  // linear
  for (int64_t layer = 0; layer < options_.num_layers; ++layer) {
    const double inputs = layer == 0 ? bins : 2.0 * hidden;
    cost.operations += 2.0 * 2.0 * 4.0 * hidden * (inputs + hidden);
  }
  cost.bytes = 4.0 * 28.0 * bins;
  cost.part_bytes = 4.0 * 12.0 * 2.0 * hidden * static_cast<double>(options_.num_layers);
  return cost;
}

}  // namespace sep
