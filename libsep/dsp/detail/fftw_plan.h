#pragma once

#include <fftw3.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <type_traits>

namespace sep {

// FFTW's plans and buffers with owners; for use inside this layer.

/// FFTW's planner has global state; only executing a plan is safe beside other threads.
inline std::mutex& fftw_planner_mutex() {
  static std::mutex mutex;
  return mutex;
}

struct FftwPlanDeleter {
  void operator()(fftwf_plan plan) const {
    const std::lock_guard<std::mutex> lock(fftw_planner_mutex());
    fftwf_destroy_plan(plan);
  }
};
using FftwPlan = std::unique_ptr<std::remove_pointer_t<fftwf_plan>, FftwPlanDeleter>;

struct FftwBufferDeleter {
  void operator()(float* buffer) const { fftwf_free(buffer); }
};
using FftwBuffer = std::unique_ptr<float[], FftwBufferDeleter>;

inline FftwBuffer make_fftw_buffer(int64_t num_floats) {
  const size_t bytes = static_cast<size_t>(num_floats) * sizeof(float);
  FftwBuffer buffer(static_cast<float*>(fftwf_malloc(bytes)));
  if (!buffer) throw std::bad_alloc();
  return buffer;
}

inline fftwf_complex* as_fftw_complex(float* buffer) {
  return reinterpret_cast<fftwf_complex*>(buffer);
}

}  // namespace sep
