#include "libsep/model/detail/onednn_thread.h"

#include <dlfcn.h>

#include <initializer_list>

namespace sep::onednn {
namespace {

// The runtime oneDNN is linked with, whichever compiler libsep was built by.
template <class Function>
Function* openmp_function(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_DEFAULT, name));
}

}  // namespace

SingleThreaded::SingleThreaded() {
  const auto get = openmp_function<int()>("omp_get_max_threads");
  const auto set = openmp_function<void(int)>("omp_set_num_threads");
  if (get == nullptr || set == nullptr) return;
  num_threads_ = get();
  set(1);
}

SingleThreaded::~SingleThreaded() {
  if (num_threads_ > 0) openmp_function<void(int)>("omp_set_num_threads")(num_threads_);
}

SignalsHeld::SignalsHeld() {
  sigset_t held;
  sigfillset(&held);
  for (const int raised : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) {
    sigdelset(&held, raised);
  }
  ::pthread_sigmask(SIG_BLOCK, &held, &before_);
}

SignalsHeld::~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace sep::onednn
