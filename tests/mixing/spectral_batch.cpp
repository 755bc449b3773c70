#include "libsep/mixing/spectral_batch.h"

#include <cmath>
#include <complex>

#include "libsep/core/error.h"
#include "libsep/core/random.h"
#include "tests/support/catch.h"
#include "tests/support/signals.h"
#include "tests/support/threads.h"

using namespace sep;

namespace {

constexpr int64_t kRate = 8000;
const StftOptions kStft = {64, 16, StftWindow::kHann};

WaveformExample noise_example(uint64_t seed, int64_t num_channels, int64_t num_samples) {
  const auto signal = make_noise(num_channels * 3, num_samples, kRate, seed);
  const auto size = size_t(num_channels * num_samples);
  WaveformExample example{kRate, num_channels, num_samples, {}, signal.samples};
  example.mixture.assign(size, 0.0F);
  for (size_t i = 0; i < signal.samples.size(); ++i) {
    example.mixture[i % size] += signal.samples[i];
  }
  return example;
}

std::vector<WaveformExample> noise_examples(int64_t num_channels = 1) {
  std::vector<WaveformExample> examples;
  for (uint64_t i = 0; i < 3; ++i)
    examples.push_back(noise_example(i + 1, num_channels, 500));
  return examples;
}

SpectralBatchOptions options_of(MixtureLevel level) {
  SpectralBatchOptions options;
  options.level = level;
  options.magnitudes = true;
  return options;
}

Spectrogram transform(const WaveformExample& example, const float* samples) {
  Signal signal{example.num_channels, kRate, {}};
  signal.samples.assign(samples, samples + example.num_channels * example.num_samples);
  return Stft(kStft).forward(signal);
}

}  // namespace

TEST_CASE("a batch is what its definition says", "[mixing][spectral_batch][property]") {
  const auto num_channels = GENERATE(int64_t{1}, 2);
  const auto examples = noise_examples(num_channels);
  const auto batch = spectral_batch(examples, Stft(kStft), options_of(MixtureLevel::kAsIs));
  REQUIRE(batch.num_examples == 3);
  REQUIRE(batch.num_stems == 3);
  REQUIRE(batch.num_channels == num_channels);
  REQUIRE(batch.num_frames == 33);
  REQUIRE(batch.num_bins == 33);
  const size_t size = size_t(num_channels) * 33 * 33;
  REQUIRE(batch.mixture.size() == 3 * size);
  REQUIRE(batch.projections.size() == 9 * size);
  REQUIRE(batch.targets.size() == 9 * size);
  for (size_t b = 0; b < 3; ++b) {
    CHECK(batch.factors[b] == 1.0);
    const auto mixture = transform(examples[b], examples[b].mixture.data());
    double mixture_energy = 0.0;
    for (const auto x : mixture.bins) mixture_energy += std::norm(std::complex<double>(x));
    CHECK(double(batch.mixture_energies[b]) == Approx(mixture_energy).epsilon(1e-6));
    for (size_t s = 0; s < 3; ++s) {
      const auto stem = transform(examples[b], examples[b].stem(int64_t(s)));
      double energy = 0.0;
      for (size_t i = 0; i < size; ++i) {
        const std::complex<double> x = mixture.bins[i], y = stem.bins[i];
        const size_t at = (b * 3 + s) * size + i;
        // A few float roundings of values up to 0.1.
        CHECK(std::abs(double(batch.mixture[b * size + i]) - std::abs(x)) < 3e-8);
        CHECK(std::abs(double(batch.targets[at]) - std::abs(y)) < 3e-8);
        const double projection = (std::conj(x) * y).real() / std::abs(x);
        CHECK(std::abs(double(batch.projections[at]) - projection) < 3e-8);
        energy += std::norm(y);
      }
      CHECK(double(batch.target_energies[b * 3 + s]) == Approx(energy).epsilon(1e-6));
    }
  }
}

TEST_CASE("the loss of any real mask follows from a batch", "[mixing][spectral_batch]") {
  const auto examples = noise_examples();
  const auto batch = spectral_batch(examples, Stft(kStft), options_of(MixtureLevel::kAsIs));
  const auto mixture = transform(examples[1], examples[1].mixture.data());
  const auto stem = transform(examples[1], examples[1].stem(2));
  const size_t size = mixture.bins.size();
  RandomStream random(4);
  double wanted = 0.0, found = double(batch.target_energies[5]);
  for (size_t i = 0; i < size; ++i) {
    const double mask = random.uniform();
    const double projection = double(batch.projections[5 * size + i]);
    const double error = mask * double(batch.mixture[size + i]) - projection;
    wanted += std::norm(mask * std::complex<double>(mixture.bins[i]) -
                        std::complex<double>(stem.bins[i]));
    found += error * error - projection * projection;
  }
  CHECK(found == Approx(wanted).epsilon(1e-5));
}

TEST_CASE("what is not asked for is not made", "[mixing][spectral_batch]") {
  SpectralBatchOptions options;
  options.phase = false;
  const auto batch = spectral_batch(noise_examples(), Stft(kStft), options);
  CHECK(batch.mixture.size() == 3 * 33 * 33);
  CHECK(batch.targets.empty());
  CHECK(batch.projections.empty());
  CHECK(batch.target_energies.empty());
  CHECK(batch.mixture_energies.empty());
}

TEST_CASE("projections of the stems add up to the mixture", "[mixing][spectral_batch]") {
  const auto batch = spectral_batch(noise_examples(), Stft(kStft), {});
  const size_t size = batch.mixture.size() / 3;
  CHECK(batch.targets.empty());
  for (size_t i = 0; i < size; ++i) {
    const double sum = double(batch.projections[i]) + double(batch.projections[size + i]) +
                       double(batch.projections[2 * size + i]);
    // At unit RMS magnitudes are some 0.2.
    CHECK(std::abs(sum - double(batch.mixture[i])) < 1e-6);
  }
}

TEST_CASE("a mixture is scaled to unit RMS, its stems alike", "[mixing][spectral_batch]") {
  auto examples = noise_examples();
  const auto scaled =
      spectral_batch(examples, Stft(kStft), options_of(MixtureLevel::kUnitRms));
  for (size_t b = 0; b < 3; ++b) {
    CHECK(scaled.factors[b] == Approx(1.0 / mixture_rms(examples[b])));
    CHECK(scaled.factors[b] > 2.0);
    for (float& x : examples[b].mixture) x *= float(scaled.factors[b]);
    for (float& x : examples[b].stems) x *= float(scaled.factors[b]);
    CHECK(mixture_rms(examples[b]) == Approx(1.0));
  }
  const auto direct =
      spectral_batch(examples, Stft(kStft), options_of(MixtureLevel::kAsIs));
  CHECK(scaled.mixture == direct.mixture);
  CHECK(scaled.projections == direct.projections);
  CHECK(scaled.targets == direct.targets);
  CHECK(scaled.target_energies == direct.target_energies);
}

TEST_CASE("where the mixture is silent the stems count by their real part",
          "[mixing][spectral_batch]") {
  auto example = noise_example(1, 1, 500);
  std::fill(example.mixture.begin(), example.mixture.end(), 0.0F);
  const auto batch =
      spectral_batch({example}, Stft(kStft), options_of(MixtureLevel::kUnitRms));
  CHECK(batch.factors[0] == 1.0);
  const auto stem = transform(example, example.stem(0));
  for (size_t i = 0; i < stem.bins.size(); ++i) {
    CHECK(batch.mixture[i] == 0.0F);
    CHECK(batch.projections[i] == stem.bins[i].real());
  }
}

TEST_CASE("mixtures near nothing have finite projections", "[mixing][spectral_batch]") {
  auto example = noise_example(1, 1, 500);
  for (float& x : example.mixture) x *= 1e-37F;
  const auto batch =
      spectral_batch({example}, Stft(kStft), options_of(MixtureLevel::kAsIs));
  for (size_t i = 0; i < batch.projections.size(); ++i) {
    REQUIRE(std::isfinite(batch.projections[i]));
    // A magnitude without all its digits: a phase is within the square of sqrt(1/2) .. 2.
    REQUIRE(std::abs(batch.projections[i]) <= 2.0F * batch.targets[i]);
  }
}

TEST_CASE("a batch is the same on any number of threads", "[mixing][spectral_batch]") {
  const auto examples = noise_examples();
  const auto make = [&](int64_t num_threads) {
    const Threads threads(num_threads);
    return spectral_batch(examples, Stft(kStft), {});
  };
  const auto one = make(1), five = make(5);
  CHECK(one.mixture == five.mixture);
  CHECK(one.projections == five.projections);
  CHECK(one.target_energies == five.target_energies);
}

TEST_CASE("examples of unlike shapes are no batch", "[mixing][spectral_batch][failure]") {
  CHECK_THROWS_WITH(spectral_batch({}, Stft(kStft), {}),
                    "spectra of no examples: wants at least one");
  CHECK_THROWS_WITH(
      spectral_batch({noise_example(1, 1, 500), noise_example(1, 1, 501)}, Stft(kStft), {}),
      "an example of 1 channels and 501 samples, 1503 in its stems, beside one of 1, 500 "
      "and "
      "1500");
  auto lacking = noise_example(1, 1, 500);
  lacking.stems.pop_back();
  CHECK_THROWS_AS(spectral_batch({lacking}, Stft(kStft), {}), Error);
}
