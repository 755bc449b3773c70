#pragma once

#include "libsep/data/dataset.h"

namespace sep {

/// A folder a stem, equal file names a piece, as nussl's MixSourceFolder reads:
///
///     mix/chorale1.wav   violin/chorale1.wav   cello/chorale1.wav   …
///
/// `mix` (or `mixture`) may be absent: then mixtures are the sum of the stems. See
/// open_dataset() for what is checked.
Dataset open_stem_folder(const std::filesystem::path& root);

}  // namespace sep
