#include "libsep/separation/detail/network_estimates.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <complex>

#include "libsep/core/error.h"

namespace sep::detail {
namespace {

constexpr double kMaxGain = 1e30;

template <class Mask>
Spectrogram apply_values(const Spectrogram& mixture,
                         const torch::Tensor& masks,  // (C, T, F'), without gaps a channel
                         const Mask* values) {
  const int64_t num_masked = masks.size(2);
  Spectrogram result = mixture;
  auto* bins = result.bins.data();
  for (int64_t c = 0; c < mixture.num_channels; ++c) {
    const auto* row = values + c * masks.stride(0);
    for (int64_t t = 0; t < mixture.num_frames; ++t) {
      for (int64_t f = 0; f < num_masked; ++f) bins[f] *= row[f];
      for (int64_t f = num_masked; f < mixture.num_bins; ++f)
        bins[f] *= row[num_masked - 1];
      row += num_masked;
      bins += mixture.num_bins;
    }
  }
  return result;
}

void check_masks(const Network& network,
                 const Spectrogram& mixture,
                 const torch::Tensor& masks) {
  const auto wanted = {mixture.num_channels,
                       network.num_stems(),
                       mixture.num_frames,
                       std::min(network.num_bins(), mixture.num_bins)};
  SEP_CHECK(masks.sizes() == torch::IntArrayRef(wanted),
            "the network gave masks of another shape than (C, S, T, F)");
}

}  // namespace

void check_finite(const Signal& mixture) {
  const auto& samples = mixture.samples;
  const auto found = std::find_if(
      samples.begin(), samples.end(), [](float x) { return !std::isfinite(x); });
  if (found == samples.end()) return;
  const auto place = found - samples.begin();
  const int64_t length = mixture.num_samples();
  throw Error(fmt::format("the mixture's sample {} of channel {} is not finite",
                          place % length,
                          place / length));
}

double input_gain(const Network& network, double rms) {
  if (network.level() != InputLevel::kUnitRms || rms <= 0.0) return 1.0;
  return std::min(1.0 / rms, kMaxGain);
}

torch::Tensor network_input(const Network& network,
                            const Spectrogram& mixture,
                            double gain,
                            const torch::Device& device) {
  const std::vector<int64_t> shape = {
      mixture.num_channels, mixture.num_frames, mixture.num_bins};
  const int64_t num_bins = std::min(network.num_bins(), mixture.num_bins);
  torch::Tensor input;
  if (network.domain() == NetworkDomain::kMagnitude) {
    auto magnitude = mixture.magnitude();
    input = torch::from_blob(magnitude.data(), shape).clone();
  } else {
    auto* bins = const_cast<std::complex<float>*>(mixture.bins.data());
    input = torch::from_blob(bins, shape, torch::kComplexFloat).clone();
  }
  if (gain != 1.0) input = input.mul_(gain);
  return input.narrow(2, 0, num_bins).to(device);  // (C, T, F')
}

Spectrogram apply_masks(const Spectrogram& mixture,
                        const torch::Tensor& masks,
                        int64_t stem) {
  const auto of_stem = masks.select(1, stem).to(torch::kCPU).contiguous();  // (C, T, F')
  if (of_stem.is_complex()) {
    const auto* values = of_stem.data_ptr<c10::complex<float>>();
    return apply_values(
        mixture, of_stem, reinterpret_cast<const std::complex<float>*>(values));
  }
  return apply_values(mixture, of_stem, of_stem.data_ptr<float>());
}

std::vector<Spectrogram> separate_spectrogram(Network& network,
                                              const Spectrogram& mixture,
                                              double gain,
                                              const torch::Device& device) {
  const torch::InferenceMode no_gradients;
  const auto masks = network(network_input(network, mixture, gain, device));
  check_masks(network, mixture, masks);
  std::vector<Spectrogram> estimates;
  for (int64_t s = 0; s < masks.size(1); ++s) {
    estimates.push_back(apply_masks(mixture, masks, s));
  }
  return estimates;
}

std::vector<Signal> separate_waveform(Network& network,
                                      const Signal& mixture,
                                      double gain,
                                      const torch::Device& device) {
  const torch::InferenceMode no_gradients;
  auto* samples = const_cast<float*>(mixture.samples.data());
  const auto input = torch::from_blob(
      samples, {1, mixture.num_channels, mixture.num_samples()});  // (1, C, N)
  auto output = network(input.mul(gain).to(device)).to(torch::kCPU).div(gain).contiguous();
  const auto wanted = {
      int64_t{1}, network.num_stems(), mixture.num_channels, mixture.num_samples()};
  SEP_CHECK(output.sizes() == torch::IntArrayRef(wanted),
            "the network gave estimates of another shape than (1, S, C, N)");
  std::vector<Signal> estimates;
  for (int64_t s = 0; s < network.num_stems(); ++s) {
    const auto stem = output[0][s];
    const auto* values = stem.data_ptr<float>();
    estimates.push_back(
        {mixture.num_channels, mixture.sample_rate, {values, values + stem.numel()}});
  }
  return estimates;
}

}  // namespace sep::detail
