#include <libsep/commands/eval_command.h>

#include "my_kinds.h"

int main(int argc, char** argv) {
  add_my_kinds();
  return sep::eval_command(argc, argv);
}
