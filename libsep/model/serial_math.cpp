#include "libsep/model/serial_math.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>

#include <mutex>

// OpenBLAS keeps a thread count of its own; weak, for builds on another BLAS.
extern "C" __attribute__((weak)) void openblas_set_num_threads(int);
extern "C" __attribute__((weak)) int openblas_get_num_threads();

namespace sep {
namespace {

// That of the runtime LibTorch and oneDNN are linked with, whichever compiler libsep was
// built by; null where there is none.
void set_openmp_threads(int num_threads) {
  using Set = void(int);
  static auto* const set =
      reinterpret_cast<Set*>(::dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
  if (set != nullptr) set(num_threads);
}

int blas_threads() {
  return openblas_get_num_threads == nullptr ? 1 : openblas_get_num_threads();
}

void set_blas_threads(int num_threads) {
  if (openblas_set_num_threads != nullptr) openblas_set_num_threads(num_threads);
}

/// What the first SerialMath found.
struct Host {
  std::mutex mutex;
  int64_t num_guards = 0;
  int torch_threads = 1;
  int blas_threads = 1;
};

/// What the first SerialThread of the calling thread found.
struct Here {
  int64_t num_guards = 0;
  int torch_threads = 1;
};
thread_local Here serial_here;

Host& host() {
  static Host host;
  return host;
}

}  // namespace

// LibTorch sets a thread's number when the thread first asks for it: here, before ours.
SerialThread::SerialThread() {
  if (serial_here.num_guards++ == 0) serial_here.torch_threads = at::get_num_threads();
  num_threads_before_ = serial_here.torch_threads;
  set_openmp_threads(1);
}

SerialThread::~SerialThread() {
  if (--serial_here.num_guards == 0) set_openmp_threads(serial_here.torch_threads);
}

SerialMath::SerialMath() {
  auto& found = host();
  const std::lock_guard<std::mutex> lock(found.mutex);
  if (found.num_guards++ > 0) return;
  found.torch_threads = thread_.num_threads_before();
  found.blas_threads = blas_threads();
  set_torch_threads(1);
}

SerialMath::~SerialMath() {
  auto& found = host();
  const std::lock_guard<std::mutex> lock(found.mutex);
  if (--found.num_guards > 0) return;
  at::set_num_threads(found.torch_threads);
  set_openmp_threads(1);  // that has set this thread's too; its own guard is still there
  set_blas_threads(found.blas_threads);
}

void set_torch_threads(int64_t num_threads) {
  at::set_num_threads(static_cast<int>(num_threads));
  set_blas_threads(static_cast<int>(num_threads));
}

}  // namespace sep
