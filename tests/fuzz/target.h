#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "libsep/core/error.h"

/// What all fuzz targets share (README.md). A target defines
///
///     void fuzz_bytes(std::string_view bytes);
///
/// which gives the bytes to a reader and returns: whatever the bytes, nothing may leave
/// it. libFuzzer calls it, and so does replay.cpp.
void fuzz_bytes(std::string_view bytes);

/// Ends the process, which is how a finding is told, unless `condition` holds.
inline void fuzz_check(bool condition, std::string_view problem) {
  if (condition) return;
  std::fprintf(stderr, "finding: %.*s\n", static_cast<int>(problem.size()), problem.data());
  std::abort();
}

/// Calls `read`, which may throw Error or Failure with a message of one line and of a
/// length to be read; any other exception is a finding.
template <class Read>
void fuzz_read(const Read& read) {
  const auto check_message = [](const std::exception& error) {
    const std::string_view message = error.what();
    fuzz_check(!message.empty() && message.size() <= 1000, "no message or a long one");
    const bool printable = std::all_of(message.begin(), message.end(), [](unsigned char c) {
      return c >= 0x20 && c != 0x7F;
    });
    fuzz_check(printable, message);
  };
  try {
    read();
  } catch (const sep::Error& error) {
    check_message(error);
  } catch (const sep::Failure& failure) {
    check_message(failure);
  }
}
