#pragma once

#include <cstdint>
#include <string>

#include "libsep/data/dataset.h"

namespace sep {

/// A hash of what a dataset's files are called and how long they are: not of samples.
std::string dataset_fingerprint(const Dataset& dataset);

/// A hash of all samples of all stems, which it reads, on so many threads (0: one a core).
/// The same for WAV and FLAC, and on every machine.
std::string samples_fingerprint(const Dataset& dataset, int64_t num_threads);

}  // namespace sep
