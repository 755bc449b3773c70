#include <complex>

#include "libsep/dsp/stft.h"
#include "tests/support/catch.h"
#include "tests/support/golden.h"

namespace {

// Of the peak. Single precision against double: eps log2(2048) is 1.3e-6 at worst and
// a tenth of that in practice, since roundings partly cancel.
constexpr double kTolerance = 1e-6;

sep::Signal audio_of(const GoldenFile& file) {
  sep::Signal signal;
  signal.sample_rate = file.integer("sample_rate");
  for (const double sample : golden_values(file.content.at("audio"))) {
    signal.samples.push_back(float(sample));
  }
  return signal;
}

sep::StftOptions options_of(const GoldenFile& file) {
  REQUIRE(file.content.metadata.at("window_type") == "sqrt_hann");
  return {file.integer("window_length"), file.integer("hop_length")};
}

// The file's (F, T) in double as (T, F).
std::vector<std::complex<double>> spectrum_of(const GoldenFile& file) {
  const auto& tensor = file.content.at("stft_real");
  const auto re = golden_values(tensor);
  const auto im = golden_values(file.content.at("stft_imag"));
  REQUIRE(tensor.shape.size() == 2);
  REQUIRE(im.size() == re.size());
  const auto bins = size_t(tensor.shape[0]), frames = size_t(tensor.shape[1]);
  std::vector<std::complex<double>> result(re.size());
  for (size_t f = 0; f < bins; ++f) {
    for (size_t t = 0; t < frames; ++t) {
      result[t * bins + f] = {re[f * frames + t], im[f * frames + t]};
    }
  }
  return result;
}

double peak_of(const std::vector<double>& values) {
  double peak = 0.0;
  for (const double value : values) peak = std::max(peak, std::abs(value));
  return peak;
}

double peak_of(const std::vector<std::complex<double>>& values) {
  double peak = 0.0;
  for (const auto& value : values) peak = std::max(peak, std::abs(value));
  return peak;
}

}  // namespace

TEST_CASE("the STFT is the reference's", "[dsp][stft][golden]") {
  WorstDifference worst("STFT", "of the peak", kTolerance);
  for (const auto& file : golden_files(GoldenKind::kStft)) {
    INFO(file.path);
    const auto expected = spectrum_of(file);
    const auto computed = sep::Stft(options_of(file)).forward(audio_of(file));
    REQUIRE(computed.num_bins == file.content.at("stft_real").shape[0]);
    REQUIRE(computed.num_frames == file.content.at("stft_real").shape[1]);
    double difference = 0.0;
    for (size_t i = 0; i < expected.size(); ++i) {
      const auto bin = std::complex<double>(computed.bins[i]);
      difference = std::max(difference, std::abs(bin - expected[i]));
      REQUIRE(std::isfinite(std::abs(bin)));
    }
    CHECK(worst.add(difference / peak_of(expected), file.name()) <= kTolerance);
  }
}

TEST_CASE("the inverse STFT is the reference's", "[dsp][stft][golden]") {
  WorstDifference worst("inverse STFT", "of the peak", kTolerance);
  for (const auto& file : golden_files(GoldenKind::kStft)) {
    INFO(file.path);
    const auto expected = golden_values(file.content.at("istft"));
    sep::Spectrogram spectrogram;
    spectrogram.num_bins = file.content.at("stft_real").shape[0];
    spectrogram.num_frames = file.content.at("stft_real").shape[1];
    for (const auto& bin : spectrum_of(file)) {
      spectrogram.bins.emplace_back(float(bin.real()), float(bin.imag()));
    }
    const auto computed =
        sep::Stft(options_of(file))
            .inverse(spectrogram, int64_t(expected.size()), file.integer("sample_rate"));
    const double difference = largest_difference(computed.samples, expected);
    CHECK(worst.add(difference / peak_of(expected), file.name()) <= kTolerance);
  }
}
