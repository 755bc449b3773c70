#include "libsep/separation/detail/network_estimates.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <complex>

#include "libsep/core/error.h"

namespace sep::detail {
namespace {

constexpr double kMaxGain = 1e30;

// What is matched is smoothed over so much: 25 bins of windows of 4096. Narrower takes
// notes for colour, wider blurs the lowest octaves (experiments/quartet).
constexpr double kMatchedHertz = 270.0;

/// The odd number of bins that comes nearest, at least 1.
int64_t width_of(double hertz, const StftOptions& stft, int64_t sample_rate) {
  const double bin =
      static_cast<double>(sample_rate) / static_cast<double>(stft.window_length);
  return 2 * std::max<int64_t>(0, std::llround((hertz / bin - 1.0) / 2.0)) + 1;
}

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

InputScaling input_scaling(const LoadedModel& model,
                           int64_t num_channels,
                           double rms,
                           bool match_spectrum,
                           const std::function<void(const UseFrames&)>& for_each_block) {
  const auto& network = *model.model;
  InputScaling scaling;
  scaling.stft = model.description.stft;
  if (network.level() != InputLevel::kUnitRms || rms <= 0.0) return scaling;
  scaling.gain = std::min(1.0 / rms, kMaxGain);
  if (!match_spectrum) return scaling;
  const auto wanted = network.training_spectrum();
  LongTermSpectrum spectrum(
      scaling.stft, num_channels, static_cast<int64_t>(wanted.size()));
  for_each_block([&](const Spectrogram& frames) { spectrum.add(frames, scaling.gain); });
  const auto width = width_of(kMatchedHertz, scaling.stft, model.description.sample_rate);
  for (auto& found : spectrum.means()) {
    for (size_t f = 0; f < found.size(); ++f) found[f] -= wanted[f];
    scaling.differences.push_back(smoothed(found, width));
  }
  return scaling;
}

torch::Tensor network_input(const Network& network,
                            const Spectrogram& mixture,
                            const InputScaling& scaling,
                            const torch::Device& device,
                            int64_t first_channel) {
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
  if (scaling.gain != 1.0) input = input.mul_(scaling.gain);
  input = input.narrow(2, 0, num_bins);  // (C, T, F')
  if (!scaling.differences.empty()) {
    input = input.contiguous();
    for (int64_t c = 0; c < mixture.num_channels; ++c) {
      const auto& difference = scaling.differences[static_cast<size_t>(first_channel + c)];
      if (difference.empty()) continue;  // a silent channel
      equalize(input[c].data_ptr<float>(), mixture.num_frames, scaling.stft, difference);
    }
  }
  return input.to(device);
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
                                              const InputScaling& scaling,
                                              const torch::Device& device) {
  const torch::InferenceMode no_gradients;
  const auto masks = network(network_input(network, mixture, scaling, device));
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
