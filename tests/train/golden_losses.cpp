// Losses against other tools' (tests/golden/README.md): files losses_*, all in double.
#include <cmath>

#include "libsep/model/model_file.h"
#include "libsep/train/permutation_invariant.h"
#include "tests/support/catch_torch.h"
#include "tests/support/golden.h"
#include "tests/train/all_losses.h"
#include "tests/train/loss_inputs.h"

using namespace sep;

namespace {

constexpr double kTolerance = 1e-9;  // as the vectors were published with

/// The files that have a tensor called `name`.
std::vector<GoldenFile> files_with(const std::string& name) {
  std::vector<GoldenFile> files;
  for (auto& file : golden_files(GoldenKind::kLosses)) {
    if (file.content.tensors.count(name) > 0) files.push_back(std::move(file));
  }
  return files;
}

torch::Tensor read(const GoldenFile& file, const std::string& name) {
  const auto tensor = tensor_from_data(file.content.at(name));
  return tensor.is_floating_point() ? tensor.to(torch::kFloat64) : tensor;
}

double largest(const torch::Tensor& x) { return x.abs().max().item<double>(); }

// Of the wanted value, of 1 at least.
double value_difference(const torch::Tensor& found, const torch::Tensor& wanted) {
  const auto difference = largest(found.detach().view(wanted.sizes()) - wanted);
  return difference / std::max(1.0, largest(wanted));
}

double gradient_difference(const torch::Tensor& found, const torch::Tensor& wanted) {
  return largest(found.view(wanted.sizes()) - wanted) / largest(wanted);
}

class Worst {
 public:
  void check(const Loss& loss,
             const LossInput& input,
             const torch::Tensor& leaf,
             const GoldenFile& file,
             const std::string& name) {
    INFO(file.name() << ", " << name);
    const auto place = file.name() + ", " + name;
    leaf.mutable_grad() = torch::Tensor();
    const auto value = loss(input);
    value.backward();
    const auto wanted = read(file, name + ".loss");
    CHECK(value_.add(value_difference(value, wanted), place) <= kTolerance);
    const auto slope = gradient_difference(leaf.grad(), read(file, name + ".grad"));
    CHECK(gradient_.add(slope, place) <= kTolerance);
  }

 private:
  WorstDifference value_{"losses", "of the value", kTolerance};
  WorstDifference gradient_{"gradients of losses", "of the largest", kTolerance};
};

torch::Tensor as_leaf(const torch::Tensor& x) { return x.clone().requires_grad_(true); }

// Stems (B, S, N) of one channel; the mixture is silent, so that it guards nothing.
LossInput wave_input(const torch::Tensor& estimates, const torch::Tensor& references) {
  LossInput input;
  input.estimate_waves = estimates.unsqueeze(2);
  input.target_waves = references.unsqueeze(2);
  input.mixture_waves = torch::zeros_like(input.target_waves.select(1, 0));
  return input;
}

template <class Options>
Options waveform_ratio(RatioForm form, bool remove_mean, double max_db = 30.0) {
  auto options = ratio_options<Options>(LossDomain::kWaveform, form);
  options.remove_mean = remove_mean;
  options.max_db = max_db;
  return options;
}

auto snr(RatioForm form, bool remove_mean, double max_db = 30.0) {
  return make_snr(waveform_ratio<SnrOptions>(form, remove_mean, max_db));
}

auto si_sdr(RatioForm form, bool remove_mean) {
  return make_si_sdr(waveform_ratio<SiSdrOptions>(form, remove_mean));
}

}  // namespace

TEST_CASE("losses of waveforms are those of other tools", "[train][golden]") {
  const std::vector<NamedLoss> losses = {
      {"snr", snr(RatioForm::kPlain, true)},
      {"snr_raw", snr(RatioForm::kPlain, false)},
      {"sisdr", si_sdr(RatioForm::kPlain, true)},
      {"sisdr_raw", si_sdr(RatioForm::kPlain, false)},
      {"threshold_snr_30", snr(RatioForm::kThreshold, false)},
      {"threshold_snr_20", snr(RatioForm::kThreshold, false, 20.0)},
      {"log_mse_30", snr(RatioForm::kLogMse, false)},
      {"l1", make_waveform_l1({})},
      {"l2", make_waveform_l2({})}};
  Worst worst;
  for (const auto& file : files_with("threshold_snr_30.loss")) {
    const auto references = read(file, "references");
    const auto estimates = as_leaf(read(file, "estimates"));
    for (const auto& [name, loss] : losses) {
      worst.check(*loss, wave_input(estimates, references), estimates, file, name);
    }
    const auto sounding = as_leaf(estimates.detach().narrow(0, 1, estimates.size(0) - 1));
    const auto input = wave_input(sounding, references.narrow(0, 1, sounding.size(0)));
    const auto clamped = si_sdr(RatioForm::kClamped, true);
    worst.check(*clamped, input, sounding, file, "clamped_sisdr_30");
  }
}

TEST_CASE("the best order and its loss are another tool's", "[train][golden]") {
  Worst worst;
  WorstDifference pair_worst("costs of pairs", "of the largest", kTolerance);
  for (const auto& file : files_with("sisdr.pairs")) {
    for (const auto& [name, loss] : {NamedLoss{"sisdr", si_sdr(RatioForm::kPlain, true)},
                                     NamedLoss{"snr", snr(RatioForm::kPlain, true)},
                                     NamedLoss{"mse", make_waveform_l2({})}}) {
      const auto of_stems = std::dynamic_pointer_cast<StemLoss>(loss);
      const auto estimates = as_leaf(read(file, "estimates"));
      auto input = wave_input(estimates, read(file, "references"));
      std::vector<int64_t> all(static_cast<size_t>(estimates.size(1)));
      for (size_t i = 0; i < all.size(); ++i) all[i] = int64_t(i);
      input.exchangeable = {all};

      INFO(file.name() << ", " << name);
      const auto pairs = pair_costs(*of_stems, input, all);
      const auto difference = value_difference(pairs, read(file, name + ".pairs"));
      CHECK(pair_worst.add(difference, file.name() + ", " + name) <= kTolerance);
      // Ours is the reference of each estimate, theirs the estimate of each reference.
      CHECK(torch::equal(least_orders(pairs).argsort(int64_t{1}),
                         read(file, name + ".perm")));
      const PermutationInvariant invariant(of_stems);
      const auto items = invariant.stem_costs(input).mean(1);
      CHECK(value_difference(items, read(file, name + ".items")) <= kTolerance);
      worst.check(invariant, input, estimates, file, name);
    }
  }
}

TEST_CASE("the multi-resolution STFT loss is another tool's", "[train][golden]") {
  Worst worst;
  for (const auto& file : files_with("mrstft.loss")) {
    const auto estimates = as_leaf(read(file, "estimates"));  // (B, C, N)
    const auto input = wave_input(estimates, read(file, "references"));
    MultiResolutionStftOptions options;
    worst.check(*make_multi_resolution_stft(options), input, estimates, file, "mrstft");

    auto weighted = options;
    weighted.spectral_convergence = 0.0;
    weighted.log_magnitude = 0.5;
    weighted.magnitude = 1.0;
    worst.check(*make_multi_resolution_stft(weighted), input, estimates, file, "weighted");

    for (size_t i = 0; i < options.resolutions.size(); ++i) {
      MultiResolutionStftOptions one;
      one.resolutions = {options.resolutions[i]};
      const auto check_part = [&](double convergence, double log, const char* name) {
        one.spectral_convergence = convergence;
        one.log_magnitude = log;
        const auto found = (*make_multi_resolution_stft(one))(input);
        CHECK(value_difference(found, read(file, name)[int64_t(i)]) <= kTolerance);
      };
      check_part(1.0, 0.0, "mrstft.spectral_convergence");
      check_part(0.0, 1.0, "mrstft.log_magnitude");
    }
  }
}

TEST_CASE("the phase-sensitive losses are another tool's", "[train][golden]") {
  WorstDifference value_worst("phase-sensitive losses", "of the value", kTolerance);
  WorstDifference gradient_worst("their gradients", "of the largest", kTolerance);
  for (const auto& file : files_with("psa_l1_free.loss")) {
    const auto stems_first = [&](const std::string& name) {  // (B, F, T, S) to (B, S, T, F)
      return read(file, name).permute({0, 3, 2, 1});
    };
    const auto mixture =
        torch::complex(read(file, "mix_real"), read(file, "mix_imag")).transpose(1, 2);
    LossInput input;
    set_spectra(input,
                mixture,
                torch::complex(stems_first("sources_real"), stems_first("sources_imag")));
    // Theirs has magnitudes, ours masks: where the mixture is silent ours has no say.
    const auto size = input.mixture.unsqueeze(1);
    const auto heard = (size > 0).expand_as(input.targets);
    CHECK(value_difference(input.projections, stems_first("psa.target_free")) <=
          kTolerance);
    const auto estimates = stems_first("estimates");
    input.masks =
        as_leaf(torch::where(heard, estimates / size, torch::zeros_like(estimates)));
    const auto unheard = torch::where(heard, torch::zeros_like(estimates), estimates);
    for (const auto norm : {ErrorNorm::kL1, ErrorNorm::kL2}) {
      for (const bool clipped : {false, true}) {
        const auto name = "psa_" + enum_name(norm) + (clipped ? "_clipped" : "_free");
        INFO(file.name() << ", " << name);
        input.masks.mutable_grad() = torch::Tensor();
        const auto loss = (*phase_sensitive(norm, clipped))(input);
        loss.backward();
        const auto rest =
            norm == ErrorNorm::kL1 ? unheard.abs().mean() : unheard.square().mean();
        const auto difference = value_difference(loss + rest, read(file, name + ".loss"));
        CHECK(value_worst.add(difference, name) <= kTolerance);
        const auto wanted = stems_first(name + ".grad") * size;  // to masks
        const auto slope = gradient_difference(input.masks.grad(), wanted);
        CHECK(gradient_worst.add(slope, name) <= kTolerance);
      }
    }
  }
}
