#pragma once

#include <CLI/CLI.hpp>

#include "libsep/separation/separator.h"

namespace sep {

/// --passes and --match-spectrum.
void add_separator_options(CLI::App& app, SeparatorOptions& options);

}  // namespace sep
