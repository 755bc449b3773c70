// sep-separate [--model MODEL] INPUT…: separates recordings into files.
#include "libsep/commands/separate_command.h"

int main(int argc, char** argv) { return sep::separate_command(argc, argv); }
