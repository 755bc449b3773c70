#include "libsep/train/waveform_batches.h"

#include <torch/torch.h>

#include <algorithm>

#include "libsep/core/error.h"
#include "libsep/mixing/spectral_batch.h"

namespace sep {
namespace {

torch::Tensor tensor_of(std::vector<float>&& values, const std::vector<int64_t>& shape) {
  auto* const kept = new std::vector<float>(std::move(values));
  return torch::from_blob(
      kept->data(), shape, [kept](void*) { delete kept; }, torch::kFloat32);
}

/// (B, C, N) of the mixtures, (B, S, C, N) of the stems, each times its factor.
void add_waves(const std::vector<WaveformExample>& examples,
               const std::vector<double>& factors,
               LossInput& known) {
  const auto& first = examples.front();
  const auto count = static_cast<int64_t>(examples.size());
  const int64_t size = first.num_channels * first.num_samples;
  const int64_t num_stems = static_cast<int64_t>(first.stems.size()) / size;
  known.mixture_waves = torch::empty({count, first.num_channels, first.num_samples});
  known.target_waves =
      torch::empty({count, num_stems, first.num_channels, first.num_samples});
  for (size_t i = 0; i < examples.size(); ++i) {
    const auto row = static_cast<int64_t>(i);
    const auto scale = [factor = static_cast<float>(factors[i])](float x) {
      return factor * x;
    };
    const auto& [mixture, stems] = std::tie(examples[i].mixture, examples[i].stems);
    std::transform(
        mixture.begin(), mixture.end(), known.mixture_waves[row].data_ptr<float>(), scale);
    std::transform(
        stems.begin(), stems.end(), known.target_waves[row].data_ptr<float>(), scale);
  }
}

void add_bins(const std::vector<WaveformExample>& examples,
              const BatchRecipe& recipe,
              LossInput& known) {
  SpectralBatchOptions options;
  options.level =
      recipe.level == InputLevel::kUnitRms ? MixtureLevel::kUnitRms : MixtureLevel::kAsIs;
  options.num_bins = recipe.num_bins;
  options.magnitudes = recipe.needs.magnitudes;
  options.phase = recipe.needs.phase;
  auto bins = spectral_batch(examples, Stft(recipe.stft), options);
  SEP_CHECK(bins.num_channels == 1,
            "examples of {} channels: a network of bins learns from mono ones",
            bins.num_channels);
  const std::vector<int64_t> shape = {
      bins.num_examples, bins.num_stems, bins.num_frames, bins.num_bins};
  known.mixture = tensor_of(std::move(bins.mixture), {shape[0], shape[2], shape[3]});
  if (recipe.needs.magnitudes) known.targets = tensor_of(std::move(bins.targets), shape);
  if (!recipe.needs.phase) return;
  known.projections = tensor_of(std::move(bins.projections), shape);
  known.target_energies = tensor_of(std::move(bins.target_energies), {shape[0], shape[1]});
  known.mixture_energy = tensor_of(std::move(bins.mixture_energies), {shape[0]});
}

std::vector<double> factors_of(const std::vector<WaveformExample>& examples,
                               InputLevel level) {
  std::vector<double> factors(examples.size(), 1.0);
  if (level == InputLevel::kAsIs) return factors;
  std::transform(examples.begin(), examples.end(), factors.begin(), [](const auto& x) {
    return level_factor(x, MixtureLevel::kUnitRms);
  });
  return factors;
}

/// The mixtures' spectra, (B, T, F).
torch::Tensor spectra_of(const std::vector<WaveformExample>& examples,
                         const std::vector<double>& factors,
                         const StftOptions& options) {
  const Stft stft(options);
  std::vector<torch::Tensor> rows(examples.size());
  parallel_for(static_cast<int64_t>(examples.size()), 0, [&](int64_t i) {
    const auto k = static_cast<size_t>(i);
    SEP_CHECK(examples[k].num_channels == 1,
              "examples of {} channels: a network of bins learns from mono ones",
              examples[k].num_channels);
    Signal mixture{1, examples[k].sample_rate, examples[k].mixture};
    for (auto& x : mixture.samples) x *= static_cast<float>(factors[k]);
    auto spectrum = stft.forward(mixture);
    rows[k] = torch::from_blob(spectrum.bins.data(),
                               {spectrum.num_frames, spectrum.num_bins},
                               torch::kComplexFloat)
                  .clone();
  });
  return torch::stack(rows);
}

void move_to(const torch::Device& device, LossInput& known) {
  for (auto* tensor : {&known.mixture,
                       &known.targets,
                       &known.projections,
                       &known.target_energies,
                       &known.mixture_energy,
                       &known.target_waves,
                       &known.mixture_waves}) {
    if (tensor->defined()) *tensor = tensor->to(device);
  }
}

}  // namespace

BatchRecipe::BatchRecipe(const Network& network,
                         const StftOptions& stft_options,
                         const LossNeeds& loss_needs)
    : domain(network.domain()),
      level(network.level()),
      num_bins(domain == NetworkDomain::kWaveform
                   ? 0
                   : std::min(network.num_bins(), stft_options.num_bins())),
      stft(stft_options),
      needs(loss_needs) {}

Batch make_batch(const std::vector<WaveformExample>& examples,
                 const BatchRecipe& recipe,
                 const torch::Device& device) {
  SEP_CHECK(!examples.empty(), "a batch of no examples");
  Batch batch;
  const bool is_waveform = recipe.domain == NetworkDomain::kWaveform;
  const bool is_spectrum = recipe.domain == NetworkDomain::kSpectrum;
  if (recipe.domain == NetworkDomain::kMagnitude) add_bins(examples, recipe, batch.known);
  if (is_waveform || is_spectrum || recipe.needs.waveforms) {
    const auto factors = factors_of(examples, recipe.level);
    add_waves(examples, factors, batch.known);
    if (!is_waveform) {
      batch.stft = recipe.stft;
      batch.spectrum = spectra_of(examples, factors, recipe.stft).to(device);
    }
  }
  move_to(device, batch.known);
  if (is_waveform) {
    batch.input = batch.known.mixture_waves;
  } else if (is_spectrum) {
    batch.input = batch.spectrum.narrow(2, 0, recipe.num_bins);
  } else {
    batch.input = batch.known.mixture;
  }
  return batch;
}

WaveformBatches::WaveformBatches(const WaveformExamples& examples,
                                 const BatchRecipe& recipe,
                                 const SamplingOptions& sampling,
                                 int64_t num_iterations,
                                 const torch::Device& device)
    : examples_(examples),
      recipe_(recipe),
      sampling_(sampling),
      device_(device),
      ahead_([this](int64_t iteration) { return make(iteration); }, {1, num_iterations}) {}

Batch WaveformBatches::batch(int64_t iteration) { return ahead_.next(iteration); }

Batch WaveformBatches::make(int64_t iteration) const {
  std::vector<int64_t> numbers;
  const auto size = examples_.size();
  if (size) {
    numbers = sample_examples(sampling_, *size, iteration);
  } else {
    for (int64_t i = 0; i < sampling_.batch_size; ++i) numbers.push_back(i);
  }
  std::vector<WaveformExample> examples(numbers.size());
  parallel_for(static_cast<int64_t>(numbers.size()), 0, [&](int64_t i) {
    const auto k = static_cast<size_t>(i);
    examples[k] = examples_.get(size ? 0 : iteration, numbers[k]);
  });
  auto batch = make_batch(examples, recipe_, device_);
  batch.examples = std::move(numbers);
  return batch;
}

WaveformValidation::WaveformValidation(const WaveformExamples& examples,
                                       const BatchRecipe& recipe,
                                       int64_t batch_size,
                                       const torch::Device& device)
    : examples_(examples),
      recipe_(recipe),
      batch_size_(batch_size),
      device_(device),
      size_(examples.size().value_or(0)) {
  SEP_CHECK(size_ >= 1, "no examples to validate on, wants at least one");
  SEP_CHECK(batch_size >= 1, "batches of {} examples: wants at least 1", batch_size);
}

int64_t WaveformValidation::num_batches() const {
  return (size_ + batch_size_ - 1) / batch_size_;
}

Batch WaveformValidation::batch(int64_t index) const {
  std::vector<WaveformExample> examples;
  std::vector<int64_t> numbers;
  const int64_t end = std::min(size_, (index + 1) * batch_size_);
  for (int64_t i = index * batch_size_; i < end; ++i) {
    examples.push_back(examples_.get(0, i));
    numbers.push_back(i);
  }
  auto batch = make_batch(examples, recipe_, device_);
  batch.examples = std::move(numbers);
  return batch;
}

}  // namespace sep
