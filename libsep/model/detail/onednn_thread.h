#pragma once

#include <csignal>

namespace sep::onednn {

/// Holds signals back from the calling thread during its life, but for those that an
/// instruction raises itself. The code that oneDNN 2.6.3 generates for an LSTM keeps data
/// below the stack pointer, where a signal handler's frame goes: a handler that runs
/// meanwhile, be it one that does nothing, leaves wrong numbers or a broken heap (shown
/// with a timer's signal each 0.3 ms; on a stack of its own, SA_ONSTACK, it does no harm).
/// Other threads take the signal, or this one takes it later.
class SignalsHeld {
 public:
  SignalsHeld();
  ~SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace sep::onednn
