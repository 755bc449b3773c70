#include "libsep/commands/data_command.h"

#include <fmt/format.h>

#include <filesystem>
#include <limits>

#include "libsep/checkpoint/nussl_file.h"
#include "libsep/commands/detail/describe_data.h"
#include "libsep/commands/detail/export_model.h"
#include "libsep/commands/detail/mixtures.h"
#include "libsep/commands/detail/run_main.h"
#include "libsep/core/csv.h"
#include "libsep/core/error.h"
#include "libsep/core/stem_name.h"
#include "libsep/core/threads.h"
#include "libsep/data/dataset.h"
#include "libsep/data/verify.h"
#include "libsep/synthesis/chorale_dataset.h"
#include "libsep/synthesis/synthetic.h"

namespace sep {
namespace {

struct Synthesize {
  std::filesystem::path out;
  std::string kind = "chorales";
  ChoraleOptions options;
  std::string variations = "none";
  std::vector<std::string> vary;
  std::vector<const CLI::Option*> of_chorales;
};

void add_chorale_options(CLI::App& command, Synthesize& arguments) {
  ChoraleOptions& options = arguments.options;
  arguments.of_chorales.insert(
      arguments.of_chorales.end(),
      {command
           .add_option("--players",
                       options.players,
                       "2 to 8 instruments of General MIDI with commas, from the highest "
                       "part to the lowest; default: violin,clarinet,saxophone,bassoon")
           ->type_size(1)
           ->allow_extra_args(false)
           ->delimiter(','),
       command
           .add_option("--soundfont",
                       options.sound_fonts,
                       "Repeated or with commas: one is drawn for each part; default: "
                       "Debian's TimGM6mb")
           ->type_size(1)
           ->allow_extra_args(false)
           ->delimiter(','),
       command
           .add_option("--variations",
                       arguments.variations,
                       "none (default), or rich: as players, rooms and microphones differ")
           ->check(CLI::IsMember({"none", "rich"})),
       command
           .add_option("--vary",
                       arguments.vary,
                       fmt::format("NAME=AMOUNT above --variations, 0 to 2; {}",
                                   fmt::join(variation_names(), ", ")))
           ->type_size(1)
           ->allow_extra_args(false)});
}

void add_synthesize(CLI::App& app, Synthesize& arguments) {
  auto* command =
      app.add_subcommand("synthesize", "Makes pieces for instruments of one's choice");
  ChoraleOptions& options = arguments.options;
  command->add_option("--out", arguments.out, "A new folder")->required();
  command->add_option("--kind", arguments.kind, "chorales (default) or tones: plain triads")
      ->check(CLI::IsMember({"chorales", "tones"}));
  command->add_option("--pieces", options.num_pieces, "How many; default: 10");
  command->add_option("--seconds", options.seconds, "Of each; default: 30");
  command->add_option("--seed", options.seed, "The same seed, the same bytes")
      ->check(CLI::Range(int64_t{0}, std::numeric_limits<int64_t>::max()));
  arguments.of_chorales.push_back(
      command->add_option("--format", options.format, "wav (default) or flac")
          ->check(CLI::IsMember({"wav", "flac"})));
  add_chorale_options(*command, arguments);
  command->add_option("--threads", options.num_threads, "Default: one a core");
  command->footer(
      "Examples:\n  sep-data synthesize --pieces 10 --seconds 30 --seed 1 --out pieces\n"
      "  sep-data synthesize --players flute,oboe,horn,bassoon --pieces 200 "
      "--variations rich --out wind");
}

void synthesize_tones(const Synthesize& arguments, Progress& progress) {
  for (const auto* option : arguments.of_chorales) {
    SEP_CHECK(option->empty(),
              "{} {}: wants --kind chorales, tones are played without one",
              option->get_name(),
              fmt::join(option->results(), ","));
  }
  SyntheticOptions options;
  options.num_pieces = arguments.options.num_pieces;
  options.seconds = arguments.options.seconds;
  options.seed = arguments.options.seed;
  synthesize_pieces(arguments.out, options, progress);
}

ChoraleOptions chorale_options(const Synthesize& arguments) {
  ChoraleOptions options = arguments.options;
  options.variations = uniform_variations(arguments.variations == "rich" ? 1.0 : 0.0);
  for (const auto& text : arguments.vary) set_variation(options.variations, text);
  return options;
}

int synthesize(const Synthesize& arguments) {
  const auto progress = make_progress();
  set_num_threads(arguments.options.num_threads);
  if (arguments.kind == "tones") {
    synthesize_tones(arguments, *progress);
  } else {
    synthesize_chorales(arguments.out, chorale_options(arguments), *progress);
  }
  fmt::print("{}\n", arguments.out.string());
  return 0;
}

struct Verify {
  std::filesystem::path root, csv;
  std::string layout = "auto", missing_stems = "refuse", lengths = "refuse";
  DataOptions options;
};

void add_verify(CLI::App& app, Verify& arguments) {
  auto* command = app.add_subcommand("verify", "Reads a dataset and reports its faults");
  command->add_option("DIR", arguments.root, "The dataset")->required();
  command->add_option("--layout", arguments.layout, layout_names());
  command->add_option("--missing-stems",
                      arguments.missing_stems,
                      "refuse, or allow where pieces differ in instruments");
  command->add_option("--lengths",
                      arguments.lengths,
                      "refuse, or trim or pad where files of a piece differ in length");
  command->add_option("--sample-rate",
                      arguments.options.sample_rate,
                      "Hz, as data.sample_rate: files of any rate will do");
  command->add_option("--csv", arguments.csv, "Also write a table, a row a file");
  command->footer(
      "Exit code 2 where there are faults. Remarks are none.\n"
      "Example:\n  sep-data verify Bach10_v1.1 --csv files.csv");
}

int verify(const Verify& arguments) {
  const auto progress = make_progress();
  auto options = arguments.options;
  options.layout = Kind<layouts>(arguments.layout);
  options.lengths = parse_enum<Lengths>(arguments.lengths);
  options.missing_stems = parse_enum<MissingStems>(arguments.missing_stems);
  const auto report = verify_dataset(arguments.root, options, *progress);
  for (const auto& line : report.lines()) fmt::print("{}\n", line);
  if (!arguments.csv.empty()) write_csv(arguments.csv, report.table());
  return report.ok() ? 0 : 2;
}

struct ImportNussl {
  std::filesystem::path model, out;
  std::string instrument = "target";
};

void add_import_nussl(CLI::App& app, ImportNussl& arguments) {
  auto* command =
      app.add_subcommand("import-nussl", "Turns a checkpoint of nussl into one of libsep");
  command->add_option("MODEL", arguments.model, "A MaskInference .model.pth")->required();
  command->add_option("OUT", arguments.out, "A .safetensors file")->required();
  command->add_option("--instrument",
                      arguments.instrument,
                      "What it separates, which the file does not say; default: target");
  command->footer(
      "Nothing in the file is executed.\n"
      "Example:\n  sep-data import-nussl best.model.pth violin.safetensors "
      "--instrument violin");
}

int import_nussl(const ImportNussl& arguments) {
  SEP_CHECK(arguments.out.extension() == ".safetensors",
            "{}: wants a name that ends in .safetensors",
            arguments.out.string());
  const auto instrument = canonical_stem_name(arguments.instrument);
  write_model(arguments.out, read_nussl_model(arguments.model, instrument));
  fmt::print("{}\n", arguments.out.string());
  return 0;
}

}  // namespace

int data_command(int argc, char** argv) {
  CLI::App app("Makes and checks datasets.", "sep-data");
  app.require_subcommand(1);
  Synthesize synthesize_arguments;
  Verify verify_arguments;
  Mixtures mixtures_arguments;
  add_synthesize(app, synthesize_arguments);
  add_verify(app, verify_arguments);
  Manifest manifest_arguments;
  add_manifest(app, manifest_arguments);
  ImportNussl import_arguments;
  add_mixtures(app, mixtures_arguments);
  add_import_nussl(app, import_arguments);
  ExportModel export_arguments;
  add_export_model(app, export_arguments);
  return run_main(argc, argv, app, [&] {
    if (app.got_subcommand("verify")) return verify(verify_arguments);
    if (app.got_subcommand("manifest")) return write_manifest(manifest_arguments);
    if (app.got_subcommand("mixtures")) return write_mixtures(mixtures_arguments);
    if (app.got_subcommand("import-nussl")) return import_nussl(import_arguments);
    if (app.got_subcommand("export")) return export_model(export_arguments);
    return synthesize(synthesize_arguments);
  });
}

}  // namespace sep
