// sep-eval RUN_DIR…: separates and scores the test pieces of runs, and writes tables.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "apps/run_main.h"
#include "libsep/core/atomic_file.h"
#include "libsep/libsep.h"

namespace {

struct Arguments {
  std::vector<std::filesystem::path> runs;
  std::filesystem::path data, out, references, estimates;
  std::string instrument;
  int64_t num_threads = 0;
  bool oracles = false, report = false;
};

void add_options(CLI::App& app, Arguments& arguments) {
  app.add_option(
      "RUN_DIR",
      arguments.runs,
      "Run directories that sep-train made, or model files (.safetensors, .pth)");
  app.add_option(
      "--data", arguments.data, "Dataset; default: the run's, then $BACH10_ROOT");
  app.add_option("--out",
                 arguments.out,
                 "Where tables go; default: RUN_DIR/eval, required for several runs");
  app.add_option("--instrument",
                 arguments.instrument,
                 "What a nussl model (.pth) separates: the file does not say");
  app.add_flag("--oracles", arguments.oracles, "Rows for the ideal masks");
  app.add_flag("--report", arguments.report, "Pages to look at and to listen to as well");
  app.add_option(
      "--references", arguments.references, "Dataset that --estimates belong to");
  app.add_option(
      "--estimates", arguments.estimates, "Folder of anyone's estimates to score");
  app.add_option("--threads", arguments.num_threads, "Threads of all; default: one a core")
      ->check(CLI::Range(1, 1024));
  app.footer(
      "Examples:\n"
      "  sep-eval runs/model_e --oracles --report\n"
      "  sep-eval runs/model_a runs/model_e --data Bach10_v1.1 --out tables\n"
      "  sep-eval violin.model.pth --instrument violin --data Bach10_v1.1 --out tables\n"
      "  sep-eval --references Bach10_v1.1 --estimates my_stems --out tables");
}

std::filesystem::path output_folder(const Arguments& arguments) {
  if (!arguments.out.empty()) return arguments.out;
  SEP_CHECK(arguments.runs.size() == 1,
            "--out DIR is required unless there is one run directory");
  return arguments.runs.front() / "eval";
}

/// The dataset of a run: --data, then the path that the run's config has, then
/// $BACH10_ROOT.
sep::Dataset dataset_of(const sep::RunDirectory& run, const Arguments& arguments) {
  return sep::open_experiment_data(run.config(), arguments.data);
}

std::vector<std::filesystem::path> score_runs(const Arguments& arguments,
                                              sep::Progress& progress) {
  SEP_CHECK(!arguments.runs.empty(),
            "wants run directories, or --references DIR and --estimates DIR");
  const auto out = output_folder(arguments);
  std::vector<sep::EvaluatedRun> runs;
  std::vector<sep::RunScores> scores;
  for (const auto& root : arguments.runs) {
    const auto run = sep::RunDirectory::open(root);
    const auto dataset = dataset_of(run, arguments);
    scores.push_back(sep::evaluate_run(
        run, dataset, arguments.oracles, arguments.num_threads, progress));
    runs.push_back({run, dataset, scores.back()});
  }
  auto written = sep::write_tables(out, scores);
  if (arguments.report) {
    written.push_back(sep::write_evaluation_report(out / "report", runs, progress));
  }
  return written;
}

bool is_model_file(const std::filesystem::path& path) {
  return std::filesystem::is_regular_file(path);
}

/// Model files instead of run directories: every piece of the dataset is scored.
std::vector<std::filesystem::path> score_models(const Arguments& arguments,
                                                sep::Progress& progress) {
  SEP_CHECK(std::all_of(arguments.runs.begin(), arguments.runs.end(), is_model_file),
            "wants run directories or model files, not both");
  SEP_CHECK(!arguments.out.empty(), "--out DIR is required for model files");
  SEP_CHECK(!arguments.report, "--report wants run directories");
  const auto dataset = sep::open_experiment_data({}, arguments.data);
  progress.note("a model file is scored on every piece, those it was trained on included");
  std::vector<sep::ScoreRow> rows;
  for (const auto& path : arguments.runs) {
    sep::ModelChoice choice;
    choice.path = path;
    choice.instrument = sep::canonical_stem_name(arguments.instrument);
    const auto part = sep::evaluate_models(sep::load_models(choice),
                                           path.filename().string(),
                                           dataset,
                                           arguments.oracles,
                                           arguments.num_threads,
                                           progress);
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return sep::write_score_tables(arguments.out, rows);
}

std::vector<std::filesystem::path> score_folder(const Arguments& arguments,
                                                sep::Progress& progress) {
  SEP_CHECK(!arguments.references.empty() && !arguments.estimates.empty(),
            "--references DIR and --estimates DIR go together");
  SEP_CHECK(arguments.runs.empty(), "wants run directories or --estimates, not both");
  SEP_CHECK(!arguments.report, "--report wants run directories");
  sep::ScoreRow label;
  label.model = arguments.estimates.filename().string();
  sep::EvaluationOptions options;
  options.ideal_masks = arguments.oracles;
  options.num_threads = arguments.num_threads;
  const auto rows = sep::evaluate_folder(label,
                                         sep::open_dataset(arguments.references),
                                         arguments.estimates,
                                         options,
                                         progress);
  return sep::write_score_tables(output_folder(arguments), rows);
}

int evaluate(const Arguments& arguments) {
  const auto progress = sep::make_progress();
  const bool folder = !arguments.references.empty() || !arguments.estimates.empty();
  const bool models =
      std::any_of(arguments.runs.begin(), arguments.runs.end(), is_model_file);
  const auto written = folder   ? score_folder(arguments, *progress)
                       : models ? score_models(arguments, *progress)
                                : score_runs(arguments, *progress);
  for (const auto& path : written) {
    if (path.filename() == "summary.md") fmt::print("{}", sep::read_file(path));
  }
  for (const auto& path : written) fmt::print("{}\n", path.string());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Separates and scores the test pieces of runs.", "sep-eval");
  Arguments arguments;
  add_options(app, arguments);
  return sep::run_main(argc, argv, app, [&] { return evaluate(arguments); });
}
