#include "libsep/experiment/model_source.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "libsep/checkpoint/model_file_kind.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/experiment/run_directory.h"
#include "libsep/experiment/run_plan.h"
#include "libsep/model/nussl_checkpoint.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

/// The targets that have a folder in any fold.
std::vector<StemName> targets_in(const fs::path& root) {
  std::set<StemName> names;
  for (const auto& fold : list_folder(root)) {
    if (fold.filename().string().rfind("fold-", 0) != 0 || !is_folder(fold)) continue;
    for (const auto& path : list_folder(fold)) {
      if (is_folder(path)) names.insert(path.filename().string());
    }
  }
  return {names.begin(), names.end()};
}

std::string list_of_folds(const std::map<int64_t, std::vector<RunItem>>& by_fold) {
  std::vector<int64_t> folds;
  for (const auto& entry : by_fold) folds.push_back(entry.first);
  return fmt::format("{}", fmt::join(folds, ", "));
}

/// The instruments of the dataset that the run's config names; none where it is not there.
std::vector<StemName> instruments_of_dataset(const RunDirectory& run) {
  const auto& path = run.config().data.path;
  if (path.empty()) return {};
  try {
    return open_chosen_dataset(run.config().data, path).instruments;
  } catch (const Error&) {  // moved, or on another machine
    return {};
  } catch (const Failure&) {  // a disk that is gone; a remark is no reason to end
    return {};
  }
}

std::vector<StemName> stems_of(const RunDirectory& run, const RunItem& item) {
  return read_model_description(run.files(item).best).stem_names();
}

bool is_stem_of(const RunDirectory& run, const RunItem& item, const StemName& name) {
  const auto stems = stems_of(run, item);
  return std::find(stems.begin(), stems.end(), name) != stems.end();
}

/// What is to be said of `items`, the trained items of one fold; of further instruments
/// only where all are wanted.
std::vector<std::string> remarks_on(const RunDirectory& run,
                                    const std::vector<RunItem>& items,
                                    bool all_wanted) {
  std::vector<std::string> remarks;
  std::set<StemName> missing;
  if (all_wanted) {
    for (const auto& name : targets_in(run.root())) missing.insert(name);
    for (const auto& name : instruments_of_dataset(run)) missing.insert(name);
  }
  for (const auto& item : items) {
    for (const auto& stem : stems_of(run, item)) missing.erase(stem);
    missing.erase(item.target);
    if (run.is_done(item)) continue;
    remarks.push_back(
        fmt::format("{}: fold {} {}: not finished, separated by its best epoch so far",
                    run.root().string(),
                    item.fold,
                    item.target));
  }
  if (!missing.empty()) {
    remarks.push_back(fmt::format("{}: fold {}: no model of {}: left in the remainder",
                                  run.root().string(),
                                  items.front().fold,
                                  fmt::join(missing, ", ")));
  }
  return remarks;
}

std::vector<RunItem> wanted_items(const RunDirectory& run, const ModelChoice& choice) {
  std::map<int64_t, std::vector<RunItem>> by_fold;
  for (const auto& item : run.trained_items(targets_in(run.root()))) {
    if (choice.instrument.empty() || item.target == choice.instrument ||
        is_stem_of(run, item, choice.instrument)) {
      by_fold[item.fold].push_back(item);
    }
  }
  SEP_CHECK(!by_fold.empty(),
            "{}: no trained model{} there",
            choice.path.string(),
            choice.instrument.empty() ? "" : " for " + choice.instrument);
  const auto fold = choice.fold == 0 ? by_fold.begin() : by_fold.find(choice.fold);
  SEP_CHECK(fold != by_fold.end(),
            "{}: no trained model of fold {} there, only of {}",
            choice.path.string(),
            choice.fold,
            list_of_folds(by_fold));
  return fold->second;
}

ChosenModels load_from_run(const ModelChoice& choice) {
  const auto run = RunDirectory::open(choice.path);
  const auto items = wanted_items(run, choice);
  ChosenModels chosen;
  for (const auto& item : items) {
    const auto path = run.files(item).best;
    chosen.models.push_back(load_model(path));
    const auto& found = chosen.models.back().description;
    const Target target{item.target, found.stem_names()};
    check_origin(
        path, describe_model(run.config(), found.sample_rate, item.fold, target), found);
  }
  chosen.remarks = remarks_on(run, items, choice.instrument.empty());
  return chosen;
}

LoadedModel load_from_file(const ModelChoice& choice) {
  const auto name = choice.path.string();
  SEP_CHECK(choice.fold == 0, "{}: a file, --fold wants a run directory", name);
  const auto kind = model_file_kind(choice.path);
  SEP_CHECK(kind != ModelFileKind::kOther,
            "{}: no model: wants a checkpoint of libsep (safetensors) or of nussl "
            "(PyTorch's), begins as neither",
            name);
  if (kind == ModelFileKind::kPyTorch) {
    SEP_CHECK(!choice.instrument.empty(),
              "{}: does not say what it separates, --instrument NAME is required",
              name);
    return load_nussl_checkpoint(choice.path, choice.instrument);
  }
  auto model = load_model(choice.path);
  const auto& found = model.description.instrument;
  const auto stems = model.description.stem_names();
  SEP_CHECK(choice.instrument.empty() || choice.instrument == found ||
                std::find(stems.begin(), stems.end(), choice.instrument) != stems.end(),
            "{}: a model for {}, wanted {}",
            name,
            found,
            choice.instrument);
  return model;
}

}  // namespace

ChosenModels load_models(const ModelChoice& choice) {
  SEP_CHECK(
      is_there(choice.path), "{}: no such file or run directory", choice.path.string());
  if (is_folder(choice.path)) return load_from_run(choice);
  return {{load_from_file(choice)}, {}};
}

fs::path run_of(const fs::path& model_path) {
  const auto path = absolute_path(model_path);
  if (is_folder(path)) return is_there(path / "config.yaml") ? path : fs::path();
  const auto root = path.parent_path().parent_path().parent_path();
  return is_there(root / "config.yaml") ? root : fs::path();
}

}  // namespace sep
