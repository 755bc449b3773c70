#include "libsep/commands/detail/mixtures.h"

#include <fmt/format.h>

#include "libsep/core/config.h"
#include "libsep/core/error.h"
#include "libsep/core/threads.h"
#include "libsep/data/dataset.h"
#include "libsep/mixing/mixing_config.h"
#include "libsep/mixing/mixture_files.h"

namespace sep {
namespace {

Fold chosen_fold(const std::string& text, const std::vector<Fold>& folds) {
  const auto chosen = parse_folds(text, static_cast<int64_t>(folds.size()));
  SEP_CHECK(chosen.size() == 1, "--fold {}: wants one fold", text);
  return folds[static_cast<size_t>(chosen.front() - 1)];
}

}  // namespace

void add_mixtures(CLI::App& app, Mixtures& arguments) {
  auto* command = app.add_subcommand("mixtures", "Writes the mixtures of a fold as FLAC");
  command->add_option("CONFIG", arguments.config, "Experiment in YAML")->required();
  command->add_option("--fold", arguments.fold, "Which one, from 1")->required();
  command->add_option("--out", arguments.out, "A new or empty folder")->required();
  add_data_option(*command, arguments.data, "the config's");
  command->add_option("--set", arguments.settings, "key=value, above the config")
      ->type_size(1)
      ->allow_extra_args(false);
  command
      ->add_option(
          "--epoch", arguments.epoch, "Where each epoch has new mixtures; default: 1")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 31));
  command->add_option("--threads", arguments.num_threads, "Threads; default: one a core")
      ->check(CLI::Range(1, 1024));
  command->footer(
      "Example:\n  sep-data mixtures configs/model_e.yaml --fold 1 --out mixtures");
}

int write_mixtures(const Mixtures& arguments) {
  set_num_threads(arguments.num_threads);
  std::vector<ConfigOverride> overrides;
  for (const auto& setting : arguments.settings) {
    overrides.push_back(parse_override(setting));
  }
  const auto config = read_config<MixingConfig>(arguments.config, overrides);
  SEP_CHECK(config.data.others == Others::kKeep,
            "data.others = drop: mixtures are written of all instruments, wants keep");
  const auto dataset = open_chosen_dataset(config.data, arguments.data);
  const auto fold = chosen_fold(arguments.fold, make_folds(dataset, config.split));
  const auto progress = make_progress();
  const MixtureRenderer renderer(
      dataset, config.mixtures, nullptr, [&] { return progress->stop_requested(); });
  write_mixtures(
      arguments.out, renderer, fold, arguments.epoch - 1, arguments.num_threads, *progress);
  fmt::print("{}\n", (arguments.out / "draws.csv").string());
  return 0;
}

}  // namespace sep
