#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

namespace sep {

/// `sep-data export`: a checkpoint as a file for others, with its card.
struct ExportModel {
  std::filesystem::path model, out, scores;
  std::string title, licence, training, scored_on;
  bool half = false;
};

void add_export_model(CLI::App& app, ExportModel& arguments);

/// Gives the exit code. What the model's card says already stays where nothing else is
/// given. Throws Error for scores without what they are of, and as read_model(),
/// read_model_scores() and write_model().
int export_model(const ExportModel& arguments);

}  // namespace sep
