#pragma once

#include <cstdint>
#include <string>

#include "libsep/core/progress.h"
#include "libsep/data/dataset.h"

namespace sep {

/// A hash of a dataset's rate, instruments, and its pieces' names and lengths: not of
/// samples. Where a piece is not one mono file an instrument, also of its channels, parts,
/// gains and starts.
std::string dataset_fingerprint(const Dataset& dataset);

/// StemSurvey::fingerprint where nothing else is wanted of the stems. Throws as
/// survey_stems().
std::string samples_fingerprint(const Dataset& dataset,
                                int64_t num_threads,
                                const Progress& progress);

}  // namespace sep
