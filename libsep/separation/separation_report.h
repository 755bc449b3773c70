#pragma once

#include <filesystem>

#include "libsep/separation/separate_file.h"

namespace sep {

/// Writes folder/report.html for a recording that was separated into `folder`: players of
/// the recording and its parts, pictures, and the models with their scores where the
/// tables of `run` (run_of(); may be empty) have them. Gives its path. Recordings of up to
/// ten minutes go into the page; of longer ones the page plays the files themselves.
std::filesystem::path write_separation_report(const std::filesystem::path& folder,
                                              const std::filesystem::path& recording,
                                              const SeparatedFile& separated,
                                              const Separator& separator,
                                              const std::filesystem::path& run);

}  // namespace sep
