// How long each command takes to say what it can: `sep-train --help` as a child process.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "benchmarks/measure.h"

namespace {

/// Whether `program --help` ended well; its output is thrown away.
bool ask_for_help(const std::string& program) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  std::string name = program;
  std::string help = "--help";
  char* const arguments[] = {name.data(), help.data(), nullptr};
  pid_t child = 0;
  int status = 1;
  const bool started =
      posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ) == 0 &&
      waitpid(child, &status, 0) == child;
  posix_spawn_file_actions_destroy(&actions);
  return started && status == 0;
}

void start_up(benchmark::State& state, const std::string& program) {
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) {
    if (ask_for_help(program)) continue;
    state.SkipWithError((program + " --help: cannot be run").c_str());
    break;
  }
}

const std::string kCommands = LIBSEP_COMMANDS;  // the folder they are built in

void in_milliseconds(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseRealTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(start_up, env, "/usr/bin/env")->Apply(in_milliseconds);
BENCHMARK_CAPTURE(start_up, sep_data, kCommands + "/sep-data")->Apply(in_milliseconds);
BENCHMARK_CAPTURE(start_up, sep_train, kCommands + "/sep-train")->Apply(in_milliseconds);
BENCHMARK_CAPTURE(start_up, sep_eval, kCommands + "/sep-eval")->Apply(in_milliseconds);
BENCHMARK_CAPTURE(start_up, sep_separate, kCommands + "/sep-separate")
    ->Apply(in_milliseconds);

}  // namespace
