// sep-eval RUN_DIR…: separates and scores the test pieces of runs, and writes tables.
#include "libsep/commands/eval_command.h"

int main(int argc, char** argv) { return sep::eval_command(argc, argv); }
