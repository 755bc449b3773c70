#include "libsep/data/fold.h"

#include <algorithm>
#include <set>

#include "libsep/core/error.h"
#include "tests/support/catch.h"

using namespace sep;

namespace {

Dataset dataset_of(const std::vector<std::string>& names) {
  Dataset dataset;
  dataset.root = "some/folder";
  for (const auto& name : names) {
    Piece piece;
    piece.name = name;
    dataset.pieces.push_back(piece);
  }
  return dataset;
}

std::string key_refused(const SplitOptions& split) {
  try {
    split.validate();
  } catch (const ConfigError& error) {
    return error.key();
  }
  return "none";
}

using Indices = std::vector<size_t>;

}  // namespace

TEST_CASE("each piece is tested once and is in no other set of that fold",
          "[data][fold][property]") {
  for (size_t num_pieces = 3; num_pieces <= 20; ++num_pieces) {
    CAPTURE(num_pieces);
    const auto folds = leave_one_out(num_pieces);
    REQUIRE(folds.size() == num_pieces);
    std::set<size_t> tested;
    std::set<size_t> validated;
    for (const auto& fold : folds) {
      REQUIRE(fold.test.size() == 1);
      REQUIRE(fold.validation.size() == 1);
      REQUIRE(fold.train.size() == num_pieces - 2);
      tested.insert(fold.test.front());
      validated.insert(fold.validation.front());
      std::set<size_t> all(fold.train.begin(), fold.train.end());
      all.insert(fold.test.front());
      all.insert(fold.validation.front());
      CHECK(all.size() == num_pieces);  // so the three sets share no piece
      CHECK(*all.rbegin() == num_pieces - 1);
      CHECK(std::is_sorted(fold.train.begin(), fold.train.end()));
    }
    CHECK(tested.size() == num_pieces);
    CHECK(validated.size() == num_pieces);
  }
}

TEST_CASE("fold k tests piece k and validates on the piece before it", "[data][fold]") {
  const auto folds = leave_one_out(10);
  for (size_t k = 0; k < 10; ++k) {
    CHECK(folds[k].index == static_cast<int64_t>(k) + 1);
    CHECK(folds[k].test == Indices{k});
    CHECK(folds[k].validation == Indices{k == 0 ? 9 : k - 1});
  }
  CHECK(folds[3].train == Indices{0, 1, 4, 5, 6, 7, 8, 9});
}

TEST_CASE("leave-one-out refuses fewer than three pieces", "[data][fold]") {
  for (size_t num_pieces = 0; num_pieces < 3; ++num_pieces) {
    CHECK_THROWS_AS(leave_one_out(num_pieces), Error);
  }
  try {
    make_folds(dataset_of({"a", "b"}), {});
    FAIL("two pieces were accepted");
  } catch (const Error& error) {
    CHECK(std::string(error.what()) ==
          "some/folder: leave-one-out wants at least 3 pieces, found 2");
  }
}

TEST_CASE("fixed lists make one fold, whatever their order", "[data][fold]") {
  SplitOptions split;
  split.train = {"d", "a"};
  split.validation = {"c"};
  split.test = {"e", "b"};
  const auto folds = make_folds(dataset_of({"a", "b", "c", "d", "e", "f"}), split);
  REQUIRE(folds.size() == 1);
  CHECK(folds[0].index == 1);
  CHECK(folds[0].train == Indices{0, 3});
  CHECK(folds[0].validation == Indices{2});
  CHECK(folds[0].test == Indices{1, 4});
}

TEST_CASE("without lists every piece gets a fold", "[data][fold]") {
  CHECK(make_folds(dataset_of({"a", "b", "c", "d"}), {}).size() == 4);
}

TEST_CASE("without a list to train on all others are", "[data][fold]") {
  const auto dataset = dataset_of({"a", "b", "c", "d"});
  SplitOptions split;
  split.validation = {"c"};
  CHECK(make_folds(dataset, split)[0].train == Indices{0, 1, 3});
  CHECK(make_folds(dataset, split)[0].test.empty());
  split.test = {"a"};
  CHECK(make_folds(dataset, split)[0].train == Indices{1, 3});
}

TEST_CASE("fixed lists are checked", "[data][fold]") {
  SplitOptions split;
  CHECK(split.empty());
  CHECK(key_refused(split) == "none");
  split.train = {"a", "b"};
  CHECK_FALSE(split.empty());
  CHECK(key_refused(split) == "validation");
  split.test = {"c"};
  CHECK(key_refused(split) == "validation");
  split.validation = {"d"};
  CHECK(key_refused(split) == "none");
  split.test = {"c", "a"};
  CHECK(key_refused(split) == "test");
  split.test = {"c"};
  split.train = {"a", "a"};
  CHECK(key_refused(split) == "train");
}

TEST_CASE("make_folds refuses lists that do not hold", "[data][fold]") {
  const auto dataset = dataset_of({"a", "b", "c"});
  SplitOptions split;
  split.train = {"a"};
  CHECK_THROWS_AS(make_folds(dataset, split), ConfigError);
  split.train.clear();
  split.validation = {"a", "b", "c"};
  CHECK_THROWS_AS(make_folds(dataset, split), Error);
  split.validation = {"b"};
  split.train = {"a"};
  split.test = {"nowhere"};
  try {
    make_folds(dataset, split);
    FAIL("an unknown piece was accepted");
  } catch (const Error& error) {
    CHECK(std::string(error.what()) == "some/folder: no piece is called nowhere");
  }
}

TEST_CASE("k folds test each piece once", "[data][fold][property]") {
  for (const size_t num_pieces : {3, 4, 7, 20}) {
    std::vector<std::string> names;
    for (size_t i = 0; i < num_pieces; ++i) names.push_back(std::to_string(i));
    const auto dataset = dataset_of(names);
    for (int64_t k = 3; k <= std::min<int64_t>(7, int64_t(num_pieces)); ++k) {
      SplitOptions split;
      split.k = k;
      split.seed = k;
      const auto folds = make_folds(dataset, split);
      REQUIRE(int64_t(folds.size()) == k);
      std::vector<int> tested(num_pieces);
      for (size_t j = 0; j < folds.size(); ++j) {
        const auto& fold = folds[j];
        CHECK(fold.index == int64_t(j) + 1);
        CHECK(fold.validation == folds[(j + folds.size() - 1) % folds.size()].test);
        CHECK(fold.test.size() - num_pieces / folds.size() <= 1);
        for (const auto i : fold.test) ++tested[i];
        std::set<size_t> all(fold.train.begin(), fold.train.end());
        all.insert(fold.validation.begin(), fold.validation.end());
        all.insert(fold.test.begin(), fold.test.end());
        CHECK(all.size() == num_pieces);
        CHECK(fold.train.size() + fold.validation.size() + fold.test.size() == num_pieces);
        CHECK(std::is_sorted(fold.train.begin(), fold.train.end()));
      }
      CHECK(tested == std::vector<int>(num_pieces, 1));
    }
  }
}

TEST_CASE("the seed deals the pieces of k folds", "[data][fold]") {
  const auto dataset = dataset_of({"a", "b", "c", "d", "e", "f", "g", "h"});
  const auto first_test = [&](int64_t seed) {
    SplitOptions split;
    split.k = 4;
    split.seed = seed;
    return make_folds(dataset, split)[0].test;
  };
  std::set<Indices> seen;
  for (int64_t seed = 0; seed < 20; ++seed) {
    CHECK(first_test(seed) == first_test(seed));
    seen.insert(first_test(seed));
  }
  CHECK(seen.size() > 5);  // of 28: that 20 draws give so few has a chance below 1e-9
}

TEST_CASE("a dataset's own split is one fold", "[data][fold]") {
  auto dataset = dataset_of({"a", "b", "c", "d", "e", "f"});
  const char* const splits[] = {"test", "train", "validation", "train", "test", ""};
  for (size_t i = 0; i < 6; ++i) dataset.pieces[i].split = splits[i];
  SplitOptions split;
  split.from = SplitSource::kDataset;
  auto fold = make_folds(dataset, split).at(0);
  CHECK(fold.train == Indices{1, 3});
  CHECK(fold.validation == Indices{2});
  CHECK(fold.test == Indices{0, 4});
  split.validation = {"d"};
  fold = make_folds(dataset, split).at(0);
  CHECK(fold.train == Indices{1});
  CHECK(fold.validation == Indices{2, 3});
  CHECK(make_folds(dataset, {}).size() == 6);
  split.validation.clear();
  dataset.pieces[2].split = "";
  try {
    make_folds(dataset, split);
    FAIL("a split without validation was accepted");
  } catch (const Error& error) {
    CHECK(std::string(error.what()) ==
          "some/folder: split.from = dataset: no piece of it is for validation; "
          "split.validation may name some");
  }
}

TEST_CASE("pieces for training alone are in the training of every fold", "[data][fold]") {
  auto dataset = dataset_of({"a", "b", "c", "d", "s-1", "s-2"});
  dataset.roots = {{"A", "", DataUse::kFolds, 0.0}, {"S", "s", DataUse::kTrain, 0.0}};
  dataset.pieces[4].root = dataset.pieces[5].root = 1;
  const auto folds = make_folds(dataset, {});
  REQUIRE(folds.size() == 4);
  CHECK(folds[0].test == Indices{0});
  CHECK(folds[0].validation == Indices{3});
  CHECK(folds[0].train == Indices{1, 2, 4, 5});
  SplitOptions split;
  split.k = 4;
  for (const auto& fold : make_folds(dataset, split)) {
    CHECK(fold.train.size() == 4);
    CHECK(fold.train[2] == 4);
  }
  split = {};
  split.train = {"a"};
  split.validation = {"b"};
  CHECK(make_folds(dataset, split)[0].train == Indices{0, 4, 5});
  split.test = {"s-1"};
  try {
    make_folds(dataset, split);
    FAIL("a piece for training was tested");
  } catch (const Error& error) {
    CHECK(std::string(error.what()) ==
          "S: piece s-1 is to be trained on alone, as all of its dataset; wants use: "
          "folds");
  }
  dataset.roots[1].use = DataUse::kFolds;
  CHECK(make_folds(dataset, {}).size() == 6);
}

TEST_CASE("ways to split exclude each other", "[data][fold]") {
  SplitOptions split;
  split.k = 2;
  CHECK(key_refused(split) == "k");
  split.k = 3;
  CHECK(key_refused(split) == "none");
  split.validation = {"a"};
  CHECK(key_refused(split) == "k");
  split.k = 0;
  split.from = SplitSource::kDataset;
  CHECK(key_refused(split) == "none");
  split.test = {"b"};
  CHECK(key_refused(split) == "from");
  split = {};
  split.from = SplitSource::kDataset;
  split.k = 3;
  CHECK(key_refused(split) == "k");
  split = {};
  split.seed = -1;
  CHECK(key_refused(split) == "seed");
  split = {};
  split.k = 5;
  CHECK_THROWS_WITH(make_folds(dataset_of({"a", "b", "c"}), split),
                    "some/folder: split.k = 5 wants at least 5 pieces, found 3");
}

TEST_CASE("folds are numbers and ranges", "[data][fold]") {
  CHECK(parse_folds("all", 10).empty());
  CHECK(parse_folds("1,3-5", 10) == std::vector<int64_t>{1, 3, 4, 5});
  CHECK(parse_folds("10", 10) == std::vector<int64_t>{10});
  CHECK(parse_folds("3,1,2-3", 10) == std::vector<int64_t>{1, 2, 3});
  for (const char* wrong :
       {"", "0", "11", "5-3", "1,", ",1", "1-", "a", "1 2", "1-2-3", "-1"}) {
    INFO(wrong);
    CHECK_THROWS_AS(parse_folds(wrong, 10), Error);
  }
}
