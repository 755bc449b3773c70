#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/command.h"

/// Where commands are run, and what is asserted of them.
struct CommandPlace {
  CommandResult run(const std::string& line) const {
    return run_command(line, folder.path());
  }

  /// Asserts exit 0.
  CommandResult succeed(const std::string& line) const {
    const auto result = run(line);
    INFO(line << "\n" << result.out << result.err);
    REQUIRE(result.code == 0);
    return result;
  }

  /// Asserts exit 2, one line of error that holds every one of `parts`, and no output.
  void refuse(const std::string& line, const std::vector<std::string>& parts) const {
    const auto result = run(line);
    INFO(line << "\n" << result.out << result.err);
    CHECK(result.code == 2);
    CHECK(count_lines(result.err) == 1);
    CHECK(result.out.empty());
    CHECK(result.err.rfind("error: ", 0) == 0);
    for (const auto& part : parts) {
      INFO(part);
      CHECK(result.err.find(part) != std::string::npos);
    }
  }

  TemporaryFolder folder;
};

/// Every file of a run but clock times, by path.
inline std::map<std::string, std::string> contents(const std::filesystem::path& root) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const auto name = std::filesystem::relative(entry.path(), root).string();
    if (entry.is_regular_file() && name != "timings.csv") {
      files[name] = read_text(entry.path());
    }
  }
  return files;
}
