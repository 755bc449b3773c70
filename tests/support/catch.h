#pragma once

// Catch2, version 2 or 3 as CMake found it. Tests include this (or catch_torch.h), never
// the library.
#if SEP_CATCH2 >= 3
#include <catch2/catch_all.hpp>
using Catch::Approx;
namespace Catch {  // as in version 2
using Matchers::EndsWith;
using Matchers::StartsWith;
inline auto Contains(const std::string& text) { return Matchers::ContainsSubstring(text); }
}  // namespace Catch
#else
#include <catch2/catch.hpp>
#endif

#include <cstdio>
#include <filesystem>
#include <string>

/// Whether a test case of this program was skipped.
inline bool& any_test_skipped() {
  static bool skipped = false;
  return skipped;
}

/// Ends a test case that lacks its data and says so: Catch2 2 has no SKIP. The program then
/// ends with 77, "skipped" to CTest, unless something failed.
#define SEP_SKIP(reason)                                       \
  do {                                                         \
    std::printf("SKIPPED: %s\n", std::string(reason).c_str()); \
    std::fflush(stdout);                                       \
    any_test_skipped() = true;                                 \
    return;                                                    \
  } while (false)
