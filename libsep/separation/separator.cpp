#include "libsep/separation/separator.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "libsep/audio/resample.h"
#include "libsep/core/bounds.h"
#include "libsep/core/error.h"
#include "libsep/core/threads.h"
#include "libsep/model/serial_math.h"
#include "libsep/separation/detail/network_estimates.h"
#include "libsep/separation/detail/other_passes.h"

namespace sep {
namespace {

/// The model itself where nothing need be done to it, else a copy.
std::shared_ptr<Network> model_on(const LoadedModel& loaded, const torch::Device& device) {
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

std::string key_of(const StftOptions& stft) { return write_config(stft); }

/// Of the mixture, one for all models of equal settings.
std::map<std::string, Spectrogram> spectrograms_of(const std::vector<LoadedModel>& models,
                                                   const Signal& mixture) {
  std::map<std::string, Spectrogram> spectrograms;
  for (const auto& [description, model] : models) {
    const auto key = key_of(description.stft);
    if (model->domain() == NetworkDomain::kWaveform || spectrograms.count(key) > 0)
      continue;
    spectrograms.emplace(key, Stft(description.stft).forward(mixture));
  }
  return spectrograms;
}

}  // namespace

void SeparatorOptions::validate() const {
  check_bounds("num_passes", num_passes, 1, kMostPasses);
}

void SeparatorOptions::check(const LoadedModel& model) const {
  const auto& network = *model.model;
  const bool knows = network.domain() == NetworkDomain::kMagnitude &&
                     network.level() == InputLevel::kUnitRms &&
                     !network.training_spectrum().empty();
  SEP_CHECK(!match_spectrum || knows,
            "the model for {} does not know the spectrum of its training, which recordings "
            "are to be matched to: a joint_blstm does",
            fmt::join(model.description.stem_names(), ", "));
}

Separator::Separator(std::vector<LoadedModel> models,
                     torch::Device device,
                     const SeparatorOptions& options)
    : models_(std::move(models)), device_(device), options_(options) {
  options_.validate();
  SEP_CHECK(!models_.empty(), "a separator wants at least one model, found none");
  for (auto& loaded : models_) {
    const auto& description = loaded.description;
    for (const auto& name : description.stem_names()) {
      SEP_CHECK(stems_.insert(name).second, "two models for {}", name);
    }
    SEP_CHECK(description.sample_rate == sample_rate(),
              "the model for {} wants {} Hz, the one for {} {} Hz",
              description.instrument,
              description.sample_rate,
              models_.front().description.instrument,
              sample_rate());
    options_.check(loaded);
    loaded.model = model_on(loaded, device_);
  }
}

Separator Separator::load(const std::filesystem::path& model_file,
                          torch::Device device,
                          const SeparatorOptions& options) {
  return load(std::vector<std::filesystem::path>{model_file}, device, options);
}

Separator Separator::load(const std::vector<std::filesystem::path>& model_files,
                          torch::Device device,
                          const SeparatorOptions& options) {
  std::vector<LoadedModel> models;
  for (const auto& file : model_files) models.push_back(load_model(file));
  return Separator(std::move(models), device, options);
}

int64_t Separator::sample_rate() const { return models_.front().description.sample_rate; }

std::map<StemName, Signal> Separator::separate(const Signal& mixture) const {
  SEP_CHECK(mixture.sample_rate == sample_rate(),
            "the mixture has {} Hz, the models want {} Hz",
            mixture.sample_rate,
            sample_rate());
  detail::check_finite(mixture);
  auto stems = separate_once(mixture);
  if (options_.num_passes == 1) return stems;
  for (const auto rate : detail::pass_rates(sample_rate(), options_.num_passes)) {
    const auto there = resample(detail::with_rate(mixture, rate), sample_rate());
    for (const auto& [name, estimate] : separate_once(there)) {
      detail::add_to(stems.at(name), resample(estimate, rate));
    }
  }
  detail::scale(stems, 1.0 / static_cast<double>(options_.num_passes));
  return stems;
}

std::map<StemName, Signal> Separator::separate_once(const Signal& mixture) const {
  const auto spectrograms = spectrograms_of(models_, mixture);
  const double level = rms(mixture);
  std::vector<std::vector<Signal>> estimates(models_.size());
  const SerialMath serial;
  const int64_t num_side_by_side = device_.is_cpu() ? 0 : 1;
  parallel_for(static_cast<int64_t>(models_.size()), num_side_by_side, [&](int64_t i) {
    const SerialThread serial_here;
    const auto& loaded = models_[static_cast<size_t>(i)];
    const auto& [description, model] = loaded;
    auto& stems = estimates[static_cast<size_t>(i)];
    const auto key = key_of(description.stft);
    const auto scaling = detail::input_scaling(
        loaded,
        mixture.num_channels,
        level,
        options_.match_spectrum,
        [&](const detail::UseFrames& use) { use(spectrograms.at(key)); });
    if (model->domain() == NetworkDomain::kWaveform) {
      stems = detail::separate_waveform(*model, mixture, scaling.gain, device_);
      return;
    }
    const auto& spectrogram = spectrograms.at(key);
    const Stft stft(description.stft);
    for (const auto& bins :
         detail::separate_spectrogram(*model, spectrogram, scaling, device_)) {
      stems.push_back(stft.inverse(bins, mixture.num_samples(), mixture.sample_rate));
    }
  });
  std::map<StemName, Signal> stems;
  for (size_t i = 0; i < models_.size(); ++i) {
    const auto names = models_[i].description.stem_names();
    for (size_t s = 0; s < names.size(); ++s) stems[names[s]] = std::move(estimates[i][s]);
  }
  return stems;
}

}  // namespace sep
