// sep-data synthesize|verify|mixtures: makes and checks datasets.

#include <fmt/format.h>

#include <filesystem>

#include "apps/run_main.h"
#include "libsep/libsep.h"

namespace {

struct Synthesize {
  std::filesystem::path out;
  sep::SyntheticOptions options;
};

void add_synthesize(CLI::App& app, Synthesize& arguments) {
  auto* command = app.add_subcommand("synthesize", "Makes pieces for four instruments");
  command->add_option("--out", arguments.out, "A new folder")->required();
  command->add_option("--pieces", arguments.options.num_pieces, "How many; default: 10");
  command->add_option("--seconds", arguments.options.seconds, "Of each; default: 30");
  command->add_option("--seed", arguments.options.seed, "The same seed, the same bytes");
  command->footer(
      "Example:\n  sep-data synthesize --pieces 10 --seconds 30 --seed 1 --out pieces");
}

int synthesize(const Synthesize& arguments) {
  const auto progress = sep::make_progress();
  sep::synthesize_pieces(arguments.out, arguments.options, *progress);
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
