#pragma once

#include "libsep/core/threads.h"

/// Threads that libsep may use for the length of a test, whatever cores there are.
class Threads {
 public:
  explicit Threads(int64_t number) { sep::set_num_threads(number); }
  ~Threads() { sep::set_num_threads(0); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
};
