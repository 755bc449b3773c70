#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "libsep/train/loss.h"

/// Sizes of an input to losses.
struct LossSizes {
  int64_t num_items = 2;
  int64_t num_stems = 2;
  int64_t num_frames = 3;
  int64_t num_bins = 5;
  int64_t num_channels = 1;
  int64_t num_samples = 40;
};

/// Re(conj(X) S) / |X|, 0 where X is; X (B, T, F), S (B, S, T, F).
inline torch::Tensor project(const torch::Tensor& mixture, const torch::Tensor& stems) {
  const auto x = mixture.unsqueeze(1);
  const auto size = x.abs();
  const auto products = torch::real(torch::conj(x) * stems);
  return torch::where(
      size > 0, products / size.clamp_min(1e-300), torch::zeros_like(products));
}

/// Fills in what spectra X (B, T, F) and S (B, S, T, F) decide.
inline void set_spectra(sep::LossInput& input,
                        const torch::Tensor& mixture,
                        const torch::Tensor& stems) {
  input.mixture = mixture.abs();
  input.targets = stems.abs();
  input.projections = project(mixture, stems);
  input.target_energies = stems.abs().square().sum({2, 3});
  input.mixture_energy = mixture.abs().square().sum({1, 2});
}

/// Spectra, masks of 0 … 1 and waveforms at random, in double; stems that sound somewhat
/// like their estimates. Mixtures are sums of stems and a rest.
inline sep::LossInput random_loss_input(const LossSizes& of, uint64_t seed) {
  torch::manual_seed(seed);
  const auto real = torch::TensorOptions().dtype(torch::kFloat64);
  const std::vector<int64_t> spectra = {
      of.num_items, of.num_stems, of.num_frames, of.num_bins};
  const std::vector<int64_t> waves = {
      of.num_items, of.num_stems, of.num_channels, of.num_samples};
  sep::LossInput input;
  const auto stems =
      torch::complex(torch::randn(spectra, real), torch::randn(spectra, real));
  const auto rest = stems.select(1, 0).flip(-1) * 0.1;
  set_spectra(input, stems.sum(1) + rest, stems);
  input.masks = torch::rand(spectra, real);
  input.target_waves = torch::randn(waves, real);
  input.estimate_waves = 0.7 * input.target_waves + 0.4 * torch::randn(waves, real);
  input.mixture_waves = input.target_waves.sum(1) + 0.1;
  return input;
}

/// Stem `stem` of item `item` rests: its target is silent.
inline void silence_target(sep::LossInput& input, int64_t item, int64_t stem) {
  for (auto* target :
       {&input.targets, &input.projections, &input.target_energies, &input.target_waves}) {
    target->select(0, item).select(0, stem).zero_();
  }
}

/// Everything of that item is silent.
inline void silence_mixture(sep::LossInput& input, int64_t item) {
  for (int64_t stem = 0; stem < input.targets.size(1); ++stem) {
    silence_target(input, item, stem);
  }
  for (auto* mixture : {&input.mixture, &input.mixture_energy, &input.mixture_waves}) {
    mixture->select(0, item).zero_();
  }
}
