#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "libsep/core/signal.h"
#include "libsep/core/stem_name.h"

namespace sep {

/// Where the estimates of a piece lie in one folder, with a remainder.wav or .flac as
/// sep-separate writes it, all together should be the mixture. Says so where they are not,
/// as when some are left from an earlier separation; empty where they are, or where it
/// cannot be told. For use by evaluate_folder().
std::string sum_fault(const std::map<StemName, std::filesystem::path>& paths,
                      const std::map<StemName, Signal>& estimates,
                      const Signal& mixture);

}  // namespace sep
