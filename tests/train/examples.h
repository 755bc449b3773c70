#pragma once

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "libsep/core/random.h"
#include "libsep/mixing/mixture_dataset.h"
#include "libsep/train/trainer.h"

/// Mixtures of a high and a low tone in noise, 0.1 s each, for trainings of seconds.
inline std::vector<sep::Mixture> small_mixtures(int64_t count, uint64_t seed) {
  std::vector<sep::Mixture> mixtures;
  for (int64_t i = 0; i < count; ++i) {
    sep::RandomStream random(seed, "mixture", {i});
    const auto tone = [&](double low, double high) {
      const double hertz = random.uniform(low, high);
      auto signal = sep::make_silence(1, 4410, 44100);
      for (size_t n = 0; n < signal.samples.size(); ++n) {
        signal.samples[n] = static_cast<float>(
            0.2 * std::sin(2 * M_PI * hertz * static_cast<double>(n) / 44100) +
            0.005 * random.normal());
      }
      return signal;
    };
    sep::Mixture mixture;
    mixture.stems["bassoon"] = tone(300, 2000);
    mixture.stems["violin"] = tone(6000, 12000);
    mixture.mixture = sep::mix({&mixture.stems["bassoon"], &mixture.stems["violin"]});
    mixtures.push_back(mixture);
  }
  return mixtures;
}

inline const sep::StftOptions& small_stft() {
  static const sep::StftOptions options{64, 32};
  return options;
}

inline sep::MixtureDataset small_dataset(int64_t count, uint64_t seed) {
  return {small_mixtures(count, seed), "violin", sep::TargetRule::kByName, small_stft(), 1};
}

/// A training of a tiny model into `folder`.
inline sep::TrainingSetup small_setup(const std::filesystem::path& folder) {
  sep::TrainingSetup setup;
  setup.description.stft = small_stft();
  setup.description.instrument = "violin";
  setup.description.fold = 1;
  setup.description.mask_inference.hidden_size = 7;
  setup.description.mask_inference.num_layers = 2;
  setup.description.mask_inference.dropout = 0.2;
  setup.options.batch_size = 2;
  setup.options.iterations_per_epoch = 4;
  setup.options.num_epochs = 3;
  setup.options.optimizer.options<sep::AdamOptions>().learning_rate = 1e-2;
  setup.init_seed = 11;
  setup.dropout_seed = 12;
  setup.folder = folder;
  return setup;
}

/// Asks to stop once a number of iterations is done.
class StopAfter : public sep::Progress {
 public:
  explicit StopAfter(int64_t iterations) : iterations_(iterations) {}
  void update(int64_t done, const std::string&) override { done_ = done; }
  bool stop_requested() const override { return done_ >= iterations_; }

 private:
  int64_t iterations_;
  int64_t done_ = 0;
};

/// All of a file, which must be there.
inline std::string bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path.string() + ": is missing");
  return {std::istreambuf_iterator<char>(file), {}};
}
