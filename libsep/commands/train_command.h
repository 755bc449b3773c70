#pragma once

/// sep-train as a function. With kinds of one's own, in one's own CMake project:
///
///     #include <libsep/commands/train_command.h>
///
///     int main(int argc, char** argv) {
///       sep::networks().add<MyOptions>("my_network", "what it is", make_my_network);
///       return sep::train_command(argc, argv);
///     }
///
/// which then reads them from YAML as its own, with --set, --dry-run and resuming. Whoever
/// evaluates or separates with what it trained wants the same kinds: the other commands are
/// functions too.
///
/// A command is a program's whole work, to be called from its main thread before others are
/// begun. It owns the process: it prints results to stdout, progress and errors to stderr,
/// takes SIGINT and SIGTERM (once: it ends with everything saved; twice: at once), and sets
/// malloc (memory.h) and cuBLAS's workspace. Threads stay those of core/threads.h.
namespace sep {

/// `sep-train CONFIG …` (--help says more): trains every fold and instrument of an
/// experiment. Gives the exit code: 0 done, 1 failed, 2 wrong input, 130 interrupted.
/// Throws nothing.
int train_command(int argc, char** argv);

}  // namespace sep
