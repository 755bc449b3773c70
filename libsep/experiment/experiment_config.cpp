#include "libsep/experiment/experiment_config.h"

#include <algorithm>
#include <limits>

#include "libsep/core/bounds.h"
#include "libsep/core/error.h"
#include "libsep/core/text.h"
#include "libsep/metrics/score_choice.h"
#include "libsep/model/mask_inference.h"

namespace sep {
namespace {

void check_choice(const std::string& choose_by) {
  if (choose_by == "loss") return;
  try {
    find_score(choose_by);
  } catch (const Error& error) {
    throw ConfigError(
        "train.choose_by",
        fmt::format(
            " = {}: wants loss or a score, {}", shown_text(choose_by), error.what()));
  }
}

/// Datasets add parts of one label up to one stem, so no two stems here are exchangeable.
void check_losses(const std::vector<WeightedLoss>& losses) {
  for (const auto& weighted : losses) {
    if (weighted.loss.type() != "permutation_invariant") continue;
    throw ConfigError("train.loss",
                      ": permutation_invariant: stems of one label are one stem here, and "
                      "no two can change places");
  }
}

}  // namespace

LegacyOptions ExperimentConfig::published_habits() const {
  return protocol == Protocol::kLegacy ? legacy : LegacyOptions{false, false, false};
}

void ExperimentConfig::validate() const {
  if (!is_line(title)) {
    throw ConfigError("title",
                      fmt::format(" = {}: wants one line of UTF-8", shown_text(title)));
  }
  const bool follows_all = legacy.published_target && legacy.carried_weights &&
                           legacy.validation_in_training_mode;
  if (protocol != Protocol::kLegacy && !follows_all) {
    throw ConfigError("legacy", ": wants protocol legacy");
  }
  check_targets(targets);
  check_choice(train.choose_by);
  check_losses(train.loss);
  if (examples.kind == ExamplesKind::kSegments && train.segment_seconds > 0.0) {
    throw ConfigError("train.segment_seconds",
                      fmt::format(" = {}: is of mixtures; a segment's length is "
                                  "examples.seconds",
                                  train.segment_seconds));
  }
  if (protocol == Protocol::kLegacy &&
      (targets != Targets{{"each"}} || examples.kind != ExamplesKind::kMixtures)) {
    throw ConfigError("protocol", " = legacy: wants targets each and examples mixtures");
  }
  check_bounds("seed", seed, 0, std::numeric_limits<int64_t>::max());
  if (train.segment_seconds > mixtures.seconds) {
    throw ConfigError("train.segment_seconds",
                      fmt::format(" = {}: wants at most mixtures.seconds = {}",
                                  train.segment_seconds,
                                  mixtures.seconds));
  }
  const int64_t num_seeds =
      mixtures.renew_each_epoch ? train.num_epochs * mixtures.num_train : 0;
  if (num_seeds > (int64_t{1} << 32) - mixtures.first_seed) {
    throw ConfigError(
        "mixtures.first_seed",
        fmt::format(" = {}: wants at most 2^32 - {}, for the last epoch's mixtures too",
                    mixtures.first_seed,
                    num_seeds));
  }
}

ExperimentConfig read_experiment(const std::filesystem::path& path,
                                 const std::vector<ConfigOverride>& overrides) {
  auto config = read_config<ExperimentConfig>(path, overrides);
  if (config.title.empty()) {
    config.title = path.stem().string();
    SEP_CHECK(is_line(config.title),
              "{}: wants a title, for the file's name is no line of UTF-8",
              shown_text(path.string()));
  }
  return config;
}

ThesisLabel thesis_label(const ExperimentConfig& config) {
  ThesisLabel label;
  label.title = config.title;
  label.num_mixtures = config.mixtures.num_train;
  label.iterations_per_epoch = config.train.iterations_per_epoch;
  label.num_epochs = config.train.num_epochs;
  if (!config.model.has_options<MaskInferenceOptions>()) {
    label.network = config.model.type();
    return label;
  }
  const auto& model = config.model.options<MaskInferenceOptions>();
  label.hidden_size = model.hidden_size;
  label.num_layers = model.num_layers;
  label.dropout = model.dropout;
  return label;
}

std::vector<ConfigField> identity_fields(const ExperimentConfig& config) {
  auto fields = list_fields(config);
  const auto is_path = [](const ConfigField& field) {
    constexpr std::string_view kEnd = "].path";
    const auto& key = field.key;
    return key == "data.path" ||
           (key.rfind("data.also[", 0) == 0 && key.size() > kEnd.size() &&
            key.compare(key.size() - kEnd.size(), kEnd.size(), kEnd) == 0);
  };
  fields.erase(std::remove_if(fields.begin(), fields.end(), is_path), fields.end());
  return fields;
}

}  // namespace sep
