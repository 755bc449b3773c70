#include "libsep/experiment/fold_examples.h"

#include "libsep/core/error.h"
#include "libsep/experiment/experiment_config.h"
#include "tests/support/catch_torch.h"
#include "tests/support/datasets.h"
#include "tests/support/messages.h"
#include "tests/support/paths.h"
#include "tests/support/threads.h"

using namespace sep;

namespace {

const StftOptions kStft{64, 32};

bool same_examples(const MixtureDataset& a, const MixtureDataset& b) {
  bool equal = a.size() == b.size();
  for (int64_t i = 0; equal && i < a.size(); ++i) {
    equal = *a.get(i).mixture == *b.get(i).mixture && a.get(i).target == b.get(i).target;
  }
  return equal;
}

MixtureDataset examples_of_epoch(const MixtureRenderer& renderer,
                                 const Fold& fold,
                                 int64_t epoch) {
  const auto mixtures = renderer.render(renderer.draw_train(fold, epoch), 1);
  return {mixtures, "violin", TargetRule::kByName, kStft, 1};
}

}  // namespace

TEST_CASE("folds prepared ahead are those prepared when needed", "[experiment][folds]") {
  const Threads threads(GENERATE(1, 2));
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 4);
  const auto folds = leave_one_out(4);
  const MixtureRenderer renderer(dataset, small_mixture_options());
  for (const auto ahead : {FoldQueue::Ahead::kNo, FoldQueue::Ahead::kYes}) {
    FoldQueue queue(renderer, folds, kStft, 2, ahead);
    for (const auto& fold : folds) {
      const auto data = queue.next();
      const auto expected = prepare_fold(renderer, fold, kStft, 1);
      CHECK(data.fold.index == fold.index);
      CHECK(same(data.mixtures.train, expected.mixtures.train));
      CHECK(same(data.mixtures.validation, expected.mixtures.validation));
      for (size_t i = 0; i < 7; ++i) {
        CHECK(*data.train.magnitudes()[i] == *expected.train.magnitudes()[i]);
      }
      CHECK(data.validation.magnitudes().size() == 3);
    }
  }
}

TEST_CASE("what fails ahead fails when it is asked for", "[experiment][folds][failure]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 4);
  const MixtureRenderer renderer(dataset, small_mixture_options());
  auto folds = leave_one_out(4);
  folds[1].train.clear();
  FoldQueue queue(renderer, folds, kStft, 1, FoldQueue::Ahead::kYes);
  CHECK(queue.next().fold.index == 1);
  CHECK_THROWS_AS(queue.next(), Error);
}

TEST_CASE("a fold or an epoch beyond the last is an error",
          "[experiment][folds][failure]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 3);
  const MixtureRenderer renderer(dataset, small_mixture_options());
  const auto folds = leave_one_out(3);
  FoldQueue queue(renderer, {folds[0]}, kStft, 1, FoldQueue::Ahead::kYes);
  queue.next();
  CHECK(message_of([&] { queue.next(); }) == "a fold after the last of 1");
  RenewedExamples source(renderer, folds[0], {"violin", TargetRule::kByName, kStft, 1}, 4);
  CHECK(message_of([&] { source.epoch(-1); }) == "epoch -1: wants 0 or more");
}

TEST_CASE("an epoch's examples do not depend on what was asked before",
          "[experiment][folds]") {
  const Threads threads(GENERATE(1, 2));
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 3);
  const Fold fold{1, {0, 1}, {2}, {}};
  auto options = small_mixture_options();
  options.renew_each_epoch = true;
  const MixtureRenderer renderer(dataset, options);
  const std::vector<std::vector<int64_t>> orders = {
      {0, 1, 2, 3}, {2, 3}, {3, 0, 0, 2}, {1, 1, 2, 5}};
  std::vector<MixtureDataset> expected;
  for (int64_t epoch = 0; epoch < 6; ++epoch) {
    expected.push_back(examples_of_epoch(renderer, fold, epoch));
  }
  CHECK_FALSE(same_examples(expected[0], expected[1]));
  for (const auto& order : orders) {
    RenewedExamples source(renderer, fold, {"violin", TargetRule::kByName, kStft, 2}, 4);
    for (const int64_t epoch : order) {
      CHECK(same_examples(source.epoch(epoch), expected[static_cast<size_t>(epoch)]));
    }
  }
}

TEST_CASE("settings that only together are wrong are refused", "[experiment][failure]") {
  const auto message = [](const std::string& text) -> std::string {
    try {
      parse_config<ExperimentConfig>(text, "x.yaml");
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  };
  CHECK(message("train:\n  segment_seconds: 26\n") ==
        "x.yaml:2: train.segment_seconds = 26: wants at most mixtures.seconds = 25");
  CHECK(message("train: {segment_seconds: -1}\n").find("train.segment_seconds = -1") !=
        std::string::npos);
  const std::string late = "mixtures:\n  first_seed: 4294967286\n";
  CHECK(message(late) == "no error");
  CHECK(message(late + "  renew_each_epoch: true\n") == "no error");
  CHECK(message(late + "  renew_each_epoch: true\ntrain: {num_epochs: 2}\n")
            .find("x.yaml:2: mixtures.first_seed = 4294967286: wants at most 2^32 - 20") ==
        0);
}
