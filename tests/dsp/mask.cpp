#include "libsep/dsp/mask.h"

#include <cmath>
#include <complex>

#include "libsep/core/error.h"
#include "tests/dsp/spectrograms.h"
#include "tests/support/catch.h"

using sep::ideal_mask;
using sep::IdealMask;
using sep::Spectrogram;

namespace {

const IdealMask kAll[] = {IdealMask::kBinary,
                          IdealMask::kRatio,
                          IdealMask::kAmplitude,
                          IdealMask::kPhaseSensitive};

Spectrogram one_row(const std::vector<std::complex<float>>& bins) {
  Spectrogram result;
  result.num_frames = 1;
  result.num_bins = int64_t(bins.size());
  result.bins = bins;
  return result;
}

Spectrogram sum(const Spectrogram& a, const Spectrogram& b) {
  Spectrogram result = a;
  for (size_t i = 0; i < a.bins.size(); ++i) result.bins[i] += b.bins[i];
  return result;
}

struct Parts {
  Spectrogram target = make_noise_bins(2, 11, 9, "target");
  Spectrogram rest = make_noise_bins(2, 11, 9, "rest");
  Spectrogram mixture = sum(target, rest);
};

}  // namespace

TEST_CASE("masks have the values of their formulas", "[dsp][mask]") {
  // |S| 5, |R| 10; X = S + R = (3, -6); S conj X = (3 * 3 + 4 * -6) + i ….
  const auto target = one_row({{3.0F, 4.0F}, {6.0F, 0.0F}, {2.0F, 0.0F}, {0.0F, 1.0F}});
  const auto rest = one_row({{0.0F, -10.0F}, {2.0F, 0.0F}, {-1.0F, 0.0F}, {2.0F, 0.0F}});
  const auto mixture = sum(target, rest);
  CHECK(ideal_mask(IdealMask::kBinary, target, rest, mixture) ==
        std::vector<float>{0.0F, 1.0F, 1.0F, 0.0F});
  CHECK(ideal_mask(IdealMask::kRatio, target, rest, mixture) ==
        std::vector<float>{5.0F / 15.0F, 0.75F, 2.0F / 3.0F, 1.0F / 3.0F});
  // |X|: sqrt(45), 8, 1, sqrt(5)
  CHECK(ideal_mask(IdealMask::kAmplitude, target, rest, mixture) ==
        std::vector<float>{
            float(5.0 / std::sqrt(45.0)), 0.75F, 1.0F, float(1.0 / std::sqrt(5.0))});
  // Re(S conj X) / |X|^2: -15 / 45, 48 / 64, 2 / 1, 1 / 5
  CHECK(ideal_mask(IdealMask::kPhaseSensitive, target, rest, mixture) ==
        std::vector<float>{0.0F, 0.75F, 1.0F, 0.2F});
}

TEST_CASE("ratio masks of target and rest sum to 1", "[dsp][mask][property]") {
  const Parts p;
  const auto target = ideal_mask(IdealMask::kRatio, p.target, p.rest, p.mixture);
  const auto rest = ideal_mask(IdealMask::kRatio, p.rest, p.target, p.mixture);
  for (size_t i = 0; i < target.size(); ++i) {
    CHECK(std::abs(target[i] + rest[i] - 1.0F) <= 1.2e-7F);  // each is rounded once
  }
}

TEST_CASE("binary masks of target and rest part what differs", "[dsp][mask][property]") {
  Parts p;
  p.rest.bins[5] = std::conj(p.target.bins[5]);  // equally large
  const auto target = ideal_mask(IdealMask::kBinary, p.target, p.rest, p.mixture);
  const auto rest = ideal_mask(IdealMask::kBinary, p.rest, p.target, p.mixture);
  for (size_t i = 0; i < target.size(); ++i) {
    CAPTURE(i);
    CHECK(target[i] + rest[i] == (i == 5 ? 0.0F : 1.0F));
  }
}

TEST_CASE("every mask lies in [0, 1] and follows the phase", "[dsp][mask][property]") {
  const Parts p;
  for (const IdealMask kind : kAll) {
    const auto mask = ideal_mask(kind, p.target, p.rest, p.mixture);
    REQUIRE(mask.size() == p.target.bins.size());
    for (const float value : mask) CHECK((value >= 0.0F && value <= 1.0F));
  }
  const auto psm = ideal_mask(IdealMask::kPhaseSensitive, p.target, p.rest, p.mixture);
  for (size_t i = 0; i < psm.size(); ++i) {
    const auto quotient =
        std::complex<double>(p.target.bins[i]) / std::complex<double>(p.mixture.bins[i]);
    const double value = std::abs(quotient) * std::cos(std::arg(quotient));
    CHECK(std::abs(double(psm[i]) - std::min(1.0, std::max(0.0, value))) < 1e-7);
  }
}

TEST_CASE("where nothing sounds every mask is 0", "[dsp][mask]") {
  const auto silence = one_row({{0.0F, 0.0F}});
  for (const IdealMask kind : kAll) {
    CHECK(ideal_mask(kind, silence, silence, silence) == std::vector<float>{0.0F});
  }
}

TEST_CASE("where target and rest cancel, masks are numbers", "[dsp][mask]") {
  const auto target = one_row({{1.0F, 2.0F}});
  const auto rest = one_row({{-1.0F, -2.0F}});
  const auto mixture = sum(target, rest);
  CHECK(ideal_mask(IdealMask::kBinary, target, rest, mixture)[0] == 0.0F);
  CHECK(ideal_mask(IdealMask::kRatio, target, rest, mixture)[0] == 0.5F);
  CHECK(ideal_mask(IdealMask::kAmplitude, target, rest, mixture)[0] == 1.0F);
  CHECK(ideal_mask(IdealMask::kPhaseSensitive, target, rest, mixture)[0] == 0.0F);
}

TEST_CASE("very small and very large bins do not lose a mask", "[dsp][mask]") {
  for (const float scale : {1e-30F, 1.0F, 1e30F}) {
    const auto target = one_row({{3.0F * scale, 0.0F}});
    const auto rest = one_row({{scale, 0.0F}});
    const auto mixture = sum(target, rest);
    CHECK(ideal_mask(IdealMask::kBinary, target, rest, mixture)[0] == 1.0F);
    for (const IdealMask kind :
         {IdealMask::kRatio, IdealMask::kAmplitude, IdealMask::kPhaseSensitive}) {
      CHECK(ideal_mask(kind, target, rest, mixture)[0] == Approx(0.75F));
    }
  }
}

TEST_CASE("a mask is applied bin by bin", "[dsp][mask]") {
  const auto spectrogram = one_row({{1.0F, -2.0F}, {4.0F, 8.0F}, {3.0F, 3.0F}});
  const auto masked = sep::apply_mask(spectrogram, {1.0F, 0.25F, 0.0F});
  CHECK(masked.bins ==
        std::vector<std::complex<float>>{{1.0F, -2.0F}, {1.0F, 2.0F}, {0.0F, 0.0F}});
  CHECK(masked.num_frames == 1);
  CHECK(masked.num_bins == 3);
}

TEST_CASE("shapes that differ are refused", "[dsp][mask]") {
  const Parts p;
  auto other = make_noise_bins(2, 9, 11, "other");
  for (const IdealMask kind : kAll) {
    CHECK_THROWS_AS(ideal_mask(kind, other, p.rest, p.mixture), sep::Error);
    CHECK_THROWS_AS(ideal_mask(kind, p.target, other, p.mixture), sep::Error);
    CHECK_THROWS_AS(ideal_mask(kind, p.target, p.rest, other), sep::Error);
  }
  CHECK_THROWS_AS(sep::apply_mask(p.mixture, std::vector<float>(3)), sep::Error);
}

TEST_CASE("masks are named as in the tables", "[dsp][mask]") {
  CHECK(sep::enum_name(IdealMask::kBinary) == "ibm");
  CHECK(sep::enum_name(IdealMask::kRatio) == "irm");
  CHECK(sep::enum_name(IdealMask::kAmplitude) == "iam");
  CHECK(sep::enum_name(IdealMask::kPhaseSensitive) == "psm");
}
