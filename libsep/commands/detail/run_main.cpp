#include "libsep/commands/detail/run_main.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

#include "libsep/commands/memory.h"
#include "libsep/core/error.h"
#include "libsep/core/system_error.h"
#include "libsep/core/version.h"

namespace sep {
namespace {

// Written by a handler, read by every thread that works.
std::atomic<int> stop_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal's handler writes it");

extern "C" void remember_signal(int signal) {
  if (stop_signal.exchange(signal) != 0) _exit(128 + signal);
}

/// The workspace with which cuBLAS adds up in the same order each time. It reads the
/// variable at its first use; to set one is safe only before there are threads.
void ask_for_repeatable_cuda() {
  ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);
}

class TerminalProgress : public StreamProgress {
 public:
  using StreamProgress::StreamProgress;
  bool stop_requested() const override { return stop_signal != 0; }
};

int terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// Whether stderr moves its cursor: a terminal that says what it is, and not that it
/// cannot, as Emacs's shell and some CI do with TERM=dumb.
bool shows_bars() {
  const char* const terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) != 0 && terminal != nullptr && *terminal != '\0' &&
         std::strcmp(terminal, "dumb") != 0;
}

void print_error(const std::string& message) {
  std::fprintf(stderr, "error: %s\n", one_line(message).c_str());
}

/// A path that the system refuses, too long say, where nobody thought of it.
int path_failed(const std::filesystem::filesystem_error& error) {
  print_error(fmt::format("{}: {}", error.path1().string(), error.code().message()));
  return is_machine_failure(error.code().value()) ? 1 : 2;
}

/// What was printed must have been written.
void flush_output() {
  std::cout.flush();
  std::fflush(stdout);
  if (!std::cout || std::ferror(stdout) != 0) {
    throw Failure("standard output: cannot be written to");
  }
}

int print_information(const CLI::App& app, const CLI::ParseError& help_or_version) {
  const int code = app.exit(help_or_version);
  flush_output();
  return code;
}

int parse_failed(const CLI::ParseError& error) {
  print_error(fmt::format("{} (see --help)", error.what()));
  return 2;
}

/// As a script gives it whose variable is not set: no path is meant, and no default.
void refuse_empty_arguments(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    SEP_CHECK(*argv[i] != '\0', "argument {} is empty", i);
  }
}

int run_command(int argc, char** argv, CLI::App& app, const std::function<int()>& work) {
  refuse_empty_arguments(argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? print_information(app, error) : parse_failed(error);
  }
  const int code = work();
  flush_output();
  return code;
}

}  // namespace

void add_data_option(CLI::App& app,
                     std::vector<std::filesystem::path>& paths,
                     const std::string& before) {
  app.add_option("--data",
                 paths,
                 fmt::format("Dataset; default: {}, then $BACH10_ROOT; given again: one "
                             "more to train on, as data.also",
                             before))
      ->type_size(1)
      ->allow_extra_args(false);
}

int run_main(int argc, char** argv, CLI::App& app, const std::function<int()>& work) {
  keep_freed_memory();
  ask_for_repeatable_cuda();
  app.set_version_flag(
      "--version", fmt::format("{} {} ({})", app.get_name(), version(), git_revision()));
  app.get_formatter()->column_width(34);
  try {
    return run_command(argc, argv, app, work);
  } catch (const ErrorList& error) {
    for (const auto& fault : error.faults()) print_error(fault);
    return 2;
  } catch (const Error& error) {
    print_error(error.what());
    return 2;
  } catch (const Failure& failure) {
    print_error(failure.what());
    return 1;
  } catch (const Interrupted& interrupted) {
    std::fprintf(stderr, "%s\n", interrupted.what());
    return kInterruptedExit;
  } catch (const std::filesystem::filesystem_error& error) {
    return path_failed(error);
  } catch (const std::exception& error) {
    print_error(first_line(error));
    return 1;
  }
}

std::unique_ptr<Progress> make_progress() {
  std::signal(SIGINT, remember_signal);
  std::signal(SIGTERM, remember_signal);
  return std::make_unique<TerminalProgress>(
      std::cerr,
      shows_bars() ? StreamProgress::Style::kBar : StreamProgress::Style::kLines,
      terminal_width());
}

}  // namespace sep
