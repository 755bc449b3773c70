#pragma once

#include <string>
#include <vector>

#include "libsep/core/signal.h"

namespace sep {

/// One of SoX's effects as the program takes it: "tempo", {"-s", "0.950000"}.
struct SoxEffect {
  std::string name;
  std::vector<std::string> arguments;
};

/// A mono signal through effects of libsox, 32-bit integers between them, in memory;
/// samples beyond ±1 are clipped. For use inside this layer; rate, pitch and tempo only.
/// Any number of threads. Throws Error for arguments that SoX refuses, Failure where it
/// fails.
Signal run_sox(const Signal& signal, const std::vector<SoxEffect>& effects);

/// The version of libsox that runs, "14.4.2".
std::string sox_version_text();

}  // namespace sep
