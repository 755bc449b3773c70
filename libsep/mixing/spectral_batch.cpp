#include "libsep/mixing/spectral_batch.h"

#include <algorithm>
#include <array>
#include <complex>

#include "libsep/core/error.h"
#include "libsep/core/threads.h"

namespace sep {
namespace {

Signal signal_of(const WaveformExample& example, const float* samples, float factor) {
  Signal signal{example.num_channels, example.sample_rate, {}};
  const auto size = example.num_channels * example.num_samples;
  signal.samples.assign(samples, samples + size);
  for (float& x : signal.samples) x *= factor;
  return signal;
}

/// Bins of absolute value 1, `spectrum` over `magnitude`; 1 where that is 0.
void to_phases(const float* magnitude, std::vector<std::complex<float>>& spectrum) {
  auto* parts = reinterpret_cast<float*>(spectrum.data());
  for (size_t i = 0; i < spectrum.size(); ++i) {
    const bool is_zero = magnitude[i] == 0.0F;
    const float divisor = is_zero ? 1.0F : magnitude[i];
    parts[2 * i] = is_zero ? 1.0F : parts[2 * i] / divisor;
    parts[2 * i + 1] /= divisor;
  }
}

/// The part of each bin of `stem` that lies along `phase`.
void project(const std::vector<std::complex<float>>& phase,
             const std::vector<std::complex<float>>& stem,
             float* projection) {
  const auto* u = reinterpret_cast<const float*>(phase.data());
  const auto* s = reinterpret_cast<const float*>(stem.data());
  for (size_t i = 0; i < stem.size(); ++i) {
    projection[i] = u[2 * i] * s[2 * i] + u[2 * i + 1] * s[2 * i + 1];
  }
}

/// Four sums side by side: one alone would wait for each addition.
double energy_of(const std::vector<std::complex<float>>& spectrum) {
  const auto* parts = reinterpret_cast<const float*>(spectrum.data());
  const size_t count = 2 * spectrum.size();
  std::array<double, 4> sums{};
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    for (size_t k = 0; k < 4; ++k) {
      const double x = parts[i + k];
      sums[k] += x * x;
    }
  }
  for (; i < count; ++i) sums[0] += static_cast<double>(parts[i]) * parts[i];
  return sums[0] + sums[1] + sums[2] + sums[3];
}

void check_shapes(const std::vector<WaveformExample>& examples) {
  SEP_CHECK(!examples.empty(), "spectra of no examples: wants at least one");
  const auto& first = examples.front();
  const auto size = static_cast<size_t>(first.num_channels * first.num_samples);
  for (const auto& example : examples) {
    SEP_CHECK(
        example.num_channels == first.num_channels &&
            example.num_samples == first.num_samples &&
            example.stems.size() == first.stems.size(),
        "an example of {} channels and {} samples, {} in its stems, beside one of {}, "
        "{} and {}",
        example.num_channels,
        example.num_samples,
        example.stems.size(),
        first.num_channels,
        first.num_samples,
        first.stems.size());
    SEP_CHECK(
        size > 0 && example.mixture.size() == size && example.stems.size() % size == 0,
        "an example of {} x {} samples that holds {} of its mixture and {} of its stems",
        example.num_channels,
        example.num_samples,
        example.mixture.size(),
        example.stems.size());
  }
}

SpectralBatch empty_batch(const std::vector<WaveformExample>& examples,
                          const Stft& stft,
                          const SpectralBatchOptions& options) {
  const auto& first = examples.front();
  SpectralBatch batch;
  batch.num_examples = static_cast<int64_t>(examples.size());
  batch.num_channels = first.num_channels;
  batch.num_stems = static_cast<int64_t>(first.stems.size() / first.mixture.size());
  batch.num_frames = stft.num_frames(first.num_samples);
  const int64_t all = stft.options().num_bins();
  batch.num_bins = options.num_bins == 0 ? all : std::min(options.num_bins, all);
  const auto size =
      static_cast<size_t>(batch.num_channels * batch.num_frames * batch.num_bins);
  const auto num_stems = examples.size() * static_cast<size_t>(batch.num_stems);
  batch.mixture.resize(examples.size() * size);
  batch.factors.resize(examples.size());
  if (options.magnitudes) batch.targets.resize(num_stems * size);
  if (!options.phase) return batch;
  batch.projections.resize(num_stems * size);
  batch.target_energies.resize(num_stems);
  batch.mixture_energies.resize(examples.size());
  return batch;
}

void keep_lowest(Spectrogram& spectrum, int64_t num_bins) {
  if (num_bins == spectrum.num_bins) return;
  const auto rows = static_cast<int64_t>(spectrum.bins.size()) / spectrum.num_bins;
  for (int64_t row = 0; row < rows; ++row) {
    const auto from = spectrum.bins.begin() + row * spectrum.num_bins;
    std::copy(from, from + num_bins, spectrum.bins.begin() + row * num_bins);
  }
  spectrum.bins.resize(static_cast<size_t>(rows * num_bins));
  spectrum.num_bins = num_bins;
}

void add_example(const WaveformExample& example,
                 const Stft& stft,
                 const SpectralBatchOptions& options,
                 size_t place,
                 SpectralBatch& batch) {
  batch.factors[place] = level_factor(example, options.level);
  const auto factor = static_cast<float>(batch.factors[place]);
  const auto transformed = [&](const float* samples) {
    auto spectrum = stft.forward(signal_of(example, samples, factor));
    keep_lowest(spectrum, batch.num_bins);
    return spectrum;
  };
  auto mixture = transformed(example.mixture.data());
  const auto size = mixture.bins.size();
  const auto magnitude = mixture.magnitude();
  std::copy(magnitude.begin(), magnitude.end(), batch.mixture.data() + place * size);
  if (options.phase) {
    batch.mixture_energies[place] = static_cast<float>(energy_of(mixture.bins));
    to_phases(magnitude.data(), mixture.bins);
  }
  for (int64_t s = 0; s < batch.num_stems; ++s) {
    const auto stem = transformed(example.stem(s));
    const auto at = place * static_cast<size_t>(batch.num_stems) + static_cast<size_t>(s);
    if (options.phase) {
      project(mixture.bins, stem.bins, batch.projections.data() + at * size);
      batch.target_energies[at] = static_cast<float>(energy_of(stem.bins));
    }
    if (options.magnitudes) {
      const auto target = stem.magnitude();
      std::copy(target.begin(), target.end(), batch.targets.data() + at * size);
    }
  }
}

}  // namespace

double level_factor(const WaveformExample& example, MixtureLevel level) {
  if (level == MixtureLevel::kAsIs) return 1.0;
  const double rms = mixture_rms(example);
  return rms > 0.0 ? 1.0 / rms : 1.0;
}

SpectralBatch spectral_batch(const std::vector<WaveformExample>& examples,
                             const Stft& stft,
                             const SpectralBatchOptions& options) {
  check_shapes(examples);
  auto batch = empty_batch(examples, stft, options);
  parallel_for(batch.num_examples, 0, [&](int64_t i) {
    const auto place = static_cast<size_t>(i);
    add_example(examples[place], stft, options, place, batch);
  });
  return batch;
}

}  // namespace sep
