#include "libsep/commands/detail/export_model.h"

#include <fmt/format.h>

#include "libsep/checkpoint/stored_model.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"

namespace sep {
namespace {

void put(std::string& field, const std::string& value) {
  if (!value.empty()) field = value;
}

void put_card(ModelDescription& description, const ExportModel& arguments) {
  auto& card = description.card;
  put(description.title, arguments.title);
  put(card.licence, arguments.licence);
  put(card.training, arguments.training);
  put(card.scored_on, arguments.scored_on);
  if (!arguments.scores.empty()) {
    card.scores = read_model_scores(arguments.scores, description.stem_names());
  }
  SEP_CHECK(card.scores.empty() || !card.scored_on.empty(),
            "{}: --scored-on is required, which says what the scores are of",
            arguments.scores.string());
  try {
    card.validate();
  } catch (const ConfigError& error) {
    throw Error(fmt::format("--{}", error.what()));
  }
}

}  // namespace

void add_export_model(CLI::App& app, ExportModel& arguments) {
  auto* command = app.add_subcommand("export", "Makes a model's file for others to use");
  command->add_option("MODEL", arguments.model, "A checkpoint of libsep")->required();
  command->add_option("OUT", arguments.out, "A .safetensors file; its name is the model's")
      ->required();
  command->add_flag("--half", arguments.half, "Weights in half precision, half the size");
  command->add_option("--title", arguments.title, "What it is called on pages");
  command->add_option("--licence", arguments.licence, "Of the weights, as MIT");
  command->add_option("--training", arguments.training, "What it has heard, in a line");
  command->add_option("--scores",
                      arguments.scores,
                      "summary.csv, as sep-eval writes it of this model alone");
  command->add_option(
      "--scored-on", arguments.scored_on, "What they are of: 'Bach10, never seen'");
  command->footer(
      "What the model's file says already stays where nothing else is given.\n"
      "Example:\n"
      "  sep-data export runs/wind/fold-01/joint/best.safetensors wind.safetensors --half "
      "\\\n"
      "    --licence MIT --training '200 synthetic chorales' \\\n"
      "    --scores tables/summary.csv --scored-on '10 pieces of another font, never "
      "seen'");
}

int export_model(const ExportModel& arguments) {
  SEP_CHECK(arguments.out.extension() == ".safetensors",
            "{}: wants a name that ends in .safetensors",
            arguments.out.string());
  auto model = read_model(arguments.model);
  put_card(model.description, arguments);
  write_model(arguments.out,
              std::move(model),
              arguments.half ? ModelStorage::kHalf : ModelStorage::kFloat);
  fmt::print("{}\n", arguments.out.string());
  return 0;
}

}  // namespace sep
