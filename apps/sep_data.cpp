// sep-data synthesize|verify|mixtures|import-nussl: makes and checks data, without
// LibTorch.
#include "libsep/commands/data_command.h"

int main(int argc, char** argv) { return sep::data_command(argc, argv); }
