// main() of every test: Catch2's, and 77 where nothing failed and something was skipped.
#if SEP_CATCH2 >= 3
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#endif
#include "tests/support/catch.h"

int main(int argc, char** argv) {
  if (Catch::Session().run(argc, argv) != 0) return 1;
  return any_test_skipped() ? 77 : 0;
}
