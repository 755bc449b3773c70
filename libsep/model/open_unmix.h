#pragma once

#include <cstdint>

#include "libsep/model/blstm.h"
#include "libsep/model/network.h"

namespace sep {

/// What an OpenUnmix is built from. The defaults are those of the published umx models but
/// for num_bins, which there is what lies under 16 kHz: 1487 at 4096 and 44.1 kHz.
struct OpenUnmixOptions {
  int64_t num_bins = 0;  ///< lowest bins that are heard; 0, or more than there are: all
  int64_t hidden_size = 512;  ///< H; even, 2 … 8192
  int64_t num_layers = 3;     ///< of the LSTM; 1 … 32
  double dropout = 0.4;       ///< between its layers; 0 … below 1
  LstmBackend lstm = LstmBackend::kAuto;

  /// Throws ConfigError that names the field, its value and its bound.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("num_bins", num_bins, "lowest bins that are heard; 0: all");
    archive("hidden_size", hidden_size, "features, and units of the LSTM, both directions");
    archive("num_layers", num_layers, "layers of the LSTM");
    archive("dropout", dropout, "chance to drop between layers of the LSTM");
    archive("lstm", lstm, "which code runs the LSTM");
  }
};

/// Open-Unmix for one stem and one channel (Stöter, Uhlich, Liutkus, Mitsufuji,
/// "Open-Unmix – a reference implementation for music source separation", JOSS 4(41),
/// 2019), bidirectional:
///
///     magnitude (B, T, F), times sum(w) as its own STFT is not normalised
///       -> lowest F' bins, + input_mean, x input_scale               (B, T, F')
///       -> linear, batch norm, tanh           F' -> H                (B, T, H)    = x
///       -> BLSTM of H / 2 a direction                                (B, T, H)
///       -> with x beside it: linear, batch norm, ReLU   2H -> H      (B, T, H)
///       -> linear, batch norm                 H -> F                 (B, T, F)
///       -> x output_scale, + output_mean, ReLU: the mask          (B, 1, T, F)
///
/// Masks have no upper bound. Parameters bear its names (fc1.weight, bn1.weight,
/// lstm.weight_ih_l0_reverse, input_mean, …). Batch norm stands behind the LSTM too, so a
/// batch cannot be split, and x goes around the LSTM, so no state is carried.
class OpenUnmix : public Network {
 public:
  /// Throws ConfigError as options.validate(), for an `lstm` that this libsep lacks, and
  /// for several stems.
  OpenUnmix(const NetworkInput& input, const OpenUnmixOptions& options);

  NetworkDomain domain() const override { return NetworkDomain::kMagnitude; }
  int64_t num_stems() const override { return 1; }
  int64_t num_bins() const override { return num_bins_; }
  torch::Tensor forward(const torch::Tensor& magnitude,
                        const DropoutPlace& dropout) override;

  /// As its own: linear layers uniform in ±1 / sqrt(inputs), LSTM in ±1 / sqrt(H / 2);
  /// output_scale and output_mean 1, input_mean 0, input_scale 1.
  void init_parameters(RandomStream random) override;
  NetworkCost cost() const override;
  std::string backend_name(const torch::Device& device) const override;

 private:
  int64_t num_bins_, num_heard_;
  double scale_;  // sum(w)
  OpenUnmixOptions options_;
  torch::Tensor fc1_, fc2_, fc3_;  // (H, F'), (H, 2H), (F, H)
  torch::Tensor input_mean_, input_scale_, output_mean_, output_scale_;
  torch::nn::BatchNorm1d bn1_{nullptr}, bn2_{nullptr}, bn3_{nullptr};
  Blstm lstm_{nullptr};
};

}  // namespace sep
