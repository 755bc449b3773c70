#include "libsep/separation/separator.h"

#include <set>

#include "libsep/core/error.h"
#include "libsep/dsp/mask.h"

namespace sep {
namespace {

std::vector<float> estimate_mask(MaskEstimator& model,
                                 const Spectrogram& spectrogram,
                                 const torch::Device& device) {
  const torch::InferenceMode no_gradients;
  auto magnitude = spectrogram.magnitude();
  const auto input = torch::from_blob(magnitude.data(),
                                      {spectrogram.num_channels,
                                       spectrogram.num_frames,
                                       spectrogram.num_bins});  // (C, T, F)
  const auto mask = model.forward(input.to(device)).to(torch::kCPU).contiguous();
  const auto* values = mask.data_ptr<float>();
  return {values, values + mask.numel()};
}

}  // namespace

Separator::Separator(std::vector<LoadedModel> models, torch::Device device)
    : models_(std::move(models)), device_(device) {
  SEP_CHECK(!models_.empty(), "a separator wants at least one model, found none");
  std::set<StemName> instruments;
  for (const auto& [description, model] : models_) {
    SEP_CHECK(instruments.insert(description.instrument).second,
              "two models for {}",
              description.instrument);
    SEP_CHECK(description.sample_rate == sample_rate(),
              "the model for {} wants {} Hz, the one for {} {} Hz",
              description.instrument,
              description.sample_rate,
              models_.front().description.instrument,
              sample_rate());
    model->to(device_);
    model->eval();
  }
}

Separator Separator::load(const std::filesystem::path& model_file, torch::Device device) {
  return load(std::vector<std::filesystem::path>{model_file}, device);
}

Separator Separator::load(const std::vector<std::filesystem::path>& model_files,
                          torch::Device device) {
  std::vector<LoadedModel> models;
  for (const auto& file : model_files) models.push_back(load_model(file));
  return Separator(std::move(models), device);
}

int64_t Separator::sample_rate() const { return models_.front().description.sample_rate; }

std::map<StemName, Signal> Separator::separate(const Signal& mixture) const {
  SEP_CHECK(mixture.sample_rate == sample_rate(),
            "the mixture has {} Hz, the models want {} Hz",
            mixture.sample_rate,
            sample_rate());
  std::map<StemName, Signal> stems;
  std::map<std::pair<int64_t, int64_t>, Spectrogram> spectrograms;
  for (const auto& [description, model] : models_) {
    const Stft stft(description.stft);
    const auto key =
        std::make_pair(stft.options().window_length, stft.options().hop_length);
    if (spectrograms.count(key) == 0) spectrograms.emplace(key, stft.forward(mixture));
    const auto& spectrogram = spectrograms.at(key);
    const auto mask = estimate_mask(*model, spectrogram, device_);
    stems[description.instrument] = stft.inverse(
        apply_mask(spectrogram, mask), mixture.num_samples(), mixture.sample_rate);
  }
  return stems;
}

}  // namespace sep
