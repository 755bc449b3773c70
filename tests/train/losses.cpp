// What all losses have in common, and their sums.
#include <cmath>
#include <limits>

#include "libsep/core/error.h"
#include "libsep/train/loss_sum.h"
#include "tests/support/catch_torch.h"
#include "tests/train/all_losses.h"
#include "tests/train/loss_inputs.h"

using namespace sep;

namespace {

constexpr auto kMasks = EstimateForm::kRealMasks;
constexpr auto kWaves = EstimateForm::kWaveforms;

LossInput in_float(LossInput input) {
  for (auto* x : {&input.masks,
                  &input.mixture,
                  &input.targets,
                  &input.projections,
                  &input.target_energies,
                  &input.mixture_energy,
                  &input.estimate_waves,
                  &input.target_waves,
                  &input.mixture_waves}) {
    *x = x->to(torch::kFloat32);
  }
  return input;
}

bool all_finite(const torch::Tensor& x) { return x.isfinite().all().item<bool>(); }

// Without what was not asked for.
LossInput reduced_to(const LossNeeds& needs, const LossInput& all) {
  LossInput input;
  if (needs.magnitudes || needs.phase) {
    input.masks = all.masks;
    input.mixture = all.mixture;
  }
  if (needs.magnitudes) input.targets = all.targets;
  if (needs.phase) {
    input.projections = all.projections;
    input.target_energies = all.target_energies;
    input.mixture_energy = all.mixture_energy;
  }
  if (needs.waveforms) {
    input.estimate_waves = all.estimate_waves;
    input.target_waves = all.target_waves;
    input.mixture_waves = all.mixture_waves;
  }
  return input;
}

// Needs that do not depend on the form of estimates.
class ConstantLoss : public Loss {
 public:
  LossNeeds needs(EstimateForm) const override { return {}; }
  torch::Tensor operator()(const LossInput&) const override { return torch::ones({}); }
};

}  // namespace

TEST_CASE("silence gives finite losses and gradients", "[train][property]") {
  const bool single = GENERATE(true, false);
  auto input = random_loss_input({3, 2, 4, 9, 2, 60}, 31);
  silence_target(input, 0, 1);
  silence_mixture(input, 1);
  if (single) input = in_float(input);
  SECTION("beside estimates that sound") {}
  SECTION("and estimates that do not") {
    input.masks.zero_();
    input.estimate_waves.zero_();
  }
  SECTION("and estimates that are the targets") {
    input.masks = input.projections / input.mixture.unsqueeze(1).clamp_min(1e-9);
    input.estimate_waves = input.target_waves.clone();
  }
  for (const auto& [name, loss] : all_losses()) {
    INFO(name);
    auto with_leaves = input;
    with_leaves.masks = input.masks.clone().requires_grad_(true);
    with_leaves.estimate_waves = input.estimate_waves.clone().requires_grad_(true);
    const auto value = (*loss)(with_leaves);
    CHECK(all_finite(value));
    CHECK(value.dtype() == input.masks.dtype());
    value.backward();
    const auto& leaf =
        loss->needs(kMasks).waveforms ? with_leaves.estimate_waves : with_leaves.masks;
    CHECK(all_finite(leaf.grad()));
  }
}

TEST_CASE("a target that rests asks for silence", "[train]") {
  auto input = random_loss_input({1, 1, 4, 9, 1, 60}, 32);
  silence_target(input, 0, 0);
  const auto quiet = [&](double gain) {
    auto result = input;
    result.masks = input.masks * gain;
    result.estimate_waves = input.estimate_waves * gain;
    return result;
  };
  for (const auto domain : {LossDomain::kSpectrum, LossDomain::kWaveform}) {
    const auto loss = make_snr(ratio_options<SnrOptions>(domain, RatioForm::kSoft));
    const auto value = [&](double gain) { return (*loss)(quiet(gain)).item<double>(); };
    CHECK(value(1.0) > value(0.1) + 10.0);
    CHECK(value(0.0) == Approx(-30.0));
    auto whole = input;  // 1 / 1e-3, and the floor
    whole.masks = torch::ones_like(input.masks);
    whole.estimate_waves = input.mixture_waves.unsqueeze(1);
    CHECK((*loss)(whole).item<double>() == Approx(10.0 * std::log10(1e3 + 1e-3)));
  }
}

TEST_CASE("what is not a number is not lost in any loss", "[train]") {
  for (const auto& [name, loss] : all_losses()) {
    INFO(name);
    auto input = random_loss_input({2, 2, 3, 9, 1, 60}, 33);
    const auto nan = std::numeric_limits<double>::quiet_NaN();
    input.masks[1][0][2][7] = nan;
    input.estimate_waves[1][0][0][30] = nan;
    CHECK(std::isnan((*loss)(input).item<double>()));
  }
}

TEST_CASE("a loss reads what it needs and nothing else", "[train]") {
  const auto all = random_loss_input({2, 2, 3, 9, 1, 60}, 34);
  for (const auto& [name, loss] : all_losses()) {
    INFO(name);
    const auto needs = loss->needs(kMasks);
    CHECK((*loss)(reduced_to(needs, all)).item<double>() == (*loss)(all).item<double>());
    CHECK_THROWS_AS((*loss)(LossInput{}), Error);
    auto wrong = all;
    wrong.masks = all.masks.narrow(3, 0, 8);
    wrong.estimate_waves = all.estimate_waves.narrow(3, 0, 59);
    CHECK_THROWS_AS((*loss)(wrong), Error);
  }
}

TEST_CASE("ratios take the spectrum where there are masks", "[train]") {
  const auto all = random_loss_input({2, 2, 3, 9, 1, 60}, 35);
  const auto loss = make_snr({});
  CHECK(loss->needs(kMasks) == LossNeeds{false, true, false});
  CHECK(loss->needs(kWaves) == LossNeeds{false, false, true});
  const auto spectral =
      make_snr(ratio_options<SnrOptions>(LossDomain::kSpectrum, RatioForm::kSoft));
  const auto waved =
      make_snr(ratio_options<SnrOptions>(LossDomain::kWaveform, RatioForm::kSoft));
  const auto value = [&](const Loss& of, const LossNeeds& needs) {
    return of(reduced_to(needs, all)).item<double>();
  };
  CHECK(value(*loss, loss->needs(kMasks)) == value(*spectral, {false, true, false}));
  CHECK(value(*loss, loss->needs(kWaves)) == value(*waved, {false, false, true}));
}

TEST_CASE("a loss of masks cannot stand beside a network of waveforms",
          "[train][failure]") {
  const auto loss = make_phase_sensitive({});
  CHECK(check_needs(*loss, "phase_sensitive", kMasks) == loss->needs(kMasks));
  CHECK_THROWS_WITH(check_needs(*loss, "phase_sensitive", kWaves),
                    "loss phase_sensitive: compares masks of magnitudes, and this network "
                    "gives waveforms");
  const LossSum sum(
      {{"snr", 1.0, make_snr({})}, {"magnitude_l1", 1.0, make_magnitude_l1({})}});
  CHECK(sum.needs(kMasks) == LossNeeds{true, true, false});
  CHECK_THROWS_WITH(sum.needs(kWaves), Catch::StartsWith("loss magnitude_l1: "));
}

TEST_CASE("the published loss keeps its bits", "[train]") {
  // In memory (T, B, F), as the LSTM takes batches.
  torch::manual_seed(36);
  const auto random = [] { return torch::rand({31, 3, 257}).transpose(0, 1); };
  const auto mixture = random(), target = random();
  const auto mask = random().requires_grad_(true);
  const auto gradient_of = [&](const torch::Tensor& loss) {
    mask.mutable_grad() = torch::Tensor();
    loss.backward();
    return mask.grad().clone();
  };
  LossInput input;
  input.masks = mask.unsqueeze(1);
  input.mixture = mixture;
  input.targets = target.unsqueeze(1);
  const LossSum sum({{"magnitude_l1", 1.0, make_magnitude_l1({})}});
  const auto wanted = masked_magnitude_l1(mask, mixture, target);
  const auto found = sum(input);
  CHECK(torch::equal(found, wanted));
  CHECK(torch::equal(gradient_of(found), gradient_of(wanted)));
}

TEST_CASE("costs of stems are the loss's terms", "[train]") {
  const auto input = random_loss_input({2, 3, 4, 9, 2, 60}, 37);
  for (const auto& [name, loss] : all_losses()) {
    if (name == "multi_resolution_stft") continue;  // norms over the batch
    INFO(name);
    const auto costs = std::dynamic_pointer_cast<StemLoss>(loss)->stem_costs(input);
    CHECK(costs.sizes() == torch::IntArrayRef({2, 3}));
    CHECK(costs.mean().item<double>() ==
          Approx((*loss)(input).item<double>()).epsilon(1e-12));
  }
}

TEST_CASE("a sum of losses is weighted", "[train]") {
  const auto input = random_loss_input({2, 3, 4, 9, 2, 60}, 38);
  const LossSum sum(
      {{"snr", 2.0, make_snr({})}, {"waveform_l1", 0.5, make_waveform_l1({})}});
  const auto values = sum.values(input);
  REQUIRE(values.size() == 2);
  CHECK(values[0] == (*make_snr({}))(input).item<double>());
  CHECK(sum(input).item<double>() == Approx(2.0 * values[0] + 0.5 * values[1]));
  CHECK(sum.term_without_stem_costs().empty());
  CHECK_THROWS_AS(LossSum({}), Error);
}

TEST_CASE("a loss that says nothing of single stems is named", "[train][failure]") {
  const LossSum sum({{"mine", 1.0, std::make_shared<ConstantLoss>()}});
  CHECK(sum.term_without_stem_costs() == "mine");
  CHECK_THROWS_WITH(sum.stem_costs(random_loss_input({}, 39)),
                    Catch::StartsWith("loss mine: "));
}

TEST_CASE("options out of bounds are refused", "[train][failure]") {
  SnrOptions options;
  options.max_db = 0.5;
  CHECK_THROWS_AS(make_snr(options), ConfigError);
  options = {};
  options.remove_mean = true;  // a masked spectrum has no mean to remove
  CHECK_THROWS_AS(make_snr(options), ConfigError);
  MultiResolutionStftOptions resolutions;
  resolutions.resolutions = {{512, 50, 513}};
  CHECK_THROWS_AS(make_multi_resolution_stft(resolutions), ConfigError);
  resolutions.resolutions.clear();
  CHECK_THROWS_AS(make_multi_resolution_stft(resolutions), ConfigError);
  resolutions.resolutions = {{128, 8, 32}};  // signals of 60 cannot be continued by 64
  CHECK_THROWS_AS((*make_multi_resolution_stft(resolutions))(
                      random_loss_input({1, 1, 1, 1, 1, 60}, 40)),
                  Error);
}
