// sep-train CONFIG: trains a model for every fold and instrument of an experiment.
#include "libsep/commands/train_command.h"

int main(int argc, char** argv) { return sep::train_command(argc, argv); }
