#include "libsep/train/sampler.h"

#include <cmath>
#include <limits>
#include <memory>
#include <set>

#include "libsep/core/error.h"
#include "libsep/train/batch.h"
#include "tests/support/catch_torch.h"
#include "tests/support/messages.h"
#include "tests/support/paths.h"
#include "tests/train/examples.h"

using namespace sep;

namespace {

std::vector<int64_t> examples_of_pass(const SamplingOptions& options,
                                      const MixtureDataset& dataset,
                                      int64_t pass) {
  const int64_t count = num_batches(dataset, options.batch_size);
  std::vector<int64_t> examples;
  for (int64_t i = pass * count; i < (pass + 1) * count; ++i) {
    for (const auto& item : sample_batch(options, dataset, i)) {
      examples.push_back(item.example);
    }
  }
  return examples;
}

}  // namespace

TEST_CASE("without options a pass is the dataset in its order", "[train][sampler]") {
  const auto dataset = small_dataset(7, 1);
  SamplingOptions options;
  options.batch_size = 3;
  for (int64_t i = 0; i < 9; ++i) {
    const auto items = sample_batch(options, dataset, i);
    REQUIRE(items.size() == (i % 3 == 2 ? 1U : 3U));
    for (size_t k = 0; k < items.size(); ++k) {
      CHECK(items[k].example == i % 3 * 3 + static_cast<int64_t>(k));
      CHECK(items[k].first_frame == 0);
    }
  }
}

TEST_CASE("a shuffled pass has every example once, each pass its own order",
          "[train][sampler][property]") {
  const auto dataset = small_dataset(7, 1);
  SamplingOptions options;
  options.batch_size = GENERATE(1, 3, 7, 20);
  options.shuffle = true;
  options.seed = 5;
  std::set<std::vector<int64_t>> orders;
  for (int64_t pass = 0; pass < 20; ++pass) {
    const auto examples = examples_of_pass(options, dataset, pass);
    CHECK(std::set<int64_t>(examples.begin(), examples.end()).size() == 7);
    CHECK(examples.size() == 7);
    orders.insert(examples);
    CHECK(examples_of_pass(options, dataset, pass) == examples);
  }
  CHECK(orders.size() > 17);  // of 5040
  auto other = options;
  other.seed = 6;
  CHECK(examples_of_pass(other, dataset, 0) != examples_of_pass(options, dataset, 0));
}

TEST_CASE("segments lie anywhere in an example", "[train][sampler][property]") {
  const auto dataset = small_dataset(4, 1);
  const int64_t num_frames = dataset.get(0).num_frames;
  SamplingOptions options;
  options.batch_size = 2;
  options.num_frames = GENERATE_COPY(1, 50, num_frames - 1, num_frames, num_frames + 9);
  const int64_t spare = std::max<int64_t>(num_frames - options.num_frames, 0);
  std::set<int64_t> starts;
  for (int64_t i = 0; i < 1000; ++i) {
    for (const auto& item : sample_batch(options, dataset, i)) {
      REQUIRE((item.first_frame >= 0 && item.first_frame <= spare));
      starts.insert(item.first_frame);
    }
  }
  // 2000 draws of at most 139 places leave one out with a chance below 1e-4.
  CHECK(static_cast<int64_t>(starts.size()) == spare + 1);
}

TEST_CASE("a batch holds the frames its items name", "[train][sampler]") {
  const auto dataset = small_dataset(3, 1);
  const std::vector<BatchItem> items = {{2, 5}, {0, 0}, {2, 100}};
  const auto whole = make_batch(dataset, 0, 3, torch::kCPU);
  const auto batch = make_batch(dataset, items, 30, torch::kCPU);
  REQUIRE(batch.input.sizes() == torch::IntArrayRef({3, 30, 33}));
  REQUIRE(batch.known.targets.sizes() == batch.input.unsqueeze(1).sizes());
  for (size_t k = 0; k < items.size(); ++k) {
    const auto cut = [&](const torch::Tensor& all) {
      return all[items[k].example].narrow(0, items[k].first_frame, 30);
    };
    CHECK(torch::equal(batch.input[static_cast<int64_t>(k)], cut(whole.input)));
    CHECK(torch::equal(batch.known.targets[static_cast<int64_t>(k)][0],
                       cut(whole.known.targets.squeeze(1))));
  }
  CHECK(make_batch(dataset, {{1, 0}}, 100000, torch::kCPU).input.size(1) ==
        whole.input.size(1));
  CHECK_THROWS_AS(make_batch(dataset, {}, 0, torch::kCPU), Error);
}

TEST_CASE("what no batch can be sampled from is refused", "[train][sampler][failure]") {
  auto dataset = small_dataset(3, 1);
  const auto refusal = [&](int64_t batch_size, int64_t num_frames, int64_t iteration) {
    SamplingOptions options;
    options.batch_size = batch_size;
    options.num_frames = num_frames;
    return message_of([&] { sample_batch(options, dataset, iteration); });
  };
  CHECK(refusal(2, 0, 0) == "no error");
  CHECK(refusal(std::numeric_limits<int64_t>::max(), 1, 5) == "no error");
  CHECK(refusal(0, 0, 0) == "batches of 0 examples: wants at least 1");
  CHECK(refusal(2, -1, 0) == "segments of -1 frames: wants 0 or more");
  CHECK(refusal(2, 0, -1) == "iteration -1: wants 0 or more");
  const auto moved = std::move(dataset);
  CHECK(refusal(2, 0, 0) == "a batch of no examples: wants a dataset of at least one");
}

namespace {

/// Other mixtures in each epoch; forgets them when another one is asked for.
class NewEachEpoch : public ExampleSource {
 public:
  const MixtureDataset& epoch(int64_t index) override {
    if (index != index_) {
      dataset_ = std::make_unique<MixtureDataset>(
          small_dataset(5, 100 + static_cast<uint64_t>(index)));
      index_ = index;
    }
    return *dataset_;
  }

 private:
  int64_t index_ = -1;
  std::unique_ptr<MixtureDataset> dataset_;
};

TrainingSetup setup_with_everything(const std::filesystem::path& folder) {
  auto setup = small_setup(folder);
  setup.options.shuffle = true;
  setup.options.segment_seconds = 0.04;
  setup.sampling_seed = 13;
  return setup;
}

}  // namespace

TEST_CASE("shuffled segments of new mixtures resume to the same bytes", "[train][resume]") {
  const auto validation = small_dataset(3, 2);
  Progress silent;
  const TemporaryFolder whole;
  NewEachEpoch source;
  Trainer(setup_with_everything(whole.path())).run(source, validation, silent);
  for (const int64_t stop : {0, 1, 4, 7, 11}) {
    INFO("stopped after " << stop);
    const TemporaryFolder parts;
    const auto setup = setup_with_everything(parts.path());
    StopAfter interrupt(stop);
    NewEachEpoch first;
    Trainer(setup).run(first, validation, interrupt);
    NewEachEpoch second;
    CHECK(Trainer(setup).run(second, validation, silent).num_iterations == 12 - stop);
    for (const char* name : {"best.safetensors", "last.safetensors", "history.csv"}) {
      CHECK(bytes(whole / name) == bytes(parts / name));
    }
  }
}

TEST_CASE("each sampling option changes what is learnt", "[train][sampler]") {
  const auto train = small_dataset(5, 1);
  const auto validation = small_dataset(3, 2);
  Progress silent;
  const auto weights = [&](auto change) {
    const TemporaryFolder folder;
    auto setup = small_setup(folder.path());
    change(setup);
    Trainer(setup).run(train, validation, silent);
    return bytes(folder / "last.safetensors");
  };
  std::set<std::string> all;
  all.insert(weights([](auto&) {}));
  all.insert(weights([](auto& setup) { setup.sampling_seed = 99; }));  // nothing is drawn
  CHECK(all.size() == 1);
  all.insert(weights([](auto& setup) { setup.options.shuffle = true; }));
  CHECK(all.size() == 2);
  all.insert(weights([](auto& setup) { setup.options.segment_seconds = 0.05; }));
  CHECK(all.size() == 3);
  all.insert(weights([](auto& setup) {
    setup.options.shuffle = true;
    setup.sampling_seed = 99;
  }));
  CHECK(all.size() == 4);
  // As long as the mixtures: nothing to choose.
  all.insert(weights([](auto& setup) { setup.options.segment_seconds = 0.1; }));
  CHECK(all.size() == 4);
  const TemporaryFolder folder;
  NewEachEpoch source;
  Trainer(small_setup(folder.path())).run(source, validation, silent);
  all.insert(bytes(folder / "last.safetensors"));
  CHECK(all.size() == 5);
}

// A dropped instrument: its target is silence, in one case so is what is left.
TEST_CASE("silent targets do not break a training", "[train][sampler]") {
  auto mixtures = small_mixtures(4, 1);
  for (size_t i : {size_t{0}, size_t{1}}) {
    auto& violin = mixtures[i].stems["violin"].samples;
    std::fill(violin.begin(), violin.end(), 0.0F);
    mixtures[i].mixture = mixtures[i].stems["bassoon"];
  }
  std::fill(mixtures[1].mixture.samples.begin(), mixtures[1].mixture.samples.end(), 0.0F);
  const MixtureDataset train(mixtures, "violin", TargetRule::kByName, small_stft(), 1);
  const TemporaryFolder folder;
  auto setup = small_setup(folder.path());
  setup.options.num_epochs = 10;
  Progress silent;
  Trainer(setup).run(train, train, silent);
  const auto history = read_history(folder / "history.csv");
  REQUIRE(history.size() == 10);
  CHECK(history.back().train_loss < history.front().train_loss);
  CHECK(std::isfinite(history.back().validation_loss));
}
