#pragma once

#include "libsep/checkpoint/mask_inference_options.h"
#include "libsep/core/random.h"
#include "libsep/model/blstm.h"
#include "libsep/model/recurrent_mask_network.h"

namespace sep {

/// nussl's MaskInference for one source and one channel:
///
///     magnitude (B, T, F)
///       -> decibels       10 log10(max(X^2, 1e-8))                          (B, T, F)
///       -> batch norm     a bin at a time, over batch and time              (B, T, F)
///       -> BLSTM          hidden_size, num_layers, dropout                  (B, T, 2H)
///       -> linear         2H -> F                                           (B, T, F)
///       -> sigmoid        the mask, of one stem                          (B, 1, T, F)
///
/// Parameters and buffers bear nussl's names: input_normalization.batch_norm.weight,
/// recurrent_stack.rnn.weight_ih_l0_reverse, embedding.linear.weight, … Batch norm has
/// eps 1e-5, momentum 0.1.
class MaskInference : public RecurrentMaskNetwork {
 public:
  /// Initial values are undefined until init_parameters() or weights are loaded.
  /// Throws ConfigError as options.validate() and check_lstm_backend().
  MaskInference(int64_t num_bins, const MaskInferenceOptions& options);

  int64_t num_stems() const override { return 1; }
  int64_t num_bins() const override { return num_bins_; }

  /// Magnitudes that lie (T, B, F) in memory spare a copy, and the mask lies so: ask for
  /// contiguous() before reading it out. Throws Error for another shape or number of bins.
  torch::Tensor begin_layers(const torch::Tensor& magnitude) override;
  torch::Tensor run_layers(const torch::Tensor& input,
                           const DropoutPlace& dropout) override;
  torch::Tensor end_layers(const torch::Tensor& hidden) override;
  int64_t num_layers() const override { return options_.num_layers; }
  torch::Tensor run_layer(int64_t layer_index,
                          LstmDirection direction,
                          const torch::Tensor& input,
                          LstmState& state) const override;
  void use_bfloat16(bool on) override;

  /// Every matrix of LSTM and linear layer Xavier normal (gain 1, over the whole 4H x in
  /// matrix); every bias 0, except that the forget gate's quarter of both bias vectors
  /// is 1.
  void init_parameters(RandomStream random) override;

  /// Operations: 2 (4H (I + H)) for each direction of each layer, 2 * 2H F for the linear
  /// layer. Bytes as measured: five mixtures of 25 s (43,075 frames in all) take 1.5 GB
  /// with model A and 2.8 with E, which is 12 floats a unit, direction, layer and frame for
  /// what the LSTM keeps, and 28 a bin and frame for the rest.
  NetworkCost cost() const override;

  /// That of its LSTM.
  std::string backend_name(const torch::Device& device) const override;

  const MaskInferenceOptions& options() const { return options_; }

 private:
  void check_shape(const torch::Tensor& magnitude) const;
  torch::Tensor normalize(const torch::Tensor& magnitude);

  int64_t num_bins_;
  MaskInferenceOptions options_;
  bool bfloat16_ = false;
  torch::nn::BatchNorm1d batch_norm_{nullptr};
  Blstm rnn_{nullptr};
  torch::Tensor linear_weight_, linear_bias_;  // (F, 2H), (F)
};

}  // namespace sep
