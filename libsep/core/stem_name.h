#pragma once

#include <string>

namespace sep {

/// An instrument of a dataset, "violin"; its reference recording is a stem.
using StemName = std::string;

/// "saxophone" -> "saxphone", Bach10's spelling, which everything here writes; any other
/// name in its composed form (unicode.h).
StemName canonical_stem_name(const StemName& name);

/// Whether `name` stands for the mixture rather than an instrument: mix, mixture or
/// mixtures, letters of any size.
bool is_mixture_name(const StemName& name);

/// What is wrong with the name of an instrument, whose files and folders bear it; empty
/// where nothing is. It has 1 to 200 bytes of UTF-8 without control characters and `/`, no
/// dot in front, and is not a name that files of every recording have: mixture, remainder.
///
///     "remainder": what is left of a recording is called so
std::string stem_name_problem(const StemName& name);

}  // namespace sep
