#pragma once

#include <filesystem>
#include <map>
#include <vector>

#include "libsep/core/signal.h"
#include "libsep/core/stem_name.h"
#include "libsep/model/model_file.h"

namespace sep {

/// Mixture in, stems out, with one trained model an instrument.
///
///     const auto separator = sep::Separator::load("fold-01/violin/best.safetensors");
///     const auto stems = separator.separate(sep::read_audio("quartet.wav"));
///     sep::write_audio("violin.wav", stems.at("violin"), sep::SampleFormat::kFloat32);
class Separator {
 public:
  /// Models that lie on another device or are in training mode are copied: those given stay
  /// as they are. Throws Error for no model, two models of one instrument, or models whose
  /// rates differ.
  explicit Separator(std::vector<LoadedModel> models, torch::Device device = torch::kCPU);

  /// Throws Error with the file where it is no model or a damaged one, and where the
  /// constructor does.
  static Separator load(const std::filesystem::path& model_file,
                        torch::Device device = torch::kCPU);
  static Separator load(const std::vector<std::filesystem::path>& model_files,
                        torch::Device device = torch::kCPU);

  int64_t sample_rate() const;  ///< Hz, of the models
  const std::vector<LoadedModel>& models() const { return models_; }
  const torch::Device& device() const { return device_; }

  /// Each instrument's estimate, (C, N) as the mixture: the mask that the network finds
  /// in a channel's magnitudes times that channel's complex spectrogram, all at once.
  /// Any number of threads. Throws Error where the rate is not sample_rate().
  std::map<StemName, Signal> separate(const Signal& mixture) const;

 private:
  std::vector<LoadedModel> models_;
  torch::Device device_;
};

}  // namespace sep
