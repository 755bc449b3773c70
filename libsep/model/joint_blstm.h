#pragma once

#include <cstdint>
#include <vector>

#include "libsep/model/blstm.h"
#include "libsep/model/recurrent_mask_network.h"

namespace sep {

/// What a JointBlstm is built from. The defaults are those of configs/quartet.yaml.
struct JointBlstmOptions {
  int64_t num_bins = 1024;  ///< 0 … 65536; bins above take the last one's mask; 0, or more
                            ///< than the STFT has: all
  int64_t num_features = 300;  ///< of a frame, between bins and LSTM; 1 … 8192
  int64_t hidden_size = 256;   ///< of the LSTM, a direction; 1 … 8192
  int64_t num_layers = 2;      ///< of the LSTM; 1 … 32
  double dropout = 0.2;        ///< between layers; 0 … below 1
  LstmBackend lstm = LstmBackend::kAuto;

  /// Throws ConfigError that names the field, its value and its bound.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("num_bins", num_bins, "lowest bins that are heard; above, the last one's mask");
    archive("num_features", num_features, "features of a frame, between bins and LSTM");
    archive("hidden_size", hidden_size, "units of the LSTM, a direction");
    archive("num_layers", num_layers, "layers of the LSTM");
    archive("dropout", dropout, "chance to drop between layers of the LSTM");
    archive("lstm", lstm, "which code runs the LSTM");
  }
};

/// One network for all stems of an ensemble, after the layout that speech enhancement and
/// Open-Unmix (Stöter et al., JOSS 4(41), 2019) share, with masks that add up to one:
///
///     magnitude (B, T, F) of a mixture of unit RMS
///       -> log power      log10(Y^2 + 1e-6), Y = X sum(w) / sqrt(W)           (B, T, F)
///       -> batch norm     a bin at a time, over batch and time                   (B, T, F)
///       -> linear, tanh   F -> num_features                                      (B, T, I)
///       -> BLSTM          hidden_size, num_layers, dropout                       (B, T,
///       2H)
///       -> linear         2H -> S F                                           (B, T, S, F)
///       -> softmax        over the stems                                      (B, S, T, F)
///
/// with F the lowest num_bins, w the window and W its length: Y does not grow with it.
/// Parameters: input_normalization.batch_norm, encoder.linear, recurrent_stack.rnn,
/// embedding.linear.
class JointBlstm : public RecurrentMaskNetwork {
 public:
  /// Throws ConfigError as options.validate(), and for an `lstm` that this libsep lacks.
  JointBlstm(const NetworkInput& input, const JointBlstmOptions& options);

  int64_t num_stems() const override { return num_stems_; }
  int64_t num_bins() const override { return num_bins_; }
  InputLevel level() const override { return InputLevel::kUnitRms; }
  std::vector<float> training_spectrum() const override;  ///< batch norm's running mean
  torch::Tensor begin_layers(const torch::Tensor& magnitude) override;
  torch::Tensor run_layers(const torch::Tensor& input,
                           const DropoutPlace& dropout) override;
  torch::Tensor end_layers(const torch::Tensor& hidden) override;
  int64_t num_layers() const override { return options_.num_layers; }
  int64_t hidden_size() const override { return options_.hidden_size; }
  torch::Tensor run_layer(int64_t layer_index,
                          LstmDirection direction,
                          const torch::Tensor& input,
                          LstmState& state) const override;

  /// LSTM uniform in ±1 / sqrt(H), linear layers in ±1 / sqrt(inputs), as LibTorch's own;
  /// batch norm 1 and 0.
  void init_parameters(RandomStream random) override;
  NetworkCost cost() const override;
  void use_bfloat16(bool on) override;
  std::string backend_name(const torch::Device& device) const override;

 private:
  torch::Tensor linear(const torch::Tensor& rows,
                       const torch::Tensor& weight,
                       const torch::Tensor& bias) const;

  int64_t num_stems_, num_bins_;
  bool bfloat16_ = false;
  double scale_;  // Y / X
  JointBlstmOptions options_;
  torch::nn::BatchNorm1d batch_norm_{nullptr};
  Blstm rnn_{nullptr};
  torch::Tensor encoder_weight_, encoder_bias_;  // (I, F), (I)
  torch::Tensor linear_weight_, linear_bias_;    // (S F, 2H), (S F)
};

}  // namespace sep
