#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <vector>

#include "libsep/core/signal.h"
#include "libsep/core/stem_name.h"
#include "libsep/model/model_file.h"

namespace sep {

/// What a separator does beside running its models once.
struct SeparatorOptions {
  static constexpr int64_t kMostPasses = 9;

  /// 1 … kMostPasses. In several passes the models hear the recording as it is, 3 % faster,
  /// 3 % slower, 6 % faster and so on (as a tape runs, pitch and all); the estimates, back
  /// at its own speed, are averaged. Their errors differ more than what they have right
  /// does: three passes are worth some 0.4 dB of SI-SDR (experiments/quartet), at three
  /// times the work.
  int64_t num_passes = 1;

  /// Whether the models hear the recording equalised to the spectrum of their training
  /// (dsp/long_term_spectrum.h, differences smoothed over 270 Hz); their masks are of the
  /// recording as it is. For recordings of other microphones, rooms and instruments than
  /// those of the training (docs/separate.md has figures).
  bool match_spectrum = false;

  /// Throws ConfigError for num_passes outside of its bounds.
  void validate() const;

  /// Throws Error where a model cannot be run so: a spectrum is to be matched, and it does
  /// not know that of its training (Network::training_spectrum()).
  void check(const LoadedModel& model) const;
};

/// Mixture in, stems out, with trained models: one an instrument, one of several stems, or
/// any of them together.
///
///     const auto separator = sep::Separator::load("fold-01/violin/best.safetensors");
///     const auto stems = separator.separate(sep::read_audio("quartet.wav"));
///     sep::write_audio("violin.wav", stems.at("violin"), sep::SampleFormat::kFloat32);
class Separator {
 public:
  /// Models that lie on another device or are in training mode are copied: those given stay
  /// as they are. Throws Error for no model, two models of one stem, or models whose rates
  /// differ, and for models that do not know the spectrum that is to be matched
  /// (Network::training_spectrum()); ConfigError where options.validate() does.
  explicit Separator(std::vector<LoadedModel> models,
                     torch::Device device = torch::kCPU,
                     const SeparatorOptions& options = {});

  /// Throws Error with the file where it is no model or a damaged one, and where the
  /// constructor does.
  static Separator load(const std::filesystem::path& model_file,
                        torch::Device device = torch::kCPU,
                        const SeparatorOptions& options = {});
  static Separator load(const std::vector<std::filesystem::path>& model_files,
                        torch::Device device = torch::kCPU,
                        const SeparatorOptions& options = {});

  int64_t sample_rate() const;  ///< Hz, of the models
  const std::vector<LoadedModel>& models() const { return models_; }
  const torch::Device& device() const { return device_; }
  const SeparatorOptions& options() const { return options_; }

  /// What separate() gives, sorted.
  const std::set<StemName>& stems() const { return stems_; }

  /// Each stem's estimate, (C, N) as the mixture, all of it at once: the mask that the
  /// network finds for a channel times that channel's complex spectrogram, or the samples
  /// that a network of waveforms gives. A network that wants it (InputLevel::kUnitRms)
  /// hears the mixture at a root mean square of 1, taken over all of it and all channels;
  /// the estimates have the mixture's own level. So a louder mixture gives louder stems,
  /// and nothing else. Any number of threads. Throws Error where the rate is not
  /// sample_rate(), and for samples that are not finite.
  std::map<StemName, Signal> separate(const Signal& mixture) const;

 private:
  std::map<StemName, Signal> separate_once(const Signal& mixture) const;

  std::vector<LoadedModel> models_;
  torch::Device device_;
  SeparatorOptions options_;
  std::set<StemName> stems_;
};

}  // namespace sep
