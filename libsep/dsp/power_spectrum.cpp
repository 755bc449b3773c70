#include "libsep/dsp/power_spectrum.h"

#include <numeric>

#include "libsep/core/error.h"
#include "libsep/dsp/detail/fftw_plan.h"
#include "libsep/dsp/window.h"

namespace sep {

struct PowerSpectrum::State {
  int64_t window_length;
  std::vector<float> window;  // scaled
  FftwPlan plan;
};

PowerSpectrum::PowerSpectrum(int64_t window_length) {
  SEP_CHECK(window_length >= 2 && window_length % 2 == 0 && window_length <= (1 << 20),
            "a window of {} samples: wants an even number, 2 to {}",
            window_length,
            1 << 20);
  state_ =
      std::make_unique<State>(State{window_length, sqrt_hann_window(window_length), {}});
  auto& window = state_->window;
  for (float& w : window) w *= w;
  const double sum = std::accumulate(window.begin(), window.end(), 0.0);
  for (float& w : window) w = static_cast<float>(2.0 * w / sum);
  const auto frame = make_fftw_buffer(window_length);
  const auto bins = make_fftw_buffer(2 * num_bins());
  const std::lock_guard<std::mutex> lock(fftw_planner_mutex());
  state_->plan.reset(fftwf_plan_dft_r2c_1d(static_cast<int>(window_length),
                                           frame.get(),
                                           as_fftw_complex(bins.get()),
                                           FFTW_ESTIMATE));
}

PowerSpectrum::~PowerSpectrum() = default;
PowerSpectrum::PowerSpectrum(PowerSpectrum&&) noexcept = default;
PowerSpectrum& PowerSpectrum::operator=(PowerSpectrum&&) noexcept = default;

int64_t PowerSpectrum::num_bins() const { return state_->window_length / 2 + 1; }

void PowerSpectrum::add_to(std::vector<float>& power, const float* samples) const {
  SEP_CHECK(static_cast<int64_t>(power.size()) == num_bins(),
            "{} bins, wanted {}",
            power.size(),
            num_bins());
  const auto frame = make_fftw_buffer(state_->window_length);
  const auto bins = make_fftw_buffer(2 * num_bins());
  for (int64_t n = 0; n < state_->window_length; ++n) {
    frame[static_cast<size_t>(n)] = samples[n] * state_->window[static_cast<size_t>(n)];
  }
  fftwf_execute_dft_r2c(state_->plan.get(), frame.get(), as_fftw_complex(bins.get()));
  for (size_t f = 0; f < power.size(); ++f) {
    power[f] += bins[2 * f] * bins[2 * f] + bins[2 * f + 1] * bins[2 * f + 1];
  }
}

}  // namespace sep
