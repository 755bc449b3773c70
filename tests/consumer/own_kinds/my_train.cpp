#include <libsep/commands/train_command.h>

#include "my_kinds.h"

int main(int argc, char** argv) {
  add_my_kinds();
  return sep::train_command(argc, argv);
}
