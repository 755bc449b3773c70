#include "libsep/data/fold.h"

#include <algorithm>
#include <set>
#include <utility>

#include "libsep/core/error.h"
#include "libsep/core/number.h"

namespace sep {
namespace {

using NamedList = std::pair<const char*, const std::vector<std::string>*>;

std::vector<size_t> all_but(const Fold& fold, size_t num_pieces) {
  std::vector<size_t> indices;
  for (size_t i = 0; i < num_pieces; ++i) {
    const auto holds = [&](const std::vector<size_t>& set) {
      return std::find(set.begin(), set.end(), i) != set.end();
    };
    if (!holds(fold.validation) && !holds(fold.test)) indices.push_back(i);
  }
  return indices;
}

// Sorted, so that the order of the names in a file changes nothing.
std::vector<size_t> indices_of(const Dataset& dataset,
                               const std::vector<std::string>& names) {
  std::vector<size_t> indices;
  indices.reserve(names.size());
  for (const auto& name : names) indices.push_back(dataset.piece_index(name));
  std::sort(indices.begin(), indices.end());
  return indices;
}

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

std::vector<Fold> make_folds(const Dataset& dataset, const SplitOptions& split) {
  split.validate();
  if (split.empty()) {
    SEP_CHECK(dataset.pieces.size() >= 3,
              "{}: leave-one-out wants at least 3 pieces, found {}",
              dataset.root.string(),
              dataset.pieces.size());
    return leave_one_out(dataset.pieces.size());
  }
  Fold fold;
  fold.validation = indices_of(dataset, split.validation);
  fold.test = indices_of(dataset, split.test);
  fold.train = split.train.empty() ? all_but(fold, dataset.pieces.size())
                                   : indices_of(dataset, split.train);
  SEP_CHECK(!fold.train.empty(),
            "{}: no piece is left to train on beside those of split.validation and "
            "split.test",
            dataset.root.string());
  return {fold};
}

std::vector<int64_t> parse_folds(const std::string& text, int64_t num_folds) {
  if (text == "all") return {};
  std::set<int64_t> folds;
  size_t begin = 0;
  while (begin <= text.size()) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto part = text.substr(begin, end - begin);
    const auto dash = part.find('-');
    const auto low = parse_int(part.substr(0, dash));
    const auto high = dash == std::string::npos ? low : parse_int(part.substr(dash + 1));
    SEP_CHECK(low && high && 1 <= *low && *low <= *high && *high <= num_folds,
              "--folds {}: wants all, or numbers and ranges from 1 to {} as 1,3-5",
              text,
              num_folds);
    for (int64_t fold = *low; fold <= *high; ++fold) folds.insert(fold);
    begin = end + 1;
  }
  return {folds.begin(), folds.end()};
}

}  // namespace sep
