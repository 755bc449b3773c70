#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "libsep/commands/detail/run_main.h"

namespace sep {

/// `sep-data mixtures`: what training would see.
struct Mixtures {
  std::filesystem::path config, out;
  std::vector<std::filesystem::path> data;
  std::string fold;
  std::vector<std::string> settings;
  int64_t epoch = 1, num_threads = 0;
};

void add_mixtures(CLI::App& app, Mixtures& arguments);
int write_mixtures(const Mixtures& arguments);

}  // namespace sep
