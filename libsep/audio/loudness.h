#pragma once

#include "libsep/core/signal.h"

namespace sep {

/// Integrated loudness in LUFS after ITU-R BS.1770-4, by libebur128: K-weighting,
/// blocks of 0.4 s with 75 % overlap, gates at -70 LUFS and -10 LU. -inf where no
/// block passes the gates, as for silence and for signals under 0.4 s.
double integrated_loudness(const Signal& signal);

}  // namespace sep
