#include "libsep/separation/separator.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "libsep/core/error.h"
#include "libsep/core/threads.h"
#include "libsep/dsp/mask.h"
#include "libsep/model/serial_math.h"

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

/// The model itself where nothing need be done to it, else a copy.
std::shared_ptr<MaskEstimator> model_on(const LoadedModel& loaded,
                                        const torch::Device& device) {
  const auto parameters = loaded.model->parameters();
  const auto is_there = [&](const torch::Tensor& tensor) {
    return tensor.device() == device;
  };
  if (!loaded.model->is_training() &&
      std::all_of(parameters.begin(), parameters.end(), is_there)) {
    return loaded.model;
  }
  auto copy = copy_model(loaded);
  copy->to(device);
  copy->eval();
  return copy;
}

}  // namespace

Separator::Separator(std::vector<LoadedModel> models, torch::Device device)
    : models_(std::move(models)), device_(device) {
  SEP_CHECK(!models_.empty(), "a separator wants at least one model, found none");
  std::set<StemName> instruments;
  for (auto& loaded : models_) {
    const auto& description = loaded.description;
    SEP_CHECK(instruments.insert(description.instrument).second,
              "two models for {}",
              description.instrument);
    SEP_CHECK(description.sample_rate == sample_rate(),
              "the model for {} wants {} Hz, the one for {} {} Hz",
              description.instrument,
              description.sample_rate,
              models_.front().description.instrument,
              sample_rate());
    loaded.model = model_on(loaded, device_);
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
  using Key = std::tuple<int64_t, int64_t, StftWindow>;
  const auto key_of = [](const StftOptions& stft) {
    return Key{stft.window_length, stft.hop_length, stft.window};
  };
  std::map<Key, Spectrogram> spectrograms;
  for (const auto& [description, model] : models_) {
    const auto key = key_of(description.stft);
    if (spectrograms.count(key) == 0) {
      spectrograms.emplace(key, Stft(description.stft).forward(mixture));
    }
  }
  std::vector<Signal> estimates(models_.size());
  const SerialMath serial;
  const int64_t num_side_by_side = device_.is_cpu() ? 0 : 1;
  parallel_for(static_cast<int64_t>(models_.size()), num_side_by_side, [&](int64_t i) {
    const SerialThread serial_here;
    const auto& [description, model] = models_[static_cast<size_t>(i)];
    const auto& spectrogram = spectrograms.at(key_of(description.stft));
    const auto mask = estimate_mask(*model, spectrogram, device_);
    estimates[static_cast<size_t>(i)] =
        Stft(description.stft)
            .inverse(
                apply_mask(spectrogram, mask), mixture.num_samples(), mixture.sample_rate);
  });
  std::map<StemName, Signal> stems;
  for (size_t i = 0; i < models_.size(); ++i) {
    stems[models_[i].description.instrument] = std::move(estimates[i]);
  }
  return stems;
}

}  // namespace sep
