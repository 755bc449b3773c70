#pragma once

#include <functional>
#include <string>

#include "libsep/core/error.h"

/// What the Error says that `work` throws; "no error" where it throws none.
inline std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const sep::Error& error) {
    return error.what();
  }
  return "no error";
}
