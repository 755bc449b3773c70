#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/support/paths.h"

/// How a command ended.
struct CommandResult {
  int code = -1;    ///< exit code; 128 + signal where it was killed
  std::string out;  ///< stdout
  std::string err;  ///< stderr
};

/// Runs a line of shell in `folder`, without standard input, the built commands on PATH and
/// the cache of rendered stems in folder/cache.
inline CommandResult run_command(const std::string& line,
                                 const std::filesystem::path& folder) {
  const TemporaryFolder streams;
  const std::string full = "cd '" + folder.string() +
                           "' && export PATH='" LIBSEP_APPS_DIR
                           "':$PATH && unset BACH10_ROOT && export LIBSEP_CACHE='" +
                           folder.string() + "/cache' && ( " + line + " ) </dev/null >'" +
                           (streams / "out").string() + "' 2>'" +
                           (streams / "err").string() + "'";
  const int status = std::system(full.c_str());
  CommandResult result;
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.out = read_text(streams / "out");
  result.err = read_text(streams / "err");
  return result;
}

/// Runs a command, interrupts it once its log holds `mark`, and gives how it ended then.
inline CommandResult interrupt_command(const std::string& line,
                                       const std::string& mark,
                                       const std::filesystem::path& folder) {
  return run_command(line + " 2>interrupted.log & pid=$!; until grep -q '" + mark +
                         "' interrupted.log || ! kill -0 $pid 2>/dev/null; do "
                         "sleep 0.02; done; kill -INT $pid; wait $pid; code=$?; "
                         "cat interrupted.log >&2; rm interrupted.log; exit $code",
                     folder);
}

/// The number of lines; 1 for text without a line end.
inline int count_lines(const std::string& text) {
  int lines = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' || i + 1 == text.size()) ++lines;
  }
  return lines;
}
