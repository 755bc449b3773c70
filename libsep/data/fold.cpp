#include "libsep/data/fold.h"

#include <algorithm>
#include <set>
#include <utility>

#include "libsep/core/bounds.h"
#include "libsep/core/error.h"
#include "libsep/core/ranges.h"

namespace sep {
namespace {

using NamedList = std::pair<const char*, const std::vector<std::string>*>;

}  // namespace

std::vector<Fold> leave_one_out(size_t num_pieces) {
  SEP_CHECK(num_pieces >= 3,
            "leave-one-out wants at least 3 pieces (to train, validate and test), found {}",
            num_pieces);
  std::vector<Fold> folds(num_pieces);
  for (size_t test = 0; test < num_pieces; ++test) {
    const size_t validation = (test + num_pieces - 1) % num_pieces;
    Fold& fold = folds[test];
    fold.index = static_cast<int64_t>(test) + 1;
    fold.test = {test};
    fold.validation = {validation};
    for (size_t i = 0; i < num_pieces; ++i) {
      if (i != test && i != validation) fold.train.push_back(i);
    }
  }
  return folds;
}

void SplitOptions::validate() const {
  check_bounds("seed", seed, 0, (int64_t{1} << 32) - 1);
  if (k != 0) check_bounds("k", k, 3, 1'000'000);
  const bool is_dataset = from == SplitSource::kDataset;
  if (k != 0 && (is_dataset || !empty())) {
    throw ConfigError("k", fmt::format(" = {}: wants no lists and not from: dataset", k));
  }
  if (is_dataset && (!train.empty() || !test.empty())) {
    throw ConfigError("from", " = dataset: wants no lists but validation");
  }
  if (empty()) return;
  if (validation.empty()) {
    throw ConfigError("validation", ": wants at least one piece, or all three lists empty");
  }
  std::set<std::string> seen;
  const NamedList lists[] = {
      {"train", &train}, {"validation", &validation}, {"test", &test}};
  for (const auto& [key, names] : lists) {
    for (const auto& name : *names) {
      if (!seen.insert(name).second) {
        throw ConfigError(
            key, fmt::format(": {} stands twice in the three lists", shown_text(name)));
      }
    }
  }
}

std::vector<int64_t> parse_folds(const std::string& text, int64_t num_folds) {
  if (text == "all") return {};
  const auto folds = parse_ranges(text, 1, num_folds, static_cast<size_t>(num_folds));
  SEP_CHECK(folds,
            "--folds {}: wants all, or numbers and ranges from 1 to {} as 1,3-5",
            text,
            num_folds);
  return *folds;
}

}  // namespace sep
