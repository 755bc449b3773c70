#pragma once

#include <torch/torch.h>

#include <optional>

#include "libsep/core/error.h"
#include "libsep/model/networks.h"

/// A network of waveforms whose stems are convolutions of the mixture, 2 r + 1 samples:
/// what hears r samples on each side, and may say so.
class Convolution : public sep::Network {
 public:
  struct Options {
    int64_t reach = 40;      ///< r; at least 0
    bool says_reach = true;  ///< context()

    template <class Archive>
    void visit(Archive& archive) {
      archive("reach", reach, "samples heard on each side");
      archive("says_reach", says_reach, "whether it says so");
    }
  };

  Convolution(const sep::NetworkInput& input, const Options& options)
      : num_stems_(input.num_stems), options_(options) {
    weight_ =
        register_parameter("weight", torch::empty({num_stems_, 1, 2 * options.reach + 1}));
  }

  sep::NetworkDomain domain() const override { return sep::NetworkDomain::kWaveform; }
  int64_t num_stems() const override { return num_stems_; }
  int64_t num_bins() const override { return 0; }
  std::optional<int64_t> context() const override {
    return options_.says_reach ? std::optional(options_.reach) : std::nullopt;
  }
  torch::Tensor forward(const torch::Tensor& mixture, const sep::DropoutPlace&) override {
    const auto rows = mixture.reshape({-1, 1, mixture.size(2)});  // (B C, 1, N)
    return torch::conv1d(rows, weight_, {}, 1, options_.reach)
        .view({mixture.size(0), mixture.size(1), num_stems_, mixture.size(2)})
        .transpose(1, 2);  // (B, S, C, N)
  }
  void init_parameters(sep::RandomStream random) override {
    const torch::NoGradGuard no_gradients;
    for (int64_t i = 0; i < weight_.numel(); ++i) {
      weight_.view(-1)[i] = 0.1 * random.normal();
    }
  }
  sep::NetworkCost cost() const override {
    return {2.0 * static_cast<double>(weight_.numel()), 16.0, 0.0};
  }

  /// Adds it to networks() as `convolution`, once.
  static void add() {
    if (sep::networks().contains("convolution")) return;
    sep::networks().add<Options>(
        "convolution",
        "stems as filtered mixtures",
        [](const Options& options, const sep::NetworkInput& input) {
          return std::make_shared<Convolution>(input, options);
        });
  }

 private:
  int64_t num_stems_;
  Options options_;
  torch::Tensor weight_;
};
