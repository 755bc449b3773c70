#pragma once

#include <cstdint>
#include <string>

#include "libsep/core/progress.h"
#include "libsep/data/dataset.h"

namespace sep {

/// A hash of what a dataset's files are called and how long they are: not of samples.
std::string dataset_fingerprint(const Dataset& dataset);

/// A hash of all samples of all stems, which it reads, on so many threads (0: one a core);
/// mixtures are not part of it. The same for WAV and FLAC, and on every machine. Throws
/// Interrupted where the user stops it.
std::string samples_fingerprint(const Dataset& dataset,
                                int64_t num_threads,
                                const Progress& progress);

}  // namespace sep
