#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libsep/core/progress.h"
#include "libsep/data/stem_store.h"

namespace sep {

/// What one reading of all stems tells.
struct StemSurvey {
  /// A hash of all samples of all parts, as they are loaded; mixtures are not part of it.
  /// The same for WAV and FLAC, and on every machine (where files are resampled, with one
  /// libsoxr).
  std::string fingerprint;

  /// What verify_dataset() would remark on the stems, in the order of pieces and names:
  ///
  ///     data/03-X/03-X-violin.wav: silent
  ///     data/03-X/03-X-violin.wav: 100 samples at full scale
  ///     data/03-X/03-X-master.wav: the sum of the other stems, …
  std::vector<std::string> remarks;
};

/// On `num_threads` threads (0: all there are), a piece each. Throws Error as
/// StemStore::get(), Interrupted where the user stops it.
StemSurvey survey_stems(StemStore& stems, int64_t num_threads, const Progress& progress);

}  // namespace sep
