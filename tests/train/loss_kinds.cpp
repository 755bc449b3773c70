// Losses from YAML.
#include "libsep/core/error.h"
#include "libsep/train/losses.h"
#include "libsep/train/ratio_loss.h"
#include "tests/support/catch_torch.h"
#include "tests/train/all_losses.h"
#include "tests/train/loss_inputs.h"

using namespace sep;

namespace {

struct Recipe {
  std::vector<WeightedLoss> loss;

  template <class Archive>
  void visit(Archive& archive) {
    archive("loss", loss);
  }
};

struct Unshared {
  template <class Archive>
  void visit(Archive&) {}
};

// A user's loss without costs of single stems.
class OneNumber : public Loss {
 public:
  LossNeeds needs(EstimateForm) const override { return {true, false, false}; }
  torch::Tensor operator()(const LossInput& input) const override {
    return input.masks.mean();
  }
};

void add_all() {
  if (losses().contains("one_number")) return;
  losses().add<Unshared>("one_number", "a test's", [](const Unshared&) {
    return std::make_shared<OneNumber>();
  });
}

Recipe parse(const std::string& text) {
  add_all();
  return parse_config<Recipe>(text, "x.yaml");
}

double value_of(const std::string& text, const LossInput& input) {
  return (*make_loss(parse(text).loss))(input).item<double>();
}

}  // namespace

TEST_CASE("every kind is made by its name", "[train]") {
  add_all();
  const auto input = random_loss_input({2, 2, 3, 9, 1, 1100}, 51);
  for (const auto& name : losses().names()) {
    INFO(name);
    if (name == "permutation_invariant") continue;
    const auto text = "loss: {type: " + name + "}";
    CHECK(std::isfinite(value_of(text, input)));
    if (name == "one_number") continue;
    // Ours say what single stems cost: without exchangeable stems nothing changes.
    CHECK(value_of("loss: {type: permutation_invariant, of: [{type: " + name + "}]}",
                   input) == value_of(text, input));
  }
}

TEST_CASE("kinds of losses are listed with their keys", "[train]") {
  LossRegistry ours("loss");
  add_losses(ours);
  const auto kinds = list_kinds(ours);
  CHECK(kinds.size() == 9);
  for (const auto& kind : kinds) {
    INFO(kind.name);
    CHECK(!kind.meaning.empty());
    for (const auto& key : kind.keys) {
      INFO(key.key);
      CHECK(!key.meaning.empty());
    }
  }
  CHECK_THAT(describe_kinds({&ours}), Catch::Contains("multi_resolution_stft"));
}

TEST_CASE("a list of losses is read with weights and keys, and written again", "[train]") {
  const std::string text =
      "loss: [{type: snr, form: threshold, max_db: 20}, {type: waveform_l1, weight: 0.5},"
      " {type: multi_resolution_stft, resolutions: [{fft_length: 32, hop_length: 8, "
      "window_length: 20}]}]";
  const auto recipe = parse(text);
  REQUIRE(recipe.loss.size() == 3);
  CHECK(recipe.loss[0].loss.options<SnrOptions>().max_db == 20.0);
  CHECK(recipe.loss[0].weight == 1.0);
  CHECK(recipe.loss[1].weight == 0.5);
  const auto input = random_loss_input({2, 2, 3, 9, 1, 60}, 52);
  CHECK(value_of(write_config(recipe), input) == value_of(text, input));

  const auto& [first, second] =
      std::make_pair(recipe.loss[0].loss.make(), recipe.loss[1].loss.make());
  const auto parts = make_loss(recipe.loss)->values(input);
  CHECK(parts[0] == (*first)(input).item<double>());
  CHECK(parts[1] == (*second)(input).item<double>());
}

TEST_CASE("what is wrong in a list of losses is told with its line", "[train][failure]") {
  const auto fails = [](const std::string& text, const std::string& wanted) {
    INFO(text);
    CHECK_THROWS_WITH(make_loss(parse(text).loss), Catch::Contains(wanted));
  };
  fails("loss: {type: sn}", "x.yaml:1: loss.type = sn: no loss; did you mean snr?");
  fails("loss:\n  - {type: snr}\n  - {type: snr, max_bd: 3}", "x.yaml:3: ");
  fails("loss: {type: snr, max_db: 0}", "max_db = 0: wants 1 to 100");
  fails("loss: {type: snr, weight: 0}", "weight = 0: wants ");
  fails("loss: {type: snr, remove_mean: true}", "remove_mean = true: wants domain");
  fails("loss: {type: permutation_invariant}", "of = []: wants at least one loss");
  fails("loss: {type: permutation_invariant, of: [{type: one_number}]}",
        "loss permutation_invariant: one_number says nothing of single stems");
  fails("loss: []", "a sum of no losses");
}
