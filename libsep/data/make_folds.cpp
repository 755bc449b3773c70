#include <algorithm>
#include <set>
#include <utility>

#include "libsep/core/error.h"
#include "libsep/core/random.h"
#include "libsep/data/fold.h"

namespace sep {
namespace {

using Indices = std::vector<size_t>;

/// Of the pieces that a root's use is not or is.
Indices pieces_for(const Dataset& dataset, DataUse use) {
  Indices indices;
  for (size_t i = 0; i < dataset.pieces.size(); ++i) {
    const auto root = dataset.pieces[i].root;
    const auto found =
        root < dataset.roots.size() ? dataset.roots[root].use : DataUse::kFolds;
    if (found == use) indices.push_back(i);
  }
  return indices;
}

/// Sorted, so that the order of the names in a file changes nothing.
Indices indices_of(const Dataset& dataset,
                   const std::vector<std::string>& names,
                   const Indices& among) {
  Indices indices;
  for (const auto& name : names) {
    const auto index = dataset.piece_index(name);
    SEP_CHECK(std::binary_search(among.begin(), among.end(), index),
              "{}: piece {} is to be trained on alone, as all of its dataset; wants use: "
              "folds",
              dataset.roots.at(dataset.pieces[index].root).path.string(),
              shown_text(name));
    indices.push_back(index);
  }
  std::sort(indices.begin(), indices.end());
  return indices;
}

Indices without(const Indices& all, const Indices& some) {
  Indices rest;
  std::copy_if(all.begin(), all.end(), std::back_inserter(rest), [&](size_t i) {
    return !std::binary_search(some.begin(), some.end(), i);
  });
  return rest;
}

Fold fold_of_lists(const Dataset& dataset, const SplitOptions& split, const Indices& own) {
  Fold fold;
  fold.validation = indices_of(dataset, split.validation, own);
  fold.test = indices_of(dataset, split.test, own);
  fold.train = split.train.empty() ? without(without(own, fold.validation), fold.test)
                                   : indices_of(dataset, split.train, own);
  return fold;
}

Fold fold_of_dataset(const Dataset& dataset,
                     const SplitOptions& split,
                     const Indices& own) {
  const auto of = [&](const char* name) {
    Indices indices;
    std::copy_if(own.begin(), own.end(), std::back_inserter(indices), [&](size_t i) {
      return dataset.pieces[i].split == name;
    });
    return indices;
  };
  const auto chosen = indices_of(dataset, split.validation, own);
  Fold fold;
  fold.train = without(of("train"), chosen);
  fold.test = without(of("test"), chosen);
  const auto validation = of("validation");
  std::set_union(validation.begin(),
                 validation.end(),
                 chosen.begin(),
                 chosen.end(),
                 std::back_inserter(fold.validation));
  const std::pair<const char*, const Indices*> sets[] = {
      {"train", &fold.train}, {"validation", &fold.validation}, {"test", &fold.test}};
  for (const auto& [name, set] : sets) {
    SEP_CHECK(!set->empty(),
              "{}: split.from = dataset: no piece of it is for {}{}",
              dataset.root.string(),
              name,
              set == &fold.validation ? "; split.validation may name some" : "");
  }
  return fold;
}

/// Folds over 0 … n - 1, as leave_one_out(), but of parts of several.
std::vector<Fold> k_folds(size_t num_pieces, const SplitOptions& split) {
  const auto k = static_cast<size_t>(split.k);
  Indices order(num_pieces);
  for (size_t i = 0; i < num_pieces; ++i) order[i] = i;
  RandomStream random(static_cast<uint64_t>(split.seed), "split/folds");
  for (size_t i = num_pieces; i > 1; --i) {
    std::swap(order[i - 1],
              order[static_cast<size_t>(random.index(static_cast<int64_t>(i)))]);
  }
  std::vector<Fold> folds(k);
  for (size_t i = 0; i < num_pieces; ++i) {
    for (size_t j = 0; j < k; ++j) {
      const size_t part = i % k;
      auto& set = part == j                 ? folds[j].test
                  : part == (j + k - 1) % k ? folds[j].validation
                                            : folds[j].train;
      set.push_back(order[i]);
    }
  }
  for (size_t j = 0; j < k; ++j) {
    folds[j].index = static_cast<int64_t>(j) + 1;
    for (auto* set : {&folds[j].train, &folds[j].validation, &folds[j].test}) {
      std::sort(set->begin(), set->end());
    }
  }
  return folds;
}

/// Leave-one-out or k folds.
std::vector<Fold> folds_in_turn(const Dataset& dataset,
                                const SplitOptions& split,
                                const Indices& own) {
  const auto wanted = static_cast<size_t>(std::max<int64_t>(3, split.k));
  SEP_CHECK(own.size() >= wanted,
            "{}: {} wants at least {} pieces, found {}",
            dataset.root.string(),
            split.k > 0 ? fmt::format("split.k = {}", split.k) : "leave-one-out",
            wanted,
            own.size());
  auto folds = split.k > 0 ? k_folds(own.size(), split) : leave_one_out(own.size());
  for (auto& fold : folds) {
    for (auto* set : {&fold.train, &fold.validation, &fold.test}) {
      for (auto& index : *set) index = own[index];
    }
  }
  return folds;
}

}  // namespace

std::vector<Fold> make_folds(const Dataset& dataset, const SplitOptions& split) {
  split.validate();
  const auto own = pieces_for(dataset, DataUse::kFolds);
  const auto further = pieces_for(dataset, DataUse::kTrain);
  auto folds = split.from == SplitSource::kDataset
                   ? std::vector<Fold>{fold_of_dataset(dataset, split, own)}
               : split.empty() ? folds_in_turn(dataset, split, own)
                               : std::vector<Fold>{fold_of_lists(dataset, split, own)};
  for (auto& fold : folds) {
    fold.train.insert(fold.train.end(), further.begin(), further.end());
    std::sort(fold.train.begin(), fold.train.end());
    SEP_CHECK(!fold.train.empty(),
              "{}: no piece is left to train on beside those of split.validation and "
              "split.test",
              dataset.root.string());
  }
  return folds;
}

}  // namespace sep
