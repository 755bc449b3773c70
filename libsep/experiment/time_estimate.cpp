#include "libsep/experiment/time_estimate.h"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
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

int64_t frames_of(const ExperimentConfig& config, const Dataset& dataset, double seconds) {
  const auto samples = std::llround(seconds * static_cast<double>(dataset.sample_rate));
  return Stft(config.stft).num_frames(samples);
}

/// One training of the plan on random magnitudes.
class Probe {
 public:
  Probe(const ExperimentConfig& config,
        const Dataset& dataset,
        const RunPlan& plan,
        const torch::Device& device)
      : config_(config),
        device_(device),
        model_(make_model(describe_model(config, dataset.sample_rate, plan.items.front()))),
        whole_(frames_of(config, dataset, config.mixtures.seconds)),
        seen_(
            config.train.segment_seconds > 0.0
                ? std::min(whole_, frames_of(config, dataset, config.train.segment_seconds))
                : whole_) {
    model_->init_parameters(RandomStream(0));
    model_->use_bfloat16(config.train.mixed_precision);
    model_->to(device_);
  }

  double iteration_seconds() {
    const auto batch =
        random_batch(std::min(config_.train.batch_size, config_.mixtures.num_train), seen_);
    torch::optim::Adam adam(model_->parameters(), torch::optim::AdamOptions(1e-3));
    model_->train();
    const double seconds = mean_seconds([&] {
      adam.zero_grad();
      loss_and_gradients(*model_, batch, 0, config_.train.micro_batch_size);
      gradient_norm(*model_);
      adam.step();
    });
    return seconds * share_of(seen_);
  }

  double validation_seconds() {
    const auto size = std::min(config_.train.batch_size, config_.mixtures.num_validation);
    const auto batch = random_batch(size, whole_);
    const torch::NoGradGuard no_gradients;
    model_->eval();
    const double seconds =
        mean_seconds([&] { model_->forward(batch.mixture).sum().item<double>(); });
    return seconds * share_of(whole_) *
           static_cast<double>(config_.mixtures.num_validation) / static_cast<double>(size);
  }

 private:
  Batch random_batch(int64_t size, int64_t frames) const {
    const auto magnitudes = [&] {
      const auto values =
          torch::rand({std::min(frames, kProbeFrames), size, config_.stft.num_bins()},
                      at::detail::createCPUGenerator(kProbeSeed));
      return values.transpose(0, 1).to(device_);
    };
    return {magnitudes(), magnitudes()};
  }

  static double share_of(int64_t frames) {
    return static_cast<double>(frames) /
           static_cast<double>(std::min(frames, kProbeFrames));
  }

  const ExperimentConfig& config_;
  torch::Device device_;
  std::shared_ptr<MaskEstimator> model_;
  int64_t whole_, seen_;
};

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
  std::vector<TimeEstimate> probes(static_cast<size_t>(plan.num_jobs));
  parallel_for(plan.num_jobs, plan.num_jobs, [&](int64_t job) {
    const SerialThread serial_here;
    const OwnStream stream(device);
    Probe probe(config, dataset, plan, device);
    auto& result = probes[static_cast<size_t>(job)];
    result.iteration_seconds = probe.iteration_seconds();
    result.validation_seconds = probe.validation_seconds();
  });
  TimeEstimate estimate;
  for (const auto& probe : probes) {
    const auto share = 1.0 / static_cast<double>(plan.num_jobs);
    estimate.iteration_seconds += share * probe.iteration_seconds;
    estimate.validation_seconds += share * probe.validation_seconds;
  }
  estimate.rendering_seconds = seconds_to_render(config, dataset, options, plan);
  const double training =
      static_cast<double>(plan.num_iterations) * estimate.iteration_seconds +
      static_cast<double>(config.train.num_epochs) * estimate.validation_seconds;
  estimate.total_seconds =
      estimate.rendering_seconds + static_cast<double>(plan.items.size()) * training /
                                       static_cast<double>(plan.num_jobs);
  return estimate;
}

std::string TimeEstimate::report(const RunPlan& plan) const {
  return fmt::format(
      "about {} on this machine as it is now: {} trainings side by side, {:.3g} s an "
      "iteration, {:.3g} s a validation; {} to render the mixtures, unless they are in the "
      "cache\n",
      format_duration(total_seconds),
      plan.num_jobs,
      iteration_seconds,
      validation_seconds,
      format_duration(rendering_seconds));
}

}  // namespace sep
