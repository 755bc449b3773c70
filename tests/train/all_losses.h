#pragma once

#include <memory>
#include <string>
#include <vector>

#include "libsep/train/masked_loss.h"
#include "libsep/train/multi_resolution_stft.h"
#include "libsep/train/ratio_loss.h"
#include "libsep/train/waveform_loss.h"

struct NamedLoss {
  std::string name;
  std::shared_ptr<sep::Loss> loss;
};

inline sep::MultiResolutionStftOptions short_resolutions() {
  sep::MultiResolutionStftOptions options;
  options.resolutions = {{32, 8, 20}, {16, 5, 16}};
  options.magnitude = 0.3;
  return options;
}

inline std::shared_ptr<sep::Loss> phase_sensitive(sep::ErrorNorm norm, bool clipped) {
  return sep::make_phase_sensitive({norm, clipped});
}

template <class Options>
Options ratio_options(sep::LossDomain domain, sep::RatioForm form) {
  Options options;
  options.domain = domain;
  options.form = form;
  return options;
}

/// Every form of the ratios in both domains.
inline std::vector<NamedLoss> ratio_losses() {
  std::vector<NamedLoss> all;
  for (const auto domain : {sep::LossDomain::kSpectrum, sep::LossDomain::kWaveform}) {
    for (const auto& [form, form_name] : sep::EnumNames<sep::RatioForm>::kValues) {
      const auto end = " " + enum_name(domain) + " " + std::string(form_name);
      all.push_back(
          {"snr" + end, sep::make_snr(ratio_options<sep::SnrOptions>(domain, form))});
      all.push_back({"si_sdr" + end,
                     sep::make_si_sdr(ratio_options<sep::SiSdrOptions>(domain, form))});
    }
  }
  auto centred =
      ratio_options<sep::SnrOptions>(sep::LossDomain::kWaveform, sep::RatioForm::kSoft);
  centred.remove_mean = true;
  all.push_back({"snr without means", sep::make_snr(centred)});
  return all;
}

/// Every kind with every option that changes its formula.
inline std::vector<NamedLoss> all_losses() {
  auto all = ratio_losses();
  all.push_back({"magnitude_l1", sep::make_magnitude_l1({})});
  all.push_back({"magnitude_l2", sep::make_magnitude_l2({})});
  for (const auto& [norm, name] : sep::EnumNames<sep::ErrorNorm>::kValues) {
    all.push_back({"phase_sensitive " + std::string(name), phase_sensitive(norm, true)});
    all.push_back(
        {"phase_sensitive free " + std::string(name), phase_sensitive(norm, false)});
  }
  all.push_back({"waveform_l1", sep::make_waveform_l1({})});
  all.push_back({"waveform_l2", sep::make_waveform_l2({})});
  all.push_back(
      {"multi_resolution_stft", sep::make_multi_resolution_stft(short_resolutions())});
  return all;
}
