// Leaks 4321 bytes: shows that the leak checker sees one.
#include <cstdlib>

namespace {
void* volatile kept = nullptr;
}

int main() {
  kept = std::malloc(4321);
  kept = nullptr;
  return 0;
}
