// The main() of every benchmark: memory is kept as the commands keep it.
#include <benchmark/benchmark.h>

#include "libsep/commands/memory.h"

int main(int argc, char** argv) {
  sep::keep_freed_memory();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
