// Ratios in the spectrum without complex numbers: against complex ones, against waveforms,
// fused against LibTorch's operations.
#include <cmath>

#include "libsep/model/serial_math.h"
#include "libsep/train/detail/spectral_products.h"
#include "tests/support/catch_torch.h"
#include "tests/support/threads.h"
#include "tests/train/all_losses.h"
#include "tests/train/loss_inputs.h"

using namespace sep;

namespace {

const auto kDouble = torch::TensorOptions().dtype(torch::kFloat64);

torch::Tensor random_spectra(const std::vector<int64_t>& sizes) {
  return torch::complex(torch::randn(sizes, kDouble), torch::randn(sizes, kDouble));
}

double largest(const torch::Tensor& x) { return x.abs().max().item<double>(); }

struct Products {
  torch::Tensor sums;
  torch::Tensor gradient;
};

// With another coefficient for each sum, as ratios have.
template <class Function>
Products products_of(Function function, const LossInput& input) {
  const auto masks = input.masks.detach().requires_grad_(true);
  const auto sums = function(masks, input.mixture, input.projections);
  const auto weights = torch::arange(1, sums.numel() + 1, kDouble).view_as(sums);
  (sums * weights.cos()).sum().backward();
  return {sums.detach(), masks.grad()};
}

// (B, S, T, F) in memory as a recurrent network's linear layer leaves it: (T, B, S, F).
torch::Tensor time_first(const torch::Tensor& x) {
  return x.permute({2, 0, 1, 3}).contiguous().permute({1, 2, 0, 3});
}

LossInput in_float(LossInput input) {
  for (auto* x : {&input.masks, &input.mixture, &input.projections}) {
    *x = x->to(torch::kFloat32);
  }
  return input;
}

}  // namespace

TEST_CASE("in one pass the products are LibTorch's, in any layout", "[train][property]") {
  // Sizes around runs of 128 bins and blocks of some 32768.
  const auto sizes = GENERATE(LossSizes{1, 1, 1, 1},
                              LossSizes{2, 3, 5, 7},
                              LossSizes{1, 2, 3, 128},
                              LossSizes{2, 2, 40, 1025},
                              LossSizes{1, 2, 3, 40000});
  auto input = in_float(random_loss_input(sizes, 5));
  SECTION("bins side by side") {}
  SECTION("time first") {
    input.masks = time_first(input.masks);
    input.mixture = input.mixture.transpose(0, 1).contiguous().transpose(0, 1);
  }
  SECTION("a part of a larger tensor") {
    input.masks = torch::cat({input.masks, input.masks}, 3).narrow(3, 0, sizes.num_bins);
  }
  SECTION("bins apart") {
    input.masks = input.masks.transpose(2, 3).contiguous().transpose(2, 3);
  }
  SECTION("one mask for all stems") {
    input.masks = input.masks.narrow(1, 0, 1).expand({-1, sizes.num_stems, -1, -1});
  }
  const auto wanted = products_of(sep::detail::plain_spectral_products, input);
  const auto found = products_of(sep::detail::spectral_products, input);
  // Products in float, off by 6e-8 each; sums of eight in float here, of all else in
  // double.
  const double energy = largest(wanted.sums);
  CHECK(largest(found.sums - wanted.sums) <= 1e-6 * energy);
  CHECK(largest(found.gradient - wanted.gradient) <= 1e-6 * largest(wanted.gradient));
}

TEST_CASE("the products do not depend on threads", "[train][property]") {
  const SerialMath serial;
  const auto input = in_float(random_loss_input({3, 2, 90, 1025}, 6));
  const auto with = [&](int64_t num_threads) {
    const Threads threads(num_threads);
    return products_of(sep::detail::spectral_products, input);
  };
  const auto one = with(1);
  const auto three = with(3);
  CHECK(torch::equal(one.sums, three.sums));
  CHECK(torch::equal(one.gradient, three.gradient));
}

TEST_CASE("the SNR of masked spectra is that of complex numbers", "[train][property]") {
  torch::manual_seed(7);
  const auto mixture = random_spectra({2, 6, 9});
  const auto stems = random_spectra({2, 3, 6, 9});
  const auto estimates_of = [&](const torch::Tensor& masks) {
    return masks * mixture.unsqueeze(1);
  };
  LossInput input;
  set_spectra(input, mixture, stems);
  input.masks = torch::rand({2, 3, 6, 9}, kDouble);
  SECTION("of any masks") {}
  SECTION("of masks beyond 1 and below 0") { input.masks = input.masks * 4.0 - 2.0; }
  const auto sum = [](const torch::Tensor& x) { return x.abs().square().sum({2, 3}); };
  const auto error = sum(estimates_of(input.masks) - stems);
  const auto whole = mixture.abs().square().sum({1, 2}).unsqueeze(1);
  const auto target = torch::maximum(sum(stems), 1e-3 * whole);
  const auto wanted = (10.0 * (error / target + 1e-3).log10()).mean().item<double>();
  CHECK((*make_snr({}))(input).item<double>() == Approx(wanted).epsilon(1e-12));
}

TEST_CASE("ratios in the spectrum are those of the waveforms", "[train][property]") {
  // Blocks side by side without overlap are a window pair under which every masked spectrum
  // is some signal's; 0 Hz and the highest bin, which have no mirror image, are empty.
  torch::manual_seed(8);
  const int64_t num_bins = 17, num_frames = 6;
  auto mixture = random_spectra({2, num_frames, num_bins});
  auto stems = random_spectra({2, 3, num_frames, num_bins});
  stems.select(0, 0).select(0, 1).zero_();  // a stem that rests
  for (auto* x : {&mixture, &stems}) {
    x->select(-1, 0).zero_();
    x->select(-1, num_bins - 1).zero_();
  }
  const int64_t block = 2 * (num_bins - 1);
  const auto to_waves = [&](const torch::Tensor& spectra) {  // with the spectra's energies
    const auto waves = torch::fft::irfft(spectra, block) * std::sqrt(double(block) / 2);
    return waves.flatten(-2).unsqueeze(-2);  // (…, C, N)
  };
  LossInput input;
  set_spectra(input, mixture, stems);
  const auto masks =
      torch::rand({2, 3, num_frames, num_bins}, kDouble).requires_grad_(true);
  input.masks = masks;
  input.target_waves = to_waves(stems);
  input.mixture_waves = to_waves(mixture);
  input.estimate_waves = to_waves(masks * mixture.unsqueeze(1));
  const auto value_and_gradient = [&](const Loss& loss) {
    masks.mutable_grad() = torch::Tensor();
    const auto value = loss(input);
    value.backward(torch::Tensor(), /*retain_graph=*/true);
    return std::make_pair(value.item<double>(), masks.grad().clone());
  };
  const auto losses = ratio_losses();  // first all in the spectrum, then as waveforms
  const size_t count = 2 * std::size(EnumNames<RatioForm>::kValues);
  for (size_t i = 0; i < count; ++i) {
    INFO(losses[i].name << " and " << losses[count + i].name);
    const auto [spectral, gradient] = value_and_gradient(*losses[i].loss);
    const auto [waved, wave_gradient] = value_and_gradient(*losses[count + i].loss);
    CHECK(spectral == Approx(waved).epsilon(1e-11).margin(1e-11));
    // The bins that are empty have no gradient here; in the waveform neither.
    CHECK(largest(gradient - wave_gradient) <= 1e-11 * (largest(wave_gradient) + 1e-3));
  }
}

TEST_CASE("SI-SDR does not hear a level, SNR does", "[train][property]") {
  auto input = random_loss_input({2, 2, 4, 9, 2, 50}, 9);
  const double gain = GENERATE(0.1, 3.0, -1.0);
  auto louder = input;
  louder.masks = input.masks * gain;
  louder.estimate_waves = input.estimate_waves * gain;
  for (const auto domain : {LossDomain::kSpectrum, LossDomain::kWaveform}) {
    const auto free = make_si_sdr(ratio_options<SiSdrOptions>(domain, RatioForm::kSoft));
    const auto bound = make_snr(ratio_options<SnrOptions>(domain, RatioForm::kSoft));
    const auto before = (*free)(input).item<double>();
    CHECK((*free)(louder).item<double>() == Approx(before).epsilon(1e-12));
    CHECK(std::abs((*bound)(louder).item<double>() - (*bound)(input).item<double>()) > 0.1);
  }
}
