#pragma once

#include <cstdint>
#include <string>

#include "libsep/core/progress.h"
#include "libsep/data/dataset.h"

namespace sep {

/// A hash of what a dataset's files are called and how long they are: not of samples.
std::string dataset_fingerprint(const Dataset& dataset);

/// StemSurvey::fingerprint where nothing else is wanted of the stems. Throws as
/// survey_stems().
std::string samples_fingerprint(const Dataset& dataset,
                                int64_t num_threads,
                                const Progress& progress);

}  // namespace sep
