#include "libsep/mixing/augmentation.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "libsep/core/bounds.h"
#include "libsep/dsp/stft.h"

namespace sep {
namespace {

constexpr double kLowestPoint = 31.25;  // Hz
constexpr size_t kNumPoints = 10;
constexpr double kWindowSeconds = 0.08;

float factor(double db) { return static_cast<float>(std::pow(10.0, db / 20.0)); }

class Gain : public Augmentation {
 public:
  explicit Gain(const Range& gain_db) : gain_db_(gain_db) {}

  Signal apply(Signal stem, RandomStream& random) const override {
    const float gain = factor(random.uniform(gain_db_.low, gain_db_.high));
    for (float& x : stem.samples) x *= gain;
    return stem;
  }

 private:
  Range gain_db_;
};

class Polarity : public Augmentation {
 public:
  explicit Polarity(double chance) : chance_(chance) {}

  Signal apply(Signal stem, RandomStream& random) const override {
    if (random.uniform() >= chance_) return stem;
    for (float& x : stem.samples) x = -x;
    return stem;
  }

 private:
  double chance_;
};

StftOptions equalizer_transform(int64_t sample_rate) {
  int64_t length = 64;
  while (length < 65536 &&
         static_cast<double>(length) < kWindowSeconds * static_cast<double>(sample_rate)) {
    length *= 2;
  }
  return {length, length / 2};
}

class Equalizer : public Augmentation {
 public:
  Equalizer(double deviation_db, int64_t sample_rate)
      : deviation_db_(deviation_db),
        sample_rate_(sample_rate),
        stft_(equalizer_transform(sample_rate)) {}

  Signal apply(Signal stem, RandomStream& random) const override {
    const auto gains = bin_gains(random);
    auto spectrogram = stft_.forward(stem);
    for (size_t i = 0; i < spectrogram.bins.size(); i += gains.size()) {
      for (size_t f = 0; f < gains.size(); ++f) spectrogram.bins[i + f] *= gains[f];
    }
    return stft_.inverse(spectrogram, stem.num_samples(), stem.sample_rate);
  }

 private:
  std::vector<float> bin_gains(RandomStream& random) const {
    std::vector<double> points;
    for (size_t i = 0; i < kNumPoints; ++i) {
      points.push_back(deviation_db_ * random.normal());
    }
    std::vector<float> gains;
    const auto length = static_cast<double>(stft_.options().window_length);
    for (int64_t f = 0; f < stft_.options().num_bins(); ++f) {
      const double hertz = static_cast<double>(f * sample_rate_) / length;
      const double octaves = std::log2(std::max(hertz, kLowestPoint) / kLowestPoint);
      const double at = std::min(octaves, static_cast<double>(kNumPoints - 1));
      const auto below = std::min(static_cast<size_t>(at), kNumPoints - 2);
      const double part = at - static_cast<double>(below);
      gains.push_back(factor((1.0 - part) * points[below] + part * points[below + 1]));
    }
    return gains;
  }

  double deviation_db_;
  int64_t sample_rate_;
  Stft stft_;
};

}  // namespace

void GainOptions::validate() const { check_bounds("gain_db", gain_db, -100.0, 100.0); }

void EqualizerOptions::validate() const {
  check_bounds("deviation_db", deviation_db, 0.0, 40.0);
}

void PolarityOptions::validate() const { check_bounds("chance", chance, 0.0, 1.0); }

std::shared_ptr<const Augmentation> make_gain(const GainOptions& options,
                                              int64_t /*sample_rate*/) {
  options.validate();
  return std::make_shared<Gain>(options.gain_db);
}

std::shared_ptr<const Augmentation> make_equalizer(const EqualizerOptions& options,
                                                   int64_t sample_rate) {
  options.validate();
  return std::make_shared<Equalizer>(options.deviation_db, sample_rate);
}

std::shared_ptr<const Augmentation> make_polarity(const PolarityOptions& options,
                                                  int64_t /*sample_rate*/) {
  options.validate();
  return std::make_shared<Polarity>(options.chance);
}

AugmentationRegistry& augmentations() {
  static auto* const registry = [] {
    auto* made = new AugmentationRegistry("augmentation");
    add_augmentations(*made);
    return made;
  }();
  return *registry;
}

void add_augmentations(AugmentationRegistry& registry) {
  registry.add<EqualizerOptions>(
      "equalizer", "a random filter, points an octave apart", make_equalizer);
  registry.add<GainOptions>("gain", "a random level", make_gain);
  registry.add<PolarityOptions>("polarity", "the other sign, by chance", make_polarity);
}

}  // namespace sep
