#include <libsep/commands/separate_command.h>

#include "my_kinds.h"

int main(int argc, char** argv) {
  add_my_kinds();
  return sep::separate_command(argc, argv);
}
