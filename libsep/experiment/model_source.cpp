#include "libsep/experiment/model_source.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "libsep/checkpoint/model_file_kind.h"
#include "libsep/checkpoint/model_library.h"
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

template <class Items>
std::string list_of_folds(const std::map<int64_t, Items>& by_fold) {
  std::vector<int64_t> folds;
  for (const auto& entry : by_fold) folds.push_back(entry.first);
  return fmt::format("{}", fmt::join(folds, ", "));
}

/// The instruments of the dataset that the run's config names; none where it is not there.
std::vector<StemName> instruments_of_dataset(const RunDirectory& run) {
  const auto& path = run.config().data.path;
  if (path.empty()) return {};
  try {
    return open_data(run.config().data).instruments;
  } catch (const Error&) {  // moved, or on another machine
    return {};
  } catch (const Failure&) {  // a disk that is gone; a remark is no reason to end
    return {};
  }
}

std::vector<StemName> stems_of(const RunDirectory& run, const RunItem& item) {
  return read_model_description(run.files(item).best).stem_names();
}

/// What one who wants `names` wants of a target's stems: those of these names, or all where
/// it is the target that is named, or nothing.
std::set<StemName> wanted_of(const StemName& target,
                             const std::vector<StemName>& stems,
                             const std::vector<StemName>& names) {
  const auto has = [](const std::vector<StemName>& list, const StemName& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  std::set<StemName> wanted;
  for (const auto& stem : stems) {
    if (names.empty() || has(names, stem) || has(names, target)) wanted.insert(stem);
  }
  return wanted;
}

/// Those of `names` that are neither among the stems nor the name of a target.
std::vector<StemName> missing_of(const std::vector<StemName>& names,
                                 const std::set<StemName>& known) {
  std::vector<StemName> missing;
  for (const auto& name : names) {
    if (known.count(name) == 0) missing.push_back(name);
  }
  return missing;
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

/// What one fold has of what is wanted.
struct FoldItems {
  std::vector<RunItem> items;
  std::set<StemName> known;  // names that a user may give
};

std::map<int64_t, FoldItems> items_by_fold(const RunDirectory& run,
                                           const ModelChoice& choice) {
  std::map<int64_t, FoldItems> by_fold;
  for (const auto& item : run.trained_items(targets_in(run.root()))) {
    const auto stems = stems_of(run, item);
    if (wanted_of(item.target, stems, choice.stems).empty()) continue;
    auto& fold = by_fold[item.fold];
    fold.items.push_back(item);
    fold.known.insert(item.target);
    fold.known.insert(stems.begin(), stems.end());
  }
  return by_fold;
}

/// The fold asked for, or the first that has all that is wanted, or else the first.
std::map<int64_t, FoldItems>::const_iterator wanted_fold(
    const std::map<int64_t, FoldItems>& by_fold, const ModelChoice& choice) {
  if (choice.fold != 0) return by_fold.find(choice.fold);
  const auto whole = std::find_if(by_fold.begin(), by_fold.end(), [&](const auto& fold) {
    return missing_of(choice.stems, fold.second.known).empty();
  });
  return whole == by_fold.end() ? by_fold.begin() : whole;
}

std::vector<RunItem> wanted_items(const RunDirectory& run, const ModelChoice& choice) {
  const auto by_fold = items_by_fold(run, choice);
  const auto name = choice.path.string();
  SEP_CHECK(
      !by_fold.empty(),
      "{}: no trained model{} there",
      name,
      choice.stems.empty() ? "" : fmt::format(" for {}", fmt::join(choice.stems, ", ")));
  const auto fold = wanted_fold(by_fold, choice);
  SEP_CHECK(fold != by_fold.end(),
            "{}: no trained model of fold {} there, only of {}",
            name,
            choice.fold,
            list_of_folds(by_fold));
  const auto missing = missing_of(choice.stems, fold->second.known);
  SEP_CHECK(missing.empty(),
            "{}: no trained model for {} in fold {}",
            name,
            fmt::join(missing, ", "),
            fold->first);
  return fold->second.items;
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
    chosen.stems.merge(wanted_of(item.target, target.stems, choice.stems));
  }
  chosen.remarks = remarks_on(run, items, choice.stems.empty());
  return chosen;
}

LoadedModel load_nussl(const ModelChoice& choice) {
  const auto name = choice.path.string();
  SEP_CHECK(!choice.stems.empty(),
            "{}: does not say what it separates, --instrument NAME is required",
            name);
  SEP_CHECK(choice.stems.size() == 1,
            "{}: separates one stem, --instrument wants one name, found {}",
            name,
            fmt::join(choice.stems, ", "));
  return load_nussl_checkpoint(choice.path, choice.stems.front());
}

ChosenModels load_from_file(const ModelChoice& choice) {
  const auto name = choice.path.string();
  SEP_CHECK(choice.fold == 0, "{}: a file, --fold wants a run directory", name);
  const auto kind = model_file_kind(choice.path);
  SEP_CHECK(kind != ModelFileKind::kOther,
            "{}: no model: wants a checkpoint of libsep (safetensors) or of nussl "
            "(PyTorch's), begins as neither",
            name);
  auto model =
      kind == ModelFileKind::kPyTorch ? load_nussl(choice) : load_model(choice.path);
  const auto& target = model.description.instrument;
  const auto stems = model.description.stem_names();
  std::set<StemName> known(stems.begin(), stems.end());
  known.insert(target);
  const auto missing = missing_of(choice.stems, known);
  SEP_CHECK(missing.empty(),
            "{}: a model for {}, wanted {}",
            name,
            fmt::join(stems, ", "),
            fmt::join(missing, ", "));
  auto wanted = wanted_of(target, stems, choice.stems);
  return {{std::move(model)}, std::move(wanted), {}};
}

}  // namespace

ChosenModels load_models(const ModelChoice& choice) {
  auto found = choice;
  found.path = find_model(choice.path);
  return is_folder(found.path) ? load_from_run(found) : load_from_file(found);
}

fs::path run_of(const fs::path& model_path) {
  const auto path = absolute_path(model_path);
  if (is_folder(path)) return is_there(path / "config.yaml") ? path : fs::path();
  const auto root = path.parent_path().parent_path().parent_path();
  return is_there(root / "config.yaml") ? root : fs::path();
}

}  // namespace sep
