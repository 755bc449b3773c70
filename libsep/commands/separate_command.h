#pragma once

namespace sep {

/// `sep-separate INPUT…` (--help says more): separates recordings into files. Gives
/// the exit code; a program's whole work, as train_command.h says.
int separate_command(int argc, char** argv);

}  // namespace sep
