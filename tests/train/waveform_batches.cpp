#include "libsep/train/waveform_batches.h"

#include "libsep/core/error.h"
#include "libsep/core/random.h"
#include "libsep/model/model_file.h"
#include "libsep/train/gradients.h"
#include "libsep/train/losses.h"
#include "libsep/train/masked_waves.h"
#include "tests/support/catch_torch.h"
#include "tests/support/networks.h"

using namespace sep;

namespace {

const StftOptions kStft{64, 16, StftWindow::kHann};

/// Noise, each example another; mixtures are sums.
class Noise : public WaveformExamples {
 public:
  const std::vector<StemName>& stems() const override { return stems_; }
  std::optional<int64_t> size() const override { return size_; }
  WaveformExample get(int64_t iteration, int64_t index) const override {
    RandomStream random(7, "noise", {iteration, index});
    WaveformExample example;
    example.sample_rate = 8000;
    example.num_samples = 400;
    example.mixture.assign(400, 0.0F);
    for (size_t s = 0; s < stems_.size(); ++s) {
      for (int64_t n = 0; n < 400; ++n) {
        const auto x = static_cast<float>(0.1 * random.normal());
        example.stems.push_back(x);
        example.mixture[static_cast<size_t>(n)] += x;
      }
    }
    return example;
  }

  std::optional<int64_t> size_;

 private:
  std::vector<StemName> stems_ = {"bassoon", "violin"};
};

std::shared_ptr<Network> joint_network() {
  ModelDescription description;
  description.type = "joint_blstm";
  description.network = "num_bins: 20\nnum_features: 6\nhidden_size: 5\n";
  description.stft = kStft;
  description.stems = {"bassoon", "violin"};
  auto network = make_model(description);
  network->init_parameters(RandomStream(2));
  return network;
}

bool same(const torch::Tensor& a, const torch::Tensor& b) {
  return a.defined() == b.defined() && (!a.defined() || torch::equal(a, b));
}

}  // namespace

TEST_CASE("a batch has what network and losses need, and no more", "[train]") {
  const auto network = joint_network();
  const Noise noise;
  const std::vector<WaveformExample> examples = {noise.get(0, 0), noise.get(0, 1)};
  LossNeeds needs;
  needs.phase = true;
  const auto batch = make_batch(examples, BatchRecipe(*network, kStft, needs), torch::kCPU);
  const int64_t frames = Stft(kStft).num_frames(400);
  CHECK(batch.input.sizes() == torch::IntArrayRef({2, frames, 20}));
  CHECK(batch.known.projections.sizes() == torch::IntArrayRef({2, 2, frames, 20}));
  CHECK(batch.known.target_energies.sizes() == torch::IntArrayRef({2, 2}));
  CHECK_FALSE(batch.known.targets.defined());
  CHECK_FALSE(batch.known.target_waves.defined());
  // Energies are of the bins heard.
  CHECK(torch::allclose(batch.known.mixture_energy, batch.input.square().sum({1, 2})));

  needs.magnitudes = needs.waveforms = true;
  const auto all = make_batch(examples, BatchRecipe(*network, kStft, needs), torch::kCPU);
  CHECK(all.known.targets.sizes() == torch::IntArrayRef({2, 2, frames, 20}));
  CHECK(all.known.target_waves.sizes() == torch::IntArrayRef({2, 2, 1, 400}));
  // Unit RMS, stems by the same factor.
  CHECK(all.known.mixture_waves.square().mean().item<double>() ==
        Approx(1.0).epsilon(1e-5));
  CHECK(torch::allclose(all.known.target_waves.sum(1), all.known.mixture_waves, 0, 1e-5));
  CHECK(torch::allclose(all.spectrum.abs().narrow(2, 0, 20), all.input, 1e-5, 1e-6));
}

TEST_CASE("waveforms of masks are what the inverse STFT gives", "[train]") {
  const auto options = GENERATE(StftOptions{64, 16, StftWindow::kHann},
                                StftOptions{64, 32, StftWindow::kSqrtHann});
  RandomStream random(3);
  Signal mixture{1, 8000, {}};
  for (int n = 0; n < 333; ++n)
    mixture.samples.push_back(static_cast<float>(random.normal()));
  const Stft stft(options);
  auto spectrum = stft.forward(mixture);
  const auto x = torch::from_blob(spectrum.bins.data(),
                                  {1, spectrum.num_frames, spectrum.num_bins},
                                  torch::kComplexFloat)
                     .clone();
  const auto masks =
      torch::rand({1, 2, spectrum.num_frames, 20}, at::detail::createCPUGenerator(4));
  const auto waves = masked_waves(masks, x, options, 333);
  for (int64_t s = 0; s < 2; ++s) {
    auto masked = spectrum;
    for (int64_t t = 0; t < spectrum.num_frames; ++t) {
      for (int64_t f = 0; f < spectrum.num_bins; ++f) {
        masked.bins[static_cast<size_t>(t * spectrum.num_bins + f)] *=
            masks[0][s][t][std::min<int64_t>(f, 19)].item<float>();
      }
    }
    const auto wanted = stft.inverse(masked, 333, 8000);
    const auto difference =
        (waves[0][s][0] -
         torch::from_blob(const_cast<float*>(wanted.samples.data()), {333}))
            .abs()
            .max();
    // Two float transforms of 64, divided by sums of w^2 that fall to a tenth at the ends.
    CHECK(difference.item<double>() <= 2e-5 * peak(mixture));
  }
}

TEST_CASE("losses on waveforms reach a mask network", "[train]") {
  const auto network = joint_network();
  network->train();
  const Noise noise;
  const auto loss = Kind<losses>("waveform_l1").make();
  const auto needs = loss->needs(EstimateForm::kRealMasks);
  CHECK(needs.waveforms);
  const std::vector<WaveformExample> examples = {noise.get(0, 0), noise.get(0, 1)};
  const auto batch = make_batch(examples, BatchRecipe(*network, kStft, needs), torch::kCPU);
  const double value = loss_and_gradients(*network, *loss, batch, 1, 0);
  CHECK(std::isfinite(value));
  CHECK(gradient_norm(*network) > 0.0);
  // In parts: the same, for the loss is a mean over examples.
  const auto whole = network->parameters().front().grad().clone();
  network->zero_grad();
  CHECK(loss_and_gradients(*network, *loss, batch, 1, 1) == Approx(value).epsilon(1e-5));
  const auto parts = network->parameters().front().grad();
  CHECK((parts - whole).abs().max().item<double>() <=
        1e-4 * whole.abs().max().item<double>());
}

TEST_CASE("batches depend on their iteration alone", "[train][property]") {
  const auto finite = GENERATE(false, true);
  Noise noise;
  if (finite) noise.size_ = 5;
  const auto network = joint_network();
  LossNeeds needs;
  needs.phase = true;
  SamplingOptions sampling;
  sampling.batch_size = 2;
  sampling.shuffle = true;
  sampling.seed = 9;
  const BatchRecipe recipe(*network, kStft, needs);
  WaveformBatches in_order(noise, recipe, sampling, 8, torch::kCPU);
  std::vector<Batch> wanted;
  for (int64_t i = 0; i < 8; ++i) wanted.push_back(in_order.batch(i));
  WaveformBatches jumping(noise, recipe, sampling, 8, torch::kCPU);
  for (const int64_t i : {7, 2, 3, 4, 0, 2}) {
    INFO(i);
    const auto batch = jumping.batch(i);
    const auto& other = wanted[static_cast<size_t>(i)];
    CHECK(batch.examples == other.examples);
    CHECK(same(batch.input, other.input));
    CHECK(same(batch.known.projections, other.known.projections));
  }
  if (finite) {
    CHECK(wanted[2].examples.size() == 1);  // the last of a pass of five
  } else {
    CHECK_FALSE(same(wanted[0].input, wanted[1].input));
  }
}

TEST_CASE("a network of waveforms gets waveforms", "[train]") {
  Convolution::add();
  ModelDescription description;
  description.type = "convolution";
  description.network = "reach: 5\n";
  description.stems = {"bassoon", "violin"};
  const auto network = make_model(description);
  network->init_parameters(RandomStream(2));
  const auto loss = Kind<losses>("si_sdr").make();
  const Noise noise;
  const BatchRecipe recipe(*network, kStft, loss->needs(EstimateForm::kWaveforms));
  const auto batch =
      make_batch(std::vector<WaveformExample>{noise.get(0, 0)}, recipe, torch::kCPU);
  CHECK(batch.input.sizes() == torch::IntArrayRef({1, 1, 400}));
  CHECK_FALSE(batch.known.mixture.defined());
  CHECK(std::isfinite(loss_and_gradients(*network, *loss, batch, 0, 0)));
}
