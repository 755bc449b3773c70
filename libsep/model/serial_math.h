#pragma once

#include <cstdint>

namespace sep {

/// While one lives, OpenMP, and so LibTorch and oneDNN, compute on one thread where the
/// calling thread asks them to: OpenMP's number is each thread's own. To be destroyed on
/// the thread that made it.
class SerialThread {
 public:
  SerialThread();
  ~SerialThread();
  SerialThread(const SerialThread&) = delete;
  SerialThread& operator=(const SerialThread&) = delete;

  int num_threads_before() const { return num_threads_before_; }

 private:
  int num_threads_before_;
};

/// While one lives, LibTorch and OpenBLAS compute on one thread: their sums depend on how
/// many share them, what libsep spreads over threads itself (core/threads.h) does not.
/// Every long call that computes with LibTorch holds one (Trainer, Separator,
/// StreamSeparator, estimate_time()); a program that calls networks itself and wants such
/// bits does as well.
///
/// Of all that live at a time the first sets the numbers of the process, and the last sets
/// what the first found: what a program has set is as it was once no call of libsep is
/// under way, and should not be changed while one is. LibTorch gives a thread the process's
/// number when the thread first computes with it: one of the program's own that does so
/// while a call is under way has one thread from then on, until it sets its number. The
/// thread that makes it is a SerialThread meanwhile; workers that compute with LibTorch for
/// it make one themselves. LibTorch's threads for operations side by side can be set once
/// in a process (at::set_num_interop_threads): nothing here uses them, and they are left
/// alone.
class SerialMath {
 public:
  SerialMath();
  ~SerialMath();
  SerialMath(const SerialMath&) = delete;
  SerialMath& operator=(const SerialMath&) = delete;

 private:
  SerialThread thread_;  // goes last, for setting LibTorch's sets this thread's too
};

/// Threads of LibTorch and OpenBLAS, for comparisons with them: sums change with their
/// number.
void set_torch_threads(int64_t num_threads);

}  // namespace sep
