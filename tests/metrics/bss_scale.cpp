#include "libsep/metrics/bss_scale.h"

#include <cmath>

#include "tests/metrics/scores.h"
#include "tests/support/catch.h"

using sep::score_estimate;

namespace {

// Sums of some thousand products in double err by 1e-13 of their value, 1e-12 dB; a
// part 80 dB below the target loses eight more digits where it is a difference.
constexpr double kTolerance = 1e-7;

double db(double ratio) { return 10.0 * std::log10(ratio); }

Values shifted(Values values, double offset) {
  for (double& value : values) value += offset;
  return values;
}

void check_same(const sep::Scores& a, const sep::Scores& b) {
  for (const auto& [name, score] : all_scores()) {
    CAPTURE(name);
    CHECK(a.*score == Approx(b.*score).margin(kTolerance));
  }
}

long double exact_dot(const Values& a, const Values& b) {
  long double sum = 0.0L;
  for (size_t n = 0; n < a.size(); ++n) {
    sum += static_cast<long double>(a[n]) * static_cast<long double>(b[n]);
  }
  return sum;
}

Values centred(const Values& values) {
  long double sum = 0.0L;
  for (const double value : values) sum += static_cast<long double>(value);
  return shifted(values, -double(sum / static_cast<long double>(values.size())));
}

// b = (R^T R)^-1 R^T r as the header has it, by Cramer's rule; gives SI-SIR and SI-SAR.
std::pair<double, double> parts_by_formula(const Values& s,
                                           const Values& rest,
                                           const Values& e) {
  const double a = double(exact_dot(e, s) / exact_dot(s, s));
  const Values r = combine(1.0, e, -a, s);
  const long double ss = exact_dot(s, s), sr = exact_dot(s, rest),
                    rr = exact_dot(rest, rest);
  const long double rs = exact_dot(r, s), r_rest = exact_dot(r, rest);
  const long double determinant = ss * rr - sr * sr;
  const Values projected = combine(double((rs * rr - r_rest * sr) / determinant),
                                   s,
                                   double((ss * r_rest - sr * rs) / determinant),
                                   rest);
  const Values artefacts = combine(1.0, r, -1.0, projected);
  const double target = a * a * double(ss);
  return {db(target / double(exact_dot(projected, projected))),
          db(target / double(exact_dot(artefacts, artefacts)))};
}

}  // namespace

TEST_CASE("SI-SDR of a sine with orthogonal noise 20 dB below is 20", "[metrics]") {
  const Values s = sine(4000, 5);
  const Values e = combine(1.0, s, 0.1, sine(4000, 77));
  CHECK(sep::si_sdr(s, e) == Approx(20.0).margin(kTolerance));
  const auto scores = score_estimate(s, sine(4000, 9), e);
  CHECK(scores.si_sdr == Approx(20.0).margin(kTolerance));
  CHECK(scores.snr == Approx(20.0).margin(kTolerance));
  CHECK(scores.sd_sdr == Approx(20.0).margin(kTolerance));
  CHECK(scores.si_sar == Approx(20.0).margin(kTolerance));
  CHECK(scores.si_sir > 250.0);  // none of the rest but rounding
  CHECK(scores.srr > 250.0);     // scaled by 1 but for rounding
}

TEST_CASE("scores of known parts and a known gain", "[metrics]") {
  const Values s = sine(6000, 5), rest = sine(6000, 11), artefact = sine(6000, 600);
  for (const double gain : {0.25, 0.9, 1.5, -2.0}) {
    for (const double rest_gain : {0.5, 0.1, 1e-4}) {
      for (const double artefact_gain : {0.3, 1e-2, 1e-4}) {
        CAPTURE(gain, rest_gain, artefact_gain);
        const Values e =
            combine(1.0, combine(gain, s, rest_gain, rest), artefact_gain, artefact);
        const auto scores = score_estimate(s, rest, e);
        const double rest_part = rest_gain * rest_gain;
        const double artefact_part = artefact_gain * artefact_gain;
        const double square = gain * gain;
        const double snr =
            db(1.0 / ((1.0 - gain) * (1.0 - gain) + rest_part + artefact_part));
        const auto near = [](double value) { return Approx(value).margin(kTolerance); };
        CHECK(scores.si_sdr == near(db(square / (rest_part + artefact_part))));
        CHECK(scores.si_sir == near(db(square / rest_part)));
        CHECK(scores.si_sar == near(db(square / artefact_part)));
        CHECK(scores.snr == near(snr));
        CHECK(scores.sd_sdr == near(snr + db(square)));
        CHECK(scores.srr == near(-20.0 * std::log10(std::abs(1.0 - 1.0 / gain))));
      }
    }
  }
}

TEST_CASE("doing nothing is scored on the sum of the references", "[metrics]") {
  const Values s = sine(3000, 4), rest = combine(2.0, sine(3000, 7), 0.0, s);
  const auto scores = score_estimate(s, rest, combine(1.0, s, 0.2, rest));
  CHECK(scores.mix_si_sdr == Approx(db(0.25)).margin(kTolerance));
  CHECK(scores.mix_sd_sdr == Approx(db(0.25)).margin(kTolerance));
  CHECK(scores.mix_snr == Approx(db(0.25)).margin(kTolerance));
  CHECK(scores.si_sdri == Approx(scores.si_sdr - db(0.25)).margin(kTolerance));
  CHECK(scores.sd_sdri == Approx(scores.sd_sdr - db(0.25)).margin(kTolerance));
  CHECK(scores.snri == Approx(scores.snr - db(0.25)).margin(kTolerance));
  const auto nothing = score_estimate(s, rest, combine(1.0, s, 1.0, rest));
  CHECK(nothing.si_sdri == Approx(0.0).margin(kTolerance));
  CHECK(nothing.si_sdr == Approx(nothing.mix_si_sdr).margin(kTolerance));
}

TEST_CASE("interference and artefacts follow the formula when sources correlate",
          "[metrics][property]") {
  for (const size_t length : {3U, 10U, 1000U}) {
    for (const double shared : {0.0, 0.5, -0.9, 30.0}) {
      CAPTURE(length, shared);
      const Values s = centred(noise(length, "s"));
      const Values rest = centred(combine(shared, s, 1.0, noise(length, "rest")));
      const Values e =
          centred(combine(0.7, s, 1.0, combine(0.2, rest, 0.3, noise(length, "artefact"))));
      const auto scores = score_estimate(s, rest, e);
      const auto [sir, sar] = parts_by_formula(s, rest, e);
      CHECK(scores.si_sir == Approx(sir).margin(kTolerance));
      // Three samples without mean have two dimensions: nothing is left but rounding.
      if (length > 3)
        CHECK(scores.si_sar == Approx(sar).margin(kTolerance));
      else
        CHECK(scores.si_sar > 200.0);
    }
  }
}

TEST_CASE("the scale of an estimate moves no SI score", "[metrics][property]") {
  const Values s = noise(500, "s"), rest = noise(500, "rest");
  const Values e = combine(1.0, s, 0.4, noise(500, "e"));
  const auto scores = score_estimate(s, rest, e);
  for (const double scale : {1e-9, 1e-3, 0.3, 1.0, -1.0, 7.0, 1e6}) {
    CAPTURE(scale);
    const auto scaled = score_estimate(s, rest, combine(scale, e, 0.0, e));
    CHECK(scaled.si_sdr == Approx(scores.si_sdr).margin(kTolerance));
    CHECK(scaled.si_sir == Approx(scores.si_sir).margin(kTolerance));
    CHECK(scaled.si_sar == Approx(scores.si_sar).margin(kTolerance));
    CHECK(scaled.si_sdri == Approx(scores.si_sdri).margin(kTolerance));
    CHECK(sep::si_sdr(s, combine(scale, e, 0.0, e)) ==
          Approx(sep::si_sdr(s, e)).margin(kTolerance));
  }
}

TEST_CASE("a common scale and constants move no score", "[metrics][property]") {
  const Values s = noise(500, "s"), rest = noise(500, "rest");
  const Values e = combine(0.8, s, 0.4, noise(500, "e"));
  const auto scores = score_estimate(s, rest, e);
  for (const double scale : {1e-9, 1e-3, -1.0, 7.0, 1e6}) {
    CAPTURE(scale);
    check_same(scores,
               score_estimate(combine(scale, s, 0.0, s),
                              combine(scale, rest, 0.0, s),
                              combine(scale, e, 0.0, s)));
  }
  for (const double offset : {-3.0, 0.1, 40.0}) {
    CAPTURE(offset);
    check_same(
        scores,
        score_estimate(shifted(s, offset), shifted(rest, -2.0 * offset), shifted(e, 5.0)));
  }
}

TEST_CASE("si_sdr alone removes no mean", "[metrics]") {
  const Values s = {1.0, 1.0, 1.0, 1.0};
  const Values e = {1.5, 0.5, 1.5, 0.5};  // s and a quarter of its energy beside it
  CHECK(sep::si_sdr(s, e) == Approx(db(4.0)).margin(kTolerance));
}

TEST_CASE("scores of several channels are their means", "[metrics]") {
  const auto stereo = [](const Values& left, const Values& right) {
    sep::Signal signal;
    signal.num_channels = 2;
    for (const double x : left) signal.samples.push_back(float(x));
    for (const double x : right) signal.samples.push_back(float(x));
    return signal;
  };
  const auto rounded = [](const Values& values) {
    Values result;
    for (const double x : values) result.push_back(double(float(x)));
    return result;
  };
  const Values s = rounded(noise(300, "s")), rest = rounded(noise(300, "rest"));
  // With artefacts above what float rounds, which signals alone have and values have not.
  const Values good =
      rounded(combine(1.0, s, 1.0, combine(0.1, rest, 0.01, noise(300, "good"))));
  const Values bad = rounded(combine(0.5, s, 0.8, noise(300, "bad")));
  const auto left = score_estimate(s, rest, good), right = score_estimate(s, rest, bad);
  const auto both = score_estimate(stereo(s, s), stereo(rest, rest), stereo(good, bad));
  for (const auto& [name, score] : all_scores()) {
    CAPTURE(name);
    CHECK(both.*score == Approx((left.*score + right.*score) / 2.0).margin(kTolerance));
  }
}
