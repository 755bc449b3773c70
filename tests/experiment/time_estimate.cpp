#include "libsep/experiment/time_estimate.h"

#include <algorithm>

#include "tests/support/catch_torch.h"
#include "tests/support/datasets.h"
#include "tests/support/host_settings.h"
#include "tests/support/paths.h"
#include "tests/support/threads.h"

using namespace sep;

TEST_CASE("an estimate adds up the plan's folds and trainings", "[experiment]") {
  const Threads two(2);
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 4);
  ExperimentConfig config;
  config.mixtures = small_mixture_options();
  config.model.options<MaskInferenceOptions>().hidden_size = 3;
  config.train.num_epochs = 2;
  RunOptions options;
  options.folds = {2, 3};
  options.num_jobs = GENERATE(1, 2);
  options.num_threads = 2;
  const auto plan = plan_run(config, dataset, options);
  const HostSettings host(3);
  const auto estimate = estimate_time(config, dataset, options, plan);
  host.check();
  CHECK(estimate.iteration_seconds > 0.0);
  CHECK(estimate.validation_seconds > 0.0);
  CHECK(estimate.rendering_seconds > 0.0);
  const auto items = static_cast<double>(plan.items.size());
  const double trainings =
      items / static_cast<double>(options.num_jobs) *
      (20.0 * estimate.iteration_seconds + 2.0 * estimate.validation_seconds);
  CHECK(estimate.total_seconds == Approx(estimate.rendering_seconds + trainings));
}
