#pragma once

#include "libsep/core/signal.h"

namespace sep {

/// Integrated loudness in LUFS after ITU-R BS.1770-4, by libebur128: K-weighting,
/// blocks of 0.4 s with 75 % overlap, gates at -70 LUFS and -10 LU. -inf where no
/// block passes the gates, as for silence and for signals under 0.4 s. Up to five channels
/// are left, right, (centre,) and surrounds; further ones follow 5.1. Throws Error for
/// more than 32 channels or a rate outside 16 … 2822400 Hz.
double integrated_loudness(const Signal& signal);

}  // namespace sep
