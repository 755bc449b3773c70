#include "libsep/experiment/time_estimate.h"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "libsep/core/progress.h"
#include "libsep/core/threads.h"
#include "libsep/mixing/fold_mixtures.h"
#include "libsep/model/device.h"
#include "libsep/model/serial_math.h"
#include "libsep/train/gradients.h"
#include "libsep/train/waveform_batches.h"

namespace sep {
namespace {

constexpr int64_t kProbeFrames = 2048;
constexpr double kProbeSeconds = 1.5;  // for each thing that is timed
constexpr uint64_t kProbeSeed = 0;

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Mean time of `work`, not counting the first, which warms up.
double mean_seconds(const std::function<void()>& work) {
  work();
  double total = 0.0;
  int64_t count = 0;
  while (total < kProbeSeconds || count < 2) {
    total += seconds_of(work);
    ++count;
  }
  return total / static_cast<double>(count);
}

/// One training of the plan on random numbers. A long example is cut: time goes with
/// length.
class Probe {
 public:
  Probe(const ExperimentConfig& config,
        const Dataset& dataset,
        const RunPlan& plan,
        const torch::Device& device)
      : config_(config),
        dataset_(dataset),
        device_(device),
        targets_(targets_of(config.targets, dataset)),
        network_(
            make_model(describe_model(config,
                                      dataset.sample_rate,
                                      1,
                                      find_target(targets_, plan.items.front().target)))),
        loss_(make_loss(config.train.loss)),
        recipe_(*network_, config.stft, loss_->needs(form_of(*network_))) {
    network_->init_parameters(RandomStream(0));
    network_->use_bfloat16(config.train.mixed_precision);
    network_->to(device_);
  }

  double iteration_seconds() {
    const auto& train = config_.train;
    const bool segments = config_.examples.kind == ExamplesKind::kSegments;
    const auto size = segments ? train.batch_size
                               : std::min(train.batch_size, config_.mixtures.num_train);
    double seen = config_.mixtures.seconds;
    if (segments) {
      seen = config_.examples.segments.seconds;
    } else if (train.segment_seconds > 0.0) {
      seen = std::min(seen, train.segment_seconds);
    }
    const auto batch = random_batch(size, seen);
    const auto optimizer = train.optimizer.make(*network_);
    network_->train();
    const double seconds = mean_seconds([&] {
      optimizer->zero_grad();
      loss_and_gradients(*network_, *loss_, batch, 0, train.micro_batch_size);
      gradient_norm(*network_);
      optimizer->step();
    });
    return seconds * seen / probed(seen);
  }

  /// Of `examples` examples of a length, one after another.
  double validation_seconds(const std::vector<double>& examples) {
    const double longest = *std::max_element(examples.begin(), examples.end());
    const auto batch = random_batch(1, longest);
    const torch::NoGradGuard no_gradients;
    network_->eval();
    const double seconds = mean_seconds([&] { (*network_)(batch.input).sum(); });
    const double all = std::accumulate(examples.begin(), examples.end(), 0.0);
    return seconds * all / probed(longest);
  }

 private:
  static EstimateForm form_of(const Network& network) {
    return network.domain() == NetworkDomain::kMagnitude ? EstimateForm::kRealMasks
                                                         : EstimateForm::kWaveforms;
  }

  /// What of an example is probed, in seconds.
  double probed(double seconds) const {
    const auto frames = Stft(config_.stft).num_frames(samples_of(seconds));
    if (recipe_.domain == NetworkDomain::kWaveform || frames <= kProbeFrames)
      return seconds;
    return seconds * static_cast<double>(kProbeFrames) / static_cast<double>(frames);
  }

  int64_t samples_of(double seconds) const {
    return std::llround(seconds * static_cast<double>(dataset_.sample_rate));
  }

  Batch random_batch(int64_t size, double seconds) const {
    RandomStream random(kProbeSeed, "probe");
    const auto num_stems = static_cast<size_t>(network_->num_stems());
    std::vector<WaveformExample> examples(static_cast<size_t>(size));
    for (auto& example : examples) {
      example.sample_rate = dataset_.sample_rate;
      example.num_samples = samples_of(probed(seconds));
      const auto count = static_cast<size_t>(example.num_samples);
      example.mixture.resize(count);
      for (auto& x : example.mixture) x = static_cast<float>(random.uniform(-0.1, 0.1));
      for (size_t s = 0; s < num_stems; ++s) {
        example.stems.insert(
            example.stems.end(), example.mixture.begin(), example.mixture.end());
      }
    }
    return make_batch(examples, recipe_, device_);
  }

  const ExperimentConfig& config_;
  const Dataset& dataset_;
  torch::Device device_;
  std::vector<Target> targets_;
  std::shared_ptr<Network> network_;
  std::shared_ptr<LossSum> loss_;
  BatchRecipe recipe_;
};

/// Lengths of what a validation hears, in seconds.
std::vector<double> validation_lengths(const ExperimentConfig& config,
                                       const Dataset& dataset) {
  if (config.examples.kind == ExamplesKind::kMixtures) {
    return std::vector<double>(static_cast<size_t>(config.mixtures.num_validation),
                               config.mixtures.seconds);
  }
  const auto folds = make_folds(dataset, config.split);
  std::vector<double> lengths;
  for (const auto index : folds.front().validation) {
    const auto& piece = dataset.pieces.at(index);
    lengths.push_back(static_cast<double>(piece.num_samples) /
                      static_cast<double>(piece.sample_rate));
  }
  return lengths;
}

/// Draws of all the plan's folds; with the same seed and piece they are the same.
double seconds_to_render(const ExperimentConfig& config,
                         const Dataset& dataset,
                         const RunOptions& options,
                         const RunPlan& plan) {
  const auto folds = make_folds(dataset, config.split);
  const MixtureRenderer renderer(dataset, config.mixtures);
  std::set<std::pair<int64_t, std::string>> different;
  std::vector<MixtureDraw> probe;
  std::set<int64_t> seen;
  for (const auto& item : plan.items) {
    if (!seen.insert(item.fold).second) continue;
    const auto& fold = folds.at(static_cast<size_t>(item.fold - 1));
    for (const auto& draws : {renderer.draw_train(fold), renderer.draw_validation(fold)}) {
      for (const auto& draw : draws) different.emplace(draw.seed, draw.piece);
      if (probe.empty()) probe = {draws.front()};
    }
  }
  const double seconds = seconds_of([&] { renderer.render(probe, options.num_threads); });
  return seconds * static_cast<double>(different.size());
}

}  // namespace

TimeEstimate estimate_time(const ExperimentConfig& config,
                           const Dataset& dataset,
                           const RunOptions& options,
                           const RunPlan& plan) {
  const ThreadLimit limit(options.num_threads);
  const SerialMath serial;
  const auto device = torch_device(config.device);
  const auto lengths = validation_lengths(config, dataset);
  std::vector<TimeEstimate> probes(static_cast<size_t>(plan.num_jobs));
  parallel_for(plan.num_jobs, plan.num_jobs, [&](int64_t job) {
    const SerialThread serial_here;
    const OwnStream stream(device);
    Probe probe(config, dataset, plan, device);
    auto& result = probes[static_cast<size_t>(job)];
    result.iteration_seconds = probe.iteration_seconds();
    result.validation_seconds = probe.validation_seconds(lengths);
  });
  TimeEstimate estimate;
  for (const auto& probe : probes) {
    const auto share = 1.0 / static_cast<double>(plan.num_jobs);
    estimate.iteration_seconds += share * probe.iteration_seconds;
    estimate.validation_seconds += share * probe.validation_seconds;
  }
  if (config.examples.kind == ExamplesKind::kMixtures) {
    estimate.rendering_seconds = seconds_to_render(config, dataset, options, plan);
  }
  const double training =
      static_cast<double>(plan.num_iterations) * estimate.iteration_seconds +
      static_cast<double>(config.train.num_epochs) * estimate.validation_seconds;
  estimate.total_seconds =
      estimate.rendering_seconds + static_cast<double>(plan.items.size()) * training /
                                       static_cast<double>(plan.num_jobs);
  return estimate;
}

std::string TimeEstimate::report(const RunPlan& plan) const {
  auto text = fmt::format(
      "about {} on this machine as it is now: {} trainings side by side, {:.3g} s an "
      "iteration, {:.3g} s a validation",
      format_duration(total_seconds),
      plan.num_jobs,
      iteration_seconds,
      validation_seconds);
  if (rendering_seconds > 0.0) {
    text += fmt::format("; {} to render the mixtures, unless they are in the cache",
                        format_duration(rendering_seconds));
  }
  return text + "\n";
}

}  // namespace sep
