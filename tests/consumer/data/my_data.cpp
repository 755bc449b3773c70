#include <libsep/commands/data_command.h>

int main(int argc, char** argv) { return sep::data_command(argc, argv); }
