#pragma once

namespace sep {

/// `sep-data synthesize|verify|mixtures|import-nussl` (--help says more): makes and checks
/// data. Gives the exit code; a program's whole work, as train_command.h says.
///
/// It is in libsep::commands_data, which needs no LibTorch: a program that links that alone
/// starts in milliseconds, where LibTorch's libraries take a quarter of a second to load.
int data_command(int argc, char** argv);

}  // namespace sep
