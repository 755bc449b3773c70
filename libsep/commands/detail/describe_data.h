#pragma once

#include <filesystem>
#include <string>

#include "libsep/commands/detail/run_main.h"

namespace sep {

/// `sep-data manifest`: a dataset of any layout as a table.
struct Manifest {
  std::filesystem::path root, out;
  std::string layout = "auto";
};

void add_manifest(CLI::App& app, Manifest& arguments);
int write_manifest(const Manifest& arguments);

/// "One of auto, bach10, stem_folder", and what the program has added.
std::string layout_names();

}  // namespace sep
