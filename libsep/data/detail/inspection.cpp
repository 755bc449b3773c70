#include "libsep/data/detail/inspection.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

#include "libsep/core/error.h"
#include "libsep/core/stem_name.h"
#include "libsep/data/bach10.h"
#include "libsep/data/detail/faults.h"
#include "libsep/data/detail/file_headers.h"
#include "libsep/data/layout.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

std::vector<StemName> all_instruments(const std::vector<Piece>& pieces) {
  std::set<StemName> names;
  for (const auto& piece : pieces) {
    for (const auto& part : piece.parts) names.insert(part.instrument);
  }
  return in_order(names);
}

int64_t num_pieces_with(const std::vector<Piece>& pieces, const StemName& stem) {
  return std::count_if(pieces.begin(), pieces.end(), [&](const Piece& piece) {
    return has_instrument(piece, stem);
  });
}

void check_size(const Dataset& dataset, Faults& faults) {
  const bool any_duet =
      std::any_of(dataset.pieces.begin(), dataset.pieces.end(), [](const Piece& piece) {
        return piece.parts.size() >= 2;
      });
  if (dataset.instruments.size() >= 2 || any_duet) return;
  add_fault(faults,
            dataset.root,
            "wants stems of at least two instruments, found {}",
            dataset.instruments.empty() ? "none" : dataset.instruments.front());
}

/// Each bad name once, at the first file that has it.
void check_names(const std::vector<Piece>& pieces, Faults& faults) {
  std::set<std::string> seen;
  for (const auto& piece : pieces) {
    for (const auto& part : piece.parts) {
      for (const auto& name : {part.instrument, part.id}) {
        const auto problem = stem_name_problem(name);
        if (problem.empty() || !seen.insert(name).second || part.files.empty()) continue;
        add_fault(faults,
                  part.files.front().path,
                  "wants another name of the instrument, found {}",
                  problem);
      }
    }
  }
}

void check_parts(const Dataset& dataset, const Piece& piece, Faults& faults) {
  for (const auto& part : piece.parts) {
    if (part.files.empty()) {
      add_fault(faults, dataset.root, "part {} of {} has no file", part.id, piece.name);
    }
  }
}

/// One file missing here and there is an accident; where most pieces lack something, they
/// may be meant to.
void hint_at_option(const Dataset& dataset, size_t num_lacking, Faults& faults) {
  if (2 * num_lacking <= dataset.pieces.size()) return;
  add_fault(faults,
            dataset.root,
            "{} of {} pieces lack an instrument that others have; where they are meant to, "
            "set data.missing_stems: allow",
            num_lacking,
            dataset.pieces.size());
}

std::vector<StemName> lacking(const Dataset& dataset, const Piece& piece) {
  std::vector<StemName> names;
  for (const auto& stem : dataset.instruments) {
    if (!has_instrument(piece, stem)) names.push_back(stem);
  }
  return names;
}

fs::path place_of(const FoundDataset& found, const Piece& piece, const StemName& stem) {
  return found.place_of ? found.place_of(piece.name, stem)
                        : found.root / (piece.name + ", " + stem);
}

void refuse_missing(const FoundDataset& found, DatasetInspection& result) {
  const Dataset& dataset = result.dataset;
  size_t num_lacking = 0;
  for (size_t i = 0; i < dataset.pieces.size(); ++i) {
    const auto stems = lacking(dataset, dataset.pieces[i]);
    for (const auto& stem : stems) {
      add_fault(result.faults,
                place_of(found, dataset.pieces[i], stem),
                "missing; {} of {} pieces have {}",
                num_pieces_with(dataset.pieces, stem),
                dataset.pieces.size(),
                stem);
    }
    num_lacking += stems.empty() ? 0 : 1;
    result.is_sound[i] = result.is_sound[i] && stems.empty();
  }
  hint_at_option(dataset, num_lacking, result.faults);
}

void note_missing(Dataset& dataset, Faults& faults) {
  std::vector<std::string> pieces;
  for (const auto& piece : dataset.pieces) {
    const auto stems = lacking(dataset, piece);
    if (stems.empty()) continue;
    if (piece.parts.empty()) {
      add_fault(
          faults, piece.mixture, "wants at least one stem of {}, found none", piece.name);
    }
    pieces.push_back(fmt::format("{} ({})", piece.name, fmt::join(stems, ", ")));
  }
  if (pieces.empty()) return;
  constexpr size_t kMostNamed = 10;
  if (pieces.size() > kMostNamed) {
    std::vector<std::string> counts;
    for (const auto& stem : dataset.instruments) {
      counts.push_back(
          fmt::format("{} in {}", stem, num_pieces_with(dataset.pieces, stem)));
    }
    dataset.notes.push_back(fmt::format("pieces differ in instruments: of {} {}",
                                        dataset.pieces.size(),
                                        fmt::join(counts, ", ")));
    return;
  }
  dataset.notes.push_back(fmt::format("pieces differ in instruments: {} {}: {}",
                                      pieces.size(),
                                      pieces.size() == 1 ? "lacks some" : "lack some",
                                      fmt::join(pieces, ", ")));
}

void note_made_mixtures(Dataset& dataset) {
  std::vector<std::string> names;
  for (const auto& piece : dataset.pieces) {
    if (piece.mixture.empty()) names.push_back(piece.name);
  }
  if (names.empty()) return;
  const bool all = names.size() == dataset.pieces.size();
  dataset.notes.push_back(
      fmt::format("{} {} missing{}: made as the sum of the stems, clipped to full scale",
                  names.size(),
                  names.size() == 1 ? "mixture is" : "mixtures are",
                  all ? "" : fmt::format(" ({})", fmt::join(names, ", "))));
}

void read_headers(DatasetInspection& result, const DataOptions& options) {
  Dataset& dataset = result.dataset;
  std::vector<FileHeaders> headers;
  std::vector<int64_t> rates;
  for (size_t i = 0; i < dataset.pieces.size(); ++i) {
    const auto num_faults = result.faults.size();
    check_parts(dataset, dataset.pieces[i], result.faults);
    headers.emplace_back(dataset.pieces[i], result.faults);
    const auto more = headers.back().rates();
    rates.insert(rates.end(), more.begin(), more.end());
    result.is_sound.push_back(result.faults.size() == num_faults);
  }
  dataset.sample_rate =
      options.sample_rate > 0 ? options.sample_rate : most_frequent(rates);
  int64_t num_resampled = 0, num_differing = 0, largest = 0;
  for (size_t i = 0; i < headers.size(); ++i) {
    const auto num_faults = result.faults.size();
    headers[i].fit(dataset.pieces[i], dataset.sample_rate, options, result.faults);
    result.is_sound[i] = result.is_sound[i] && result.faults.size() == num_faults;
    num_resampled += headers[i].num_resampled();
    num_differing += headers[i].length_difference() > 0 ? 1 : 0;
    largest = std::max(largest, headers[i].length_difference());
  }
  if (num_differing > 0) {
    dataset.notes.push_back(fmt::format(
        "files of {} {} differ in length, by at most {:.3f} s: all are {}",
        num_differing,
        num_differing == 1 ? "piece" : "pieces",
        static_cast<double>(largest) / static_cast<double>(dataset.sample_rate),
        options.lengths == Lengths::kTrim ? "cut to the shortest"
                                          : "followed by zeros up to the longest"));
  }
  if (num_resampled == 0) return;
  dataset.notes.push_back(fmt::format("{} {} resampled to {} Hz",
                                      num_resampled,
                                      num_resampled == 1 ? "file is" : "files are",
                                      dataset.sample_rate));
}

}  // namespace

std::vector<StemName> in_order(const std::set<StemName>& names) {
  const auto& bach10 = bach10_instruments();
  if (names == std::set<StemName>(bach10.begin(), bach10.end())) return bach10;
  return {names.begin(), names.end()};
}

DatasetInspection inspect_dataset(const fs::path& root, const DataOptions& options) {
  FoundDataset found = find_pieces(root, options);
  DatasetInspection result;
  Dataset& dataset = result.dataset;
  result.faults = found.faults;
  result.labels = std::move(found.labels);
  dataset.notes = found.notes;
  dataset.root = root;
  dataset.roots = {{root, "", DataUse::kFolds, options.weight}};
  dataset.instruments = all_instruments(found.pieces);
  dataset.pieces = std::move(found.pieces);
  // Of a list some of whose rows are no good, nobody knows what else it names.
  const bool is_part = found.may_differ && !found.faults.empty();
  if (!is_part) check_size(dataset, result.faults);
  check_names(dataset.pieces, result.faults);
  read_headers(result, options);
  note_made_mixtures(dataset);
  if (options.missing_stems == MissingStems::kRefuse && !found.may_differ) {
    refuse_missing(found, result);
  } else if (!is_part) {
    note_missing(dataset, result.faults);
  }
  name_lines(found.listed_at, result.faults);
  sort_faults(root, result.faults);
  return result;
}

}  // namespace sep
