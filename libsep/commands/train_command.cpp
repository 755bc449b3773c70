#include "libsep/commands/train_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "libsep/commands/detail/run_main.h"
#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/file_lock.h"
#include "libsep/core/file_system.h"
#include "libsep/core/ranges.h"
#include "libsep/core/text.h"
#include "libsep/core/threads.h"
#include "libsep/data/dataset.h"
#include "libsep/data/fold.h"
#include "libsep/experiment/experiment_config.h"
#include "libsep/experiment/leave_one_out.h"
#include "libsep/experiment/run_directory.h"
#include "libsep/experiment/run_plan.h"
#include "libsep/experiment/time_estimate.h"
#include "libsep/metrics/metric.h"
#include "libsep/mixing/fold_mixtures.h"
#include "libsep/mixing/stem_cache.h"
#include "libsep/model/device.h"
#include "libsep/model/serial_math.h"

namespace sep {
namespace {

constexpr int64_t kLargestSeed = 1'000'000'000;
constexpr size_t kMostSeeds = 100;

struct Arguments {
  std::filesystem::path config, out;
  std::vector<std::filesystem::path> data;
  std::string folds = "all", targets = "all", protocol, device, seed, seeds, cache;
  double memory_gb = 1e-9 * static_cast<double>(StemStore::kDefaultMaxBytes);
  double cache_gb = 1e-9 * static_cast<double>(StemCache::kDefaultMaxBytes);
  std::vector<std::string> settings;
  RunOptions run;
  bool fresh = false, dry_run = false;
};

void add_options(CLI::App& app, Arguments& arguments) {
  app.add_option("CONFIG", arguments.config, "Experiment in YAML, as configs/model_e.yaml")
      ->required();
  add_data_option(app, arguments.data, "the config's");
  app.add_option(
      "--out",
      arguments.out,
      "Run directory; default: runs/<name of the config>, with -legacy for that protocol");
  app.add_option("--folds", arguments.folds, "all, or numbers and ranges as 1,3-5");
  app.add_option("--targets,--instruments",
                 arguments.targets,
                 "all, or names of the run's targets as violin,bassoon");
  app.add_option("--protocol", arguments.protocol, "clean, or legacy: as published");
  app.add_option("--device", arguments.device, "auto, cpu or cuda");
  app.add_option(
         "--threads", arguments.run.num_threads, "Threads of all; default: one a core")
      ->check(CLI::Range(1, 1024));
  app.add_option("--jobs",
                 arguments.run.num_jobs,
                 "Trainings side by side; default: one a thread, as memory allows")
      ->check(CLI::Range(1, 64));
  app.add_option("--cache",
                 arguments.cache,
                 "Where rendered stems are kept, or none; default: $LIBSEP_CACHE, then "
                 "libsep in $XDG_CACHE_HOME or ~/.cache");
  app.add_option("--cache-gb", arguments.cache_gb, "Size of the cache; default: 8")
      ->check(CLI::Range(0.0, 1e6));
  app.add_option("--memory-gb",
                 arguments.memory_gb,
                 "Decoded stems kept in memory; segments of others are read from their "
                 "files; default: 1")
      ->check(CLI::Range(0.0, 1e6));
  app.add_option("--seed", arguments.seed, "Of initial values and dropout");
  app.add_option("--seeds",
                 arguments.seeds,
                 "Numbers and ranges as 0-4: a run of each, in OUT-seed0, OUT-seed1, …");
  app.add_option("--set", arguments.settings, "key=value, above the config; repeatable")
      ->type_size(1)
      ->allow_extra_args(false);
  app.add_flag("--fresh", arguments.fresh, "Remove the run in the run directory first");
  app.add_flag("--dry-run",
               arguments.dry_run,
               "Print what would be trained and how long it takes here, and end");
  app.add_flag_callback(
      "--kinds",
      [] {
        throw CLI::CallForVersion(describe_kinds({&networks(),
                                                  &losses(),
                                                  &optimizers(),
                                                  &schedules(),
                                                  &augmentations(),
                                                  &metrics(),
                                                  &layouts()}),
                                  0);
      },
      "List networks, losses and all else that has a name, with their keys, and end");
  app.footer(
      "Examples:\n"
      "  sep-train configs/model_e.yaml --data Bach10_v1.1\n"
      "  sep-train configs/model_a.yaml --folds 1-3 --instruments violin\n"
      "  sep-train configs/model_a.yaml --protocol legacy --set train.num_epochs=2\n"
      "  sep-train configs/model_a.yaml --seeds 0-4\n"
      "Run again, it goes on where it stopped.");
}

std::vector<ConfigOverride> overrides_of(const Arguments& arguments) {
  std::vector<ConfigOverride> overrides;
  for (const auto& setting : arguments.settings) {
    overrides.push_back(parse_override(setting));
  }
  for (const auto& [key, value] : {std::pair{"protocol", arguments.protocol},
                                   std::pair{"device", arguments.device},
                                   std::pair{"seed", arguments.seed}}) {
    if (!value.empty())
      overrides.push_back({key, value, fmt::format("--{} {}", key, value)});
  }
  return overrides;
}

std::filesystem::path run_root(const Arguments& arguments, const ExperimentConfig& config) {
  if (!arguments.out.empty()) return arguments.out;
  const bool legacy = config.protocol == Protocol::kLegacy;
  return std::filesystem::path("runs") /
         (arguments.config.stem().string() + (legacy ? "-legacy" : ""));
}

std::filesystem::path cache_folder(const Arguments& arguments) {
  if (arguments.cache.empty()) return default_cache_folder();
  if (arguments.cache == "none") return {};
  return arguments.cache;
}

/// A run to be trained.
struct Planned {
  std::filesystem::path root;
  ExperimentConfig config;
};

/// One, or one of each of --seeds.
std::vector<Planned> planned_runs(const Arguments& arguments,
                                  const ExperimentConfig& config) {
  const auto root = run_root(arguments, config);
  if (arguments.seeds.empty()) return {{root, config}};
  SEP_CHECK(arguments.seed.empty(), "wants --seed or --seeds, not both");
  const auto seeds = parse_ranges(arguments.seeds, 0, kLargestSeed, kMostSeeds);
  SEP_CHECK(seeds,
            "--seeds {}: wants numbers and ranges from 0 to {} as 0-4,7, at most {}",
            arguments.seeds,
            kLargestSeed,
            kMostSeeds);
  std::vector<Planned> runs;
  for (const auto seed : *seeds) {
    const auto whole = absolute_path(root);
    const bool is_name =
        root.has_filename() && root.filename() != "." && root.filename() != "..";
    auto name = is_name ? root : whole.has_filename() ? whole : whole.parent_path();
    name += fmt::format("-seed{}", seed);
    runs.push_back({name, config});
    runs.back().config.seed = seed;
  }
  return runs;
}

/// Holds all their folders, before any is trained or begun anew: what stands in the way of
/// one is said while nothing is changed.
std::vector<FolderLock> hold_folders(const std::vector<Planned>& planned) {
  for (const auto& run : planned) RunDirectory::check_place(run.root);
  std::vector<FolderLock> locks;
  for (const auto& run : planned) {
    make_directories(run.root);
    locks.emplace_back(run.root, "sep-train");
  }
  return locks;
}

RunSummary train_run(const Planned& planned,
                     const Dataset& dataset,
                     const Arguments& arguments,
                     Progress& progress) {
  const auto& [root, config] = planned;
  const auto run = arguments.fresh ? RunDirectory::begin_anew(root, config)
                                   : RunDirectory::create_or_continue(root, config);
  if (arguments.fresh && is_there(root / "eval")) {
    progress.note((root / "eval").string() +
                  ": what it holds is of the run removed, until sep-eval writes it anew");
  }
  auto summary = run_leave_one_out(run, dataset, arguments.run, progress);
  fmt::print("{}: {}\n", root.string(), summary.brief_report());
  std::fflush(stdout);
  for (const auto& failure : summary.failures) {
    fmt::print(stderr, "error: {}\n", one_line(failure));
  }
  return summary;
}

/// All runs, one after the other; 1 for any failure, interrupted or not, then 130.
int train_runs(const std::vector<Planned>& planned,
               const Dataset& dataset,
               const Arguments& arguments,
               Progress& progress) {
  const auto locks = hold_folders(planned);
  if (!arguments.fresh) {  // throws now where one is of another config
    for (const auto& [root, config] : planned) {
      RunDirectory::create_or_continue(root, config);
    }
  }
  bool has_failed = false, interrupted = false;
  for (const auto& run : planned) {
    const auto summary = train_run(run, dataset, arguments, progress);
    has_failed = has_failed || !summary.failures.empty();
    interrupted = summary.interrupted;
    if (interrupted || progress.stop_requested()) break;
  }
  if (interrupted) {
    fmt::print(stderr,
               "interrupted; the same command{} goes on from here\n",
               arguments.fresh ? " without --fresh" : "");
  }
  if (has_failed) return 1;
  return interrupted ? kInterruptedExit : 0;
}

int dry_run(const std::vector<Planned>& planned,
            const Dataset& dataset,
            const Arguments& arguments) {
  const auto& config = planned.front().config;
  const auto plan = plan_run(config, dataset, arguments.run);
  fmt::print("{}", plan.report());
  std::fflush(stdout);
  const auto estimate = estimate_time(config, dataset, arguments.run, plan);
  fmt::print("{}", estimate.report(plan));
  if (planned.size() > 1) fmt::print("for each of {} seeds\n", planned.size());
  return 0;
}

int train(Arguments& arguments) {
  SEP_CHECK(arguments.cache_gb >= 0.0, "--cache-gb: wants a number, found nan");
  SEP_CHECK(arguments.memory_gb >= 0.0, "--memory-gb: wants a number, found nan");
  arguments.run.memory_bytes = static_cast<int64_t>(1e9 * arguments.memory_gb);
  set_num_threads(arguments.run.num_threads);
  const SerialMath serial;
  auto config = read_experiment(arguments.config, overrides_of(arguments));
  config.device = resolve_device(config.device);
  config.data = chosen_data(config.data, arguments.data);
  const auto dataset = for_all_targets(config.targets, config.data, open_data(config.data));
  const auto folds = make_folds(dataset, config.split);
  const auto num_folds = static_cast<int64_t>(folds.size());
  if (config.examples.kind == ExamplesKind::kMixtures) check_mixable(dataset, folds);
  arguments.run.folds = parse_folds(arguments.folds, num_folds);
  arguments.run.targets =
      parse_targets(arguments.targets, targets_of(config.targets, dataset));
  config.data = with_absolute_paths(std::move(config.data));
  const auto planned = planned_runs(arguments, config);
  if (arguments.dry_run) return dry_run(planned, dataset, arguments);
  for (const auto& path : data_paths(config.data)) {
    SEP_CHECK(is_utf8(path),
              "{}: wants a dataset whose path is UTF-8, for the run's config.yaml holds it",
              path);
  }
  arguments.run.cache = cache_folder(arguments);
  arguments.run.cache_bytes = static_cast<int64_t>(1e9 * arguments.cache_gb);
  const auto progress = make_progress();
  return train_runs(planned, dataset, arguments, *progress);
}

}  // namespace

int train_command(int argc, char** argv) {
  CLI::App app("Trains a separation model for every fold and instrument.", "sep-train");
  Arguments arguments;
  add_options(app, arguments);
  return run_main(argc, argv, app, [&] { return train(arguments); });
}

}  // namespace sep
