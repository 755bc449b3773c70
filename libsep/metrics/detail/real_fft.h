#pragma once

#include <fftw3.h>

#include <complex>
#include <cstdint>
#include <memory>
#include <vector>

namespace sep::bss {

using Spectrum = std::vector<std::complex<double>>;

/// Transforms of real signals of one length in double (FFTW, estimated plans). An object
/// is for one thread at a time.
class RealFft {
 public:
  explicit RealFft(int64_t size);
  ~RealFft();
  RealFft(const RealFft&) = delete;
  RealFft& operator=(const RealFft&) = delete;

  int64_t size() const { return size_; }
  int64_t num_bins() const { return size_ / 2 + 1; }

  /// `count` samples, zeros after them.
  template <class Sample>
  Spectrum forward(const Sample* samples, int64_t count);

  /// size() samples, scaled so that inverse(forward(x)) is x; valid until the next call.
  const double* inverse(const Spectrum& spectrum);

 private:
  Spectrum transform();

  int64_t size_;
  double* real_;
  fftw_complex* complex_;
  fftw_plan forward_;
  fftw_plan inverse_;
};

/// The smallest 2^n that is at least `size`.
int64_t next_power_of_two(int64_t size);

template <class Sample>
Spectrum RealFft::forward(const Sample* samples, int64_t count) {
  for (int64_t n = 0; n < count; ++n) real_[n] = static_cast<double>(samples[n]);
  for (int64_t n = count; n < size_; ++n) real_[n] = 0.0;
  return transform();
}

}  // namespace sep::bss
