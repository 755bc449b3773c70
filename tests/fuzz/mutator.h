#pragma once

#include <string>
#include <vector>

#include "libsep/core/random.h"

/// One of `inputs` with one to six changes: bits flipped, bytes and integers set to
/// values at the edges, parts cut off, taken out, doubled, or put in from another input.
/// The same stream, the same bytes.
std::string mutated(const std::vector<std::string>& inputs, sep::RandomStream& random);
