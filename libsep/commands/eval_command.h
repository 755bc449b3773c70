#pragma once

namespace sep {

/// `sep-eval RUN_DIR…` (--help says more): separates and scores the test pieces of runs,
/// and writes tables. Gives the exit code; a program's whole work, as train_command.h says.
int eval_command(int argc, char** argv);

}  // namespace sep
