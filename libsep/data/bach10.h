#pragma once

#include "libsep/data/dataset.h"

namespace sep {

/// Bach10's instruments in the order of the published tables. "saxphone" is the
/// dataset's spelling (canonical_stem_name()).
const std::vector<StemName>& bach10_instruments();

/// A folder laid out as Bach10 v1.1 (Duan, Pardo, Zhang, IEEE TASLP 18(8), 2010):
///
///     01-AchGottundHerr/01-AchGottundHerr.wav           the mixture
///     01-AchGottundHerr/01-AchGottundHerr-violin.wav    a stem; so bassoon, …
///
/// Other files are ignored; a folder that holds no audio is no piece, one that holds only
/// audio of other names is a fault. "…-mix.wav" and "…-mixture.wav" are taken for the
/// mixture too. See open_dataset() for what is checked.
Dataset open_bach10(const std::filesystem::path& root);

}  // namespace sep
