#include "libsep/model/joint_blstm.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "libsep/core/bounds.h"
#include "libsep/core/error.h"
#include "libsep/dsp/long_term_spectrum.h"
#include "libsep/model/detail/linear.h"
#include "libsep/model/detail/named_modules.h"

namespace sep {
namespace {

int64_t bins_of(const NetworkInput& input, const JointBlstmOptions& options) {
  const int64_t all = input.stft.num_bins();
  return options.num_bins == 0 ? all : std::min(options.num_bins, all);
}

}  // namespace

void JointBlstmOptions::validate() const {
  check_bounds("num_bins", num_bins, 0, 65536);
  check_bounds("num_features", num_features, 1, 8192);
  check_bounds("hidden_size", hidden_size, 1, 8192);
  check_bounds("num_layers", num_layers, 1, 32);
  check_below("dropout", dropout, 0.0, 1.0);
}

JointBlstm::JointBlstm(const NetworkInput& input, const JointBlstmOptions& options)
    : num_stems_(input.num_stems),
      num_bins_(bins_of(input, options)),
      scale_(power_scale(input.stft)),
      options_(options) {
  options_.validate();
  check_lstm_backend(options_.lstm);
  SEP_CHECK(num_stems_ >= 2, "a joint network of {} stems: wants 2 or more", num_stems_);
  torch::nn::BatchNorm1d batch_norm{torch::nn::BatchNorm1dOptions(num_bins_)};
  batch_norm_ = detail::put_below(*this, "input_normalization", "batch_norm", batch_norm);
  std::tie(encoder_weight_, encoder_bias_) =
      detail::put_linear_below(*this, "encoder", num_bins_, options_.num_features);
  BlstmOptions blstm;
  blstm.input_size = options_.num_features;
  blstm.hidden_size = options_.hidden_size;
  blstm.num_layers = options_.num_layers;
  blstm.dropout = options_.dropout;
  blstm.backend = options_.lstm;
  rnn_ = detail::put_below(*this, "recurrent_stack", "rnn", Blstm(blstm));
  std::tie(linear_weight_, linear_bias_) = detail::put_linear_below(
      *this, "embedding", 2 * options_.hidden_size, num_stems_ * num_bins_);
}

std::vector<float> JointBlstm::training_spectrum() const {
  const auto mean = batch_norm_->running_mean.detach().to(torch::kCPU).contiguous();
  const auto* first = mean.data_ptr<float>();
  return {first, first + mean.numel()};
}

torch::Tensor JointBlstm::linear(const torch::Tensor& rows,
                                 const torch::Tensor& weight,
                                 const torch::Tensor& bias) const {
  return bfloat16_ ? detail::linear_bfloat16(rows, weight, bias)
                   : torch::addmm(bias, rows, weight.t());
}

void JointBlstm::use_bfloat16(bool on) {
  bfloat16_ = on;
  rnn_->use_bfloat16(on);
}

torch::Tensor JointBlstm::begin_layers(const torch::Tensor& magnitude) {
  SEP_CHECK(magnitude.dim() == 3 && magnitude.numel() > 0 && magnitude.size(2) == num_bins_,
            "the network wants magnitudes of (batch, frames, {}), got ({})",
            num_bins_,
            fmt::join(magnitude.sizes().vec(), ", "));
  const auto power = magnitude.transpose(0, 1).mul(scale_).contiguous();  // (T, B, F)
  const auto log_power = power.square_().add_(kPowerFloor).log10_();
  const auto rows = batch_norm_->forward(log_power.view({-1, num_bins_}));
  return linear(rows, encoder_weight_, encoder_bias_)
      .tanh_()
      .view({magnitude.size(1), magnitude.size(0), options_.num_features});  // (T, B, I)
}

torch::Tensor JointBlstm::run_layers(const torch::Tensor& input,
                                     const DropoutPlace& dropout) {
  return rnn_->forward(input.transpose(0, 1), dropout).transpose(0, 1);  // (T, B, 2H)
}

torch::Tensor JointBlstm::run_layer(int64_t layer_index,
                                    LstmDirection direction,
                                    const torch::Tensor& input,
                                    LstmState& state) const {
  return rnn_->run_layer(layer_index, direction, input, state);
}

torch::Tensor JointBlstm::end_layers(const torch::Tensor& hidden) {
  const auto rows = hidden.reshape({-1, hidden.size(2)});
  return linear(rows, linear_weight_, linear_bias_)
      .view({hidden.size(0), hidden.size(1), num_stems_, num_bins_})  // (T, B, S, F)
      .softmax(2)
      .permute({1, 2, 0, 3});  // (B, S, T, F)
}

void JointBlstm::init_parameters(RandomStream random) {
  const torch::NoGradGuard no_grad;
  const auto bound = [](int64_t inputs) {
    return 1.0 / std::sqrt(static_cast<double>(inputs));
  };
  for (auto parameter : rnn_->parameters()) {
    detail::fill_uniform(parameter, bound(options_.hidden_size), random);
  }
  for (const auto& tensor : {encoder_weight_, encoder_bias_}) {
    detail::fill_uniform(tensor, bound(num_bins_), random);
  }
  for (const auto& tensor : {linear_weight_, linear_bias_}) {
    detail::fill_uniform(tensor, bound(2 * options_.hidden_size), random);
  }
  batch_norm_->weight.fill_(1.0);
  batch_norm_->bias.zero_();
  batch_norm_->reset_running_stats();
}

NetworkCost JointBlstm::cost() const {
  const auto hidden = static_cast<double>(options_.hidden_size);
  const auto bins = static_cast<double>(num_bins_);
  const auto features = static_cast<double>(options_.num_features);
  const auto masks = bins * static_cast<double>(num_stems_);
  const auto layers = static_cast<double>(options_.num_layers);
  NetworkCost cost;
  cost.operations = 2.0 * bins * features + 2.0 * 2.0 * hidden * masks;
  for (int64_t layer = 0; layer < options_.num_layers; ++layer) {
    const double inputs = layer == 0 ? features : 2.0 * hidden;
    cost.operations += 2.0 * 2.0 * 4.0 * hidden * (inputs + hidden);
  }
  // Floats that are alive at a time: of bins the input, log power, normalised and their
  // gradients; of masks the target, logits, masks and two gradients.
  cost.bytes = 4.0 * (6.0 * bins + 2.0 * masks + 3.0 * features);
  cost.part_bytes = 4.0 * (12.0 * 2.0 * hidden * layers + 4.0 * masks);
  return cost;
}

std::string JointBlstm::backend_name(const torch::Device& device) const {
  return rnn_->backend_name(device);
}

}  // namespace sep
