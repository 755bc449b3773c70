#include "libsep/synthesis/detail/varied_noise.h"

#include <algorithm>
#include <cmath>

namespace sep::music {
namespace {

constexpr double kTwoPi = 6.283185307179586;
constexpr double kRoot12 = 3.4641016151377544;  // of a uniform number with variance 1

double from_db(double db) { return std::pow(10.0, db / 20.0); }

// White noise between two slopes of 6 dB an octave, of variance 1 nearly.
class ColouredNoise {
 public:
  ColouredNoise(double high_pass_hz, double low_pass_hz, double rate)
      : high_(1.0 - std::exp(-kTwoPi * high_pass_hz / rate)),
        low_(1.0 - std::exp(-kTwoPi * low_pass_hz / rate)),
        scale_(kRoot12 * std::sqrt((2.0 - low_) / low_)) {}

  double step(RandomStream& random) {
    band_ += low_ * (scale_ * (random.uniform() - 0.5) - band_);
    below_ += high_ * (band_ - below_);
    return band_ - below_;
  }

 private:
  double high_;
  double low_;
  double scale_;
  double band_ = 0.0;
  double below_ = 0.0;
};

// Of bursts that begin at onsets and die away: what is to be multiplied with noise.
class Bursts {
 public:
  Bursts(const std::vector<PlayedNote>& notes, double rate, RandomStream& random)
      : notes_(notes),
        rate_(rate),
        level_(from_db(random.uniform(-48.0, -16.0))),
        rise_(1.0 - std::exp(-1.0 / (0.003 * rate))),
        fall_(std::exp(-1.0 / (0.004 * std::pow(10.0, random.uniform()) * rate))) {}

  double step(size_t n, RandomStream& random) {
    while (next_ < notes_.size() &&
           notes_[next_].onset_seconds * rate_ <= static_cast<double>(n)) {
      wanted_ = level_ * from_db(5.0 * random.normal());
      ++next_;
    }
    wanted_ = wanted_ < 1e-9 ? 0.0 : wanted_ * fall_;
    value_ += rise_ * (wanted_ - value_);
    return value_;
  }

 private:
  const std::vector<PlayedNote>& notes_;
  double rate_;
  double level_;
  double rise_;
  double fall_;
  size_t next_ = 0;
  double wanted_ = 0.0;
  double value_ = 0.0;
};

}  // namespace

void add_breath(Signal& signal,
                const std::vector<PlayedNote>& notes,
                double amount,
                RandomStream& random) {
  const auto rate = static_cast<double>(signal.sample_rate);
  const double level = rms(signal);
  const double breath = amount * from_db(random.uniform(-58.0, -30.0));
  const double high_pass = 80.0 * std::pow(15.0, random.uniform());
  const double low_pass = 900.0 * std::pow(9.0, random.uniform());
  ColouredNoise noise(high_pass, low_pass, rate);
  Bursts bursts(notes, rate, random);
  const double follow = 1.0 - std::exp(-1.0 / (0.015 * rate));
  double envelope = 1e-9;
  for (size_t n = 0; n < signal.samples.size(); ++n) {
    const auto x = static_cast<double>(signal.samples[n]);
    envelope += follow * (std::abs(x) + 1e-12 - envelope);
    const double gain = breath * envelope + amount * level * bursts.step(n, random);
    signal.samples[n] = static_cast<float>(x + gain * noise.step(random));
  }
}

void add_floor(Signal& signal, double amount, RandomStream& random) {
  const auto rate = static_cast<double>(signal.sample_rate);
  const double level = amount * rms(signal);
  const double gain = level * from_db(random.uniform(-88.0, -58.0));
  ColouredNoise noise(20.0, 300.0 * std::pow(25.0, random.uniform()), rate);
  const bool hums = random.uniform() < 0.4;
  const double hum = hums ? level * from_db(random.uniform(-75.0, -48.0)) : 0.0;
  const double step = kTwoPi * (random.uniform() < 0.5 ? 50.0 : 60.0) / rate;
  const double third = random.uniform(0.0, 0.7);
  for (size_t n = 0; n < signal.samples.size(); ++n) {
    const double phase = step * static_cast<double>(n);
    const double tone = hums ? hum * (std::sin(phase) + third * std::sin(2.0 * phase) +
                                      0.5 * third * std::sin(3.0 * phase))
                             : 0.0;
    signal.samples[n] += static_cast<float>(gain * noise.step(random) + tone);
  }
}

}  // namespace sep::music
