#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/unicode.h"
#include "libsep/data/detail/faults.h"
#include "libsep/data/detail/inspection.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

template <class List>
void append(List& to, const List& from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// "quartets" of "data/quartets", "data/quartets/" and "data/quartets.csv".
std::string name_of(const FurtherData& further) {
  if (!further.name.empty()) return composed(further.name);
  const auto path = absolute_path(further.path);
  const auto last = path.has_filename() ? path : path.parent_path();
  const bool is_manifest = folded(last.extension().string()) == ".csv";
  return composed((is_manifest ? last.stem() : last.filename()).string());
}

std::set<StemName> names_of(const Dataset& dataset) {
  return {dataset.instruments.begin(), dataset.instruments.end()};
}

std::optional<DatasetInspection> inspect_further(const FurtherData& further,
                                                 const DataOptions& options,
                                                 Faults& faults) {
  auto own = options;
  own.layout = further.layout;
  try {
    return inspect_dataset(further.path, own);
  } catch (const ErrorList& error) {
    append(faults, error.faults());
  } catch (const Error& error) {
    faults.emplace_back(error.what());
  }
  return std::nullopt;
}

void check_fit(const Dataset& first, const Dataset& further, Faults& faults) {
  if (further.sample_rate != first.sample_rate) {
    add_fault(faults,
              further.root,
              "{} Hz, {} has {} Hz; data.sample_rate resamples",
              further.sample_rate,
              first.root.string(),
              first.sample_rate);
  }
  const auto known = names_of(first);
  const auto& names = further.instruments;
  if (names.empty() || std::any_of(names.begin(), names.end(), [&](const auto& name) {
        return known.count(name) > 0;
      })) {
    return;
  }
  add_fault(faults,
            further.root,
            "has none of the instruments of {}, but {}",
            first.root.string(),
            fmt::join(names, ", "));
}

void check_names(const Dataset& dataset, Faults& faults) {
  std::set<std::string> names;
  for (const auto& piece : dataset.pieces) {
    if (names.insert(piece.name).second || piece.root == 0) continue;
    add_fault(faults,
              dataset.roots[piece.root].path,
              "another dataset has a piece {} too",
              piece.name);
  }
}

/// Names that nothing is called by are misspelt.
void check_map(const DataOptions& options, DatasetInspection& result) {
  for (const auto& [name, other] : options.map) {
    if (result.labels.count(canonical_stem_name(name)) > 0) continue;
    add_fault(result.faults,
              options.path,
              "data.map.{}: no instrument is called so; there are {}",
              shown_text(name),
              fmt::join(result.labels, ", "));
  }
}

void add_further(DatasetInspection& result,
                 const FurtherData& data,
                 DatasetInspection more) {
  Dataset& dataset = result.dataset;
  const DataRoot root = {data.path, name_of(data), data.use, data.weight};
  for (auto& piece : more.dataset.pieces) {
    piece.name = root.name + "-" + piece.name;
    piece.root = dataset.roots.size();
  }
  for (const auto& note : more.dataset.notes) {
    dataset.notes.push_back(root.name + ": " + note);
  }
  check_fit(dataset, more.dataset, result.faults);
  append(result.faults, more.faults);
  append(result.is_sound, more.is_sound);
  result.labels.merge(more.labels);
  append(dataset.pieces, more.dataset.pieces);
  dataset.roots.push_back(root);
}

}  // namespace

DatasetInspection inspect_data(const DataOptions& options) {
  options.validate();
  auto result = inspect_dataset(options.path, options);
  auto names = names_of(result.dataset);
  for (const auto& further : options.also) {
    auto more = inspect_further(further, options, result.faults);
    if (!more) continue;
    if (further.use == DataUse::kFolds) names.merge(names_of(more->dataset));
    add_further(result, further, std::move(*more));
  }
  check_map(options, result);
  result.dataset.instruments = in_order(names);
  check_names(result.dataset, result.faults);
  return result;
}

}  // namespace sep
