#pragma once

#include <torch/torch.h>

#include <tuple>

namespace bench {

/// The network as one would write it with LibTorch: nn::LSTM, autograd through all of it.
class TorchJoint : public torch::nn::Module {
 public:
  TorchJoint() {
    using namespace torch::nn;
    norm_ = register_module("norm", BatchNorm1d(1024));
    encoder_ = register_module("encoder", Linear(1024, 300));
    rnn_ = register_module(
        "rnn", LSTM(LSTMOptions(300, 256).num_layers(2).bidirectional(true).dropout(0.2)));
    masks_ = register_module("masks", Linear(512, 4096));
  }

  torch::Tensor forward(const torch::Tensor& magnitude) {  // (B, T, F) to (T, B, S, F)
    const auto power = magnitude.transpose(0, 1).square();
    const auto rows = norm_(torch::log10(power + 1e-6).reshape({-1, 1024}));
    const auto features =
        torch::tanh(encoder_(rows)).view({magnitude.size(1), magnitude.size(0), 300});
    const auto hidden = std::get<0>(rnn_(features));
    return masks_(hidden).view({hidden.size(0), hidden.size(1), 4, 1024}).softmax(2);
  }

 private:
  torch::nn::BatchNorm1d norm_{nullptr};
  torch::nn::Linear encoder_{nullptr}, masks_{nullptr};
  torch::nn::LSTM rnn_{nullptr};
};

}  // namespace bench
