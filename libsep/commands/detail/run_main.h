#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libsep/core/progress.h"

namespace sep {

/// A command: parses argv into `app`'s options, then calls `work`, which gives the exit
/// code. Errors become one line each on stderr, "error: …", and exit codes: 2 for wrong
/// input (sep::Error, a wrong command line), 1 for everything else that failed;
/// sep::Interrupted is the line "interrupted" and kInterruptedExit.
int run_main(int argc, char** argv, CLI::App& app, const std::function<int()>& work);

/// --data, which may be given several times (chosen_data()); `before` says what is taken
/// where it is not.
void add_data_option(CLI::App& app,
                     std::vector<std::filesystem::path>& paths,
                     const std::string& before);

/// Progress on stderr: a bar on a terminal, sparse lines elsewhere, and where TERM is dumb
/// or not set. SIGINT and SIGTERM make stop_requested() true; a second one ends the process
/// at once.
std::unique_ptr<Progress> make_progress();

/// The exit code after an interrupt, 128 + SIGINT.
inline constexpr int kInterruptedExit = 130;

}  // namespace sep
