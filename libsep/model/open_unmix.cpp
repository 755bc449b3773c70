#include "libsep/model/open_unmix.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "libsep/core/bounds.h"
#include "libsep/core/error.h"
#include "libsep/dsp/window.h"
#include "libsep/model/detail/named_modules.h"

namespace sep {

void OpenUnmixOptions::validate() const {
  check_bounds("num_bins", num_bins, 0, 65536);
  check_bounds("hidden_size", hidden_size, 2, 8192);
  if (hidden_size % 2 != 0) {
    throw ConfigError("hidden_size",
                      fmt::format(" = {}: wants an even number", hidden_size));
  }
  check_bounds("num_layers", num_layers, 1, 32);
  check_below("dropout", dropout, 0.0, 1.0);
}

OpenUnmix::OpenUnmix(const NetworkInput& input, const OpenUnmixOptions& options)
    : num_bins_(input.stft.num_bins()), options_(options) {
  options_.validate();
  check_lstm_backend(options_.lstm);
  if (input.num_stems != 1) {
    throw ConfigError("type", " = open_unmix: gives one stem, wants targets: each");
  }
  num_heard_ = options.num_bins == 0 ? num_bins_ : std::min(options.num_bins, num_bins_);
  const auto window = make_window(input.stft.window, input.stft.window_length);
  scale_ = std::accumulate(window.begin(), window.end(), 0.0);
  const int64_t h = options.hidden_size;
  const auto linear = [&](const char* name, int64_t inputs, int64_t outputs) {
    return register_module(name, std::make_shared<Module>())
        ->register_parameter("weight", torch::empty({outputs, inputs}));
  };
  fc1_ = linear("fc1", num_heard_, h);
  fc2_ = linear("fc2", 2 * h, h);
  fc3_ = linear("fc3", h, num_bins_);
  bn1_ = register_module("bn1", torch::nn::BatchNorm1d(h));
  bn2_ = register_module("bn2", torch::nn::BatchNorm1d(h));
  bn3_ = register_module("bn3", torch::nn::BatchNorm1d(num_bins_));
  input_mean_ = register_parameter("input_mean", torch::empty({num_heard_}));
  input_scale_ = register_parameter("input_scale", torch::empty({num_heard_}));
  output_mean_ = register_parameter("output_mean", torch::empty({num_bins_}));
  output_scale_ = register_parameter("output_scale", torch::empty({num_bins_}));
  BlstmOptions blstm;
  blstm.input_size = h;
  blstm.hidden_size = h / 2;
  blstm.num_layers = options.num_layers;
  blstm.dropout = options.dropout;
  blstm.backend = options.lstm;
  lstm_ = register_module("lstm", Blstm(blstm));
}

torch::Tensor OpenUnmix::forward(const torch::Tensor& magnitude,
                                 const DropoutPlace& dropout) {
  SEP_CHECK(magnitude.dim() == 3 && magnitude.numel() > 0 && magnitude.size(2) == num_bins_,
            "the network wants magnitudes of (batch, frames, {}), got ({})",
            num_bins_,
            fmt::join(magnitude.sizes().vec(), ", "));
  const int64_t batch = magnitude.size(0);
  const int64_t frames = magnitude.size(1);
  const auto heard =
      (magnitude.transpose(0, 1).narrow(2, 0, num_heard_) * scale_ + input_mean_) *
      input_scale_;                                                    // (T, B, F')
  const auto rows = heard.reshape({-1, num_heard_}).matmul(fc1_.t());  // (T B, H)
  const auto x = bn1_->forward(rows).tanh();
  const auto recurrent =
      lstm_->forward(x.view({frames, batch, -1}).transpose(0, 1), dropout)
          .transpose(0, 1)
          .reshape({frames * batch, -1});
  const auto joined = torch::cat({x, recurrent}, 1);  // (T B, 2H)
  const auto features = bn2_->forward(joined.matmul(fc2_.t())).relu();
  const auto mask = bn3_->forward(features.matmul(fc3_.t())) * output_scale_ + output_mean_;
  return mask.relu()
      .view({frames, batch, num_bins_})
      .transpose(0, 1)
      .unsqueeze(1);  // (B, 1, T, F)
}

void OpenUnmix::init_parameters(RandomStream random) {
  const torch::NoGradGuard no_grad;
  for (auto parameter : lstm_->parameters()) {
    const auto size = static_cast<double>(options_.hidden_size / 2);
    detail::fill_uniform(parameter, 1.0 / std::sqrt(size), random);
  }
  for (const auto& weight : {fc1_, fc2_, fc3_}) {
    const auto inputs = static_cast<double>(weight.size(1));
    detail::fill_uniform(weight, 1.0 / std::sqrt(inputs), random);
  }
  for (auto* norm : {bn1_.get(), bn2_.get(), bn3_.get()}) {
    norm->weight.fill_(1.0);
    norm->bias.zero_();
    norm->reset_running_stats();
  }
  input_mean_.zero_();
  for (auto one : {input_scale_, output_mean_, output_scale_}) one.fill_(1.0);
}

NetworkCost OpenUnmix::cost() const {
  const auto h = static_cast<double>(options_.hidden_size);
  const auto layers = static_cast<double>(options_.num_layers);
  const auto bins = static_cast<double>(num_bins_);
  NetworkCost cost;
  cost.operations = 2.0 * h * (static_cast<double>(num_heard_) + 2.0 * h + bins) +
                    layers * 2.0 * 2.0 * 4.0 * h / 2.0 * (h + h / 2.0);
  cost.bytes = 4.0 * (10.0 * bins + 8.0 * h + 12.0 * h * layers);
  return cost;
}

std::string OpenUnmix::backend_name(const torch::Device& device) const {
  return lstm_->backend_name(device);
}

}  // namespace sep
