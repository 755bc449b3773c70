#include "libsep/metrics/detail/real_fft.h"

#include <mutex>
#include <new>

namespace sep::bss {
namespace {

// FFTW's planner has global state; only executing a plan is safe beside other threads.
std::mutex& planner_mutex() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace

RealFft::RealFft(int64_t size) : size_(size) {
  const std::lock_guard<std::mutex> lock(planner_mutex());
  real_ = fftw_alloc_real(static_cast<size_t>(size));
  complex_ = fftw_alloc_complex(static_cast<size_t>(num_bins()));
  if (real_ == nullptr || complex_ == nullptr) {
    fftw_free(real_);
    fftw_free(complex_);
    throw std::bad_alloc();
  }
  const auto length = static_cast<int>(size);
  forward_ = fftw_plan_dft_r2c_1d(length, real_, complex_, FFTW_ESTIMATE);
  inverse_ = fftw_plan_dft_c2r_1d(length, complex_, real_, FFTW_ESTIMATE);
}

RealFft::~RealFft() {
  const std::lock_guard<std::mutex> lock(planner_mutex());
  fftw_destroy_plan(forward_);
  fftw_destroy_plan(inverse_);
  fftw_free(real_);
  fftw_free(complex_);
}

Spectrum RealFft::transform() {
  fftw_execute(forward_);
  Spectrum spectrum(static_cast<size_t>(num_bins()));
  for (size_t f = 0; f < spectrum.size(); ++f) {
    spectrum[f] = {complex_[f][0], complex_[f][1]};
  }
  return spectrum;
}

const double* RealFft::inverse(const Spectrum& spectrum) {
  const double scale = 1.0 / static_cast<double>(size_);
  for (size_t f = 0; f < spectrum.size(); ++f) {
    complex_[f][0] = scale * spectrum[f].real();
    complex_[f][1] = scale * spectrum[f].imag();
  }
  fftw_execute(inverse_);
  return real_;
}

int64_t next_power_of_two(int64_t size) {
  int64_t power = 1;
  while (power < size) power *= 2;
  return power;
}

}  // namespace sep::bss
