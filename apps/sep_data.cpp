// sep-data synthesize|verify|mixtures: makes and checks datasets.

#include <fmt/format.h>

#include <filesystem>

#include "apps/run_main.h"
#include "libsep/libsep.h"

namespace {

struct Synthesize {
  std::filesystem::path out;
  std::string kind = "chorales";
  sep::ChoraleOptions options;
};

void add_synthesize(CLI::App& app, Synthesize& arguments) {
  auto* command = app.add_subcommand("synthesize", "Makes pieces for four instruments");
  sep::ChoraleOptions& options = arguments.options;
  command->add_option("--out", arguments.out, "A new folder")->required();
  command->add_option("--kind", arguments.kind, "chorales (default) or tones: plain triads")
      ->check(CLI::IsMember({"chorales", "tones"}));
  command->add_option("--pieces", options.num_pieces, "How many; default: 10");
  command->add_option("--seconds", options.seconds, "Of each; default: 30");
  command->add_option("--seed", options.seed, "The same seed, the same bytes");
  command->add_option(
      "--soundfont", options.sound_font, "For chorales; default: Debian's TimGM6mb");
  command->add_option("--threads", options.num_threads, "Default: one a core");
  command->footer(
      "Example:\n  sep-data synthesize --pieces 10 --seconds 30 --seed 1 --out pieces");
}

void synthesize_tones(const Synthesize& arguments, sep::Progress& progress) {
  sep::SyntheticOptions options;
  options.num_pieces = arguments.options.num_pieces;
  options.seconds = arguments.options.seconds;
  options.seed = arguments.options.seed;
  sep::synthesize_pieces(arguments.out, options, progress);
}

int synthesize(const Synthesize& arguments) {
  const auto progress = sep::make_progress();
  if (arguments.kind == "tones") {
    synthesize_tones(arguments, *progress);
  } else {
    sep::synthesize_chorales(arguments.out, arguments.options, *progress);
  }
  fmt::print("{}\n", arguments.out.string());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Makes and checks datasets.", "sep-data");
  app.require_subcommand(1);
  Synthesize synthesize_arguments;
  add_synthesize(app, synthesize_arguments);
  return sep::run_main(argc, argv, app, [&] { return synthesize(synthesize_arguments); });
}
