#include "libsep/commands/eval_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "libsep/checkpoint/model_library.h"
#include "libsep/commands/detail/run_main.h"
#include "libsep/commands/detail/separator_arguments.h"
#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/new_folder.h"
#include "libsep/core/stem_name.h"
#include "libsep/core/threads.h"
#include "libsep/data/dataset.h"
#include "libsep/eval/evaluator.h"
#include "libsep/eval/further_metrics.h"
#include "libsep/eval/score_row.h"
#include "libsep/eval/table_files.h"
#include "libsep/experiment/evaluable_run.h"
#include "libsep/experiment/evaluate_model.h"
#include "libsep/experiment/evaluate_run.h"
#include "libsep/experiment/evaluation_report.h"
#include "libsep/experiment/model_source.h"
#include "libsep/model/device.h"
#include "libsep/model/serial_math.h"
#include "libsep/separation/separator.h"

namespace sep {
namespace {

struct Arguments {
  std::vector<std::filesystem::path> runs;
  std::vector<std::filesystem::path> data;
  std::filesystem::path out, references, estimates;
  std::string instrument, device = "auto", metrics = "si";
  RunEvaluationOptions options;
  bool report = false, frames = false, compare = false;
};

void add_options(CLI::App& app, Arguments& arguments) {
  app.add_option(
      "RUN_DIR",
      arguments.runs,
      "Run directories that sep-train made, or models: files (of libsep or nussl), names "
      "of sep-separate --models");
  add_data_option(app, arguments.data, "the run's");
  app.add_option("--out",
                 arguments.out,
                 "Where tables go; default: RUN_DIR/eval, required for several runs");
  app.add_option("--instrument",
                 arguments.instrument,
                 "What a nussl model separates: the file does not say");
  app.add_flag("--oracles", arguments.options.ideal_masks, "Rows for the ideal masks");
  add_separator_options(app, arguments.options.separation);
  app.add_option("--metrics",
                 arguments.metrics,
                 "Further ones, as bss_v3,bss_images,bss_v4, into metrics.csv; sep-train "
                 "--kinds lists them and their keys: '[{type: bss_v4, silence: museval}]'");
  app.add_flag("--frames", arguments.frames, "Their values over time, into frames.csv");
  app.add_flag("--compare",
               arguments.compare,
               "Each two of the models, paired by piece: comparison.csv, Wilcoxon's test");
  app.add_flag("--report", arguments.report, "Pages to look at and to listen to as well");
  app.add_option(
      "--references", arguments.references, "Dataset that --estimates belong to");
  app.add_option(
      "--estimates", arguments.estimates, "Folder of anyone's estimates to score");
  app.add_option(
         "--device", arguments.device, "auto, cpu or cuda; whatever a run was trained on")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}));
  app.add_option(
         "--threads", arguments.options.num_threads, "Threads of all; default: one a core")
      ->check(CLI::Range(1, 1024));
  app.footer(
      "Examples:\n"
      "  sep-eval runs/model_e --oracles --report\n"
      "  sep-eval runs/model_a runs/model_e --data Bach10_v1.1 --out tables\n"
      "  sep-eval violin.model.pth --instrument violin --data Bach10_v1.1 --out tables\n"
      "  sep-eval --references Bach10_v1.1 --estimates my_stems --out tables\n"
      "  sep-eval runs/model_e --metrics si,bss_v3,bss_v4 --frames\n"
      "  sep-eval runs/model_d runs/model_e --compare --out tables");
}

std::filesystem::path output_folder(const Arguments& arguments) {
  if (!arguments.out.empty()) return arguments.out;
  SEP_CHECK(arguments.runs.size() == 1,
            "--out DIR is required unless there is one run directory");
  return arguments.runs.front() / "eval";
}

ModelComparison comparison(const Arguments& arguments) {
  return arguments.compare ? ModelComparison::kPairs : ModelComparison::kNone;
}

/// What is written, in order, and the exit code.
struct Outcome {
  std::vector<std::filesystem::path> written;
  int code = 0;
};

std::vector<EvaluableRun> open_runs(const Arguments& arguments, const Progress& progress) {
  SEP_CHECK(!arguments.runs.empty(),
            "wants run directories, or --references DIR and --estimates DIR");
  SEP_CHECK(arguments.instrument.empty(),
            "--instrument wants a nussl model's file, found the run directory {}",
            arguments.runs.front().string());
  return open_evaluable_runs(
      arguments.runs, arguments.data, arguments.options.num_threads, progress);
}

/// Nothing of an earlier evaluation stays unsaid beside what is written now.
Outcome outcome_of(const TablesWritten& tables,
                   const std::vector<ScoreRow>& rows,
                   const Arguments& arguments,
                   const std::filesystem::path& out,
                   Progress& progress) {
  for (const auto& path : tables.removed) {
    progress.note(path.string() + ": removed, a table of an earlier evaluation");
  }
  const auto page = out / "report" / "index.html";
  if (!arguments.report && is_there(page)) {
    progress.note(page.string() + ": of an earlier evaluation; --report writes it anew");
  }
  if (all_failed(rows)) progress.note("no estimate could be scored");
  return {tables.written, all_failed(rows) ? 1 : 0};
}

std::vector<ScoreRow> all_rows(const std::vector<RunScores>& scores) {
  std::vector<ScoreRow> rows;
  for (const auto& run : scores) rows.insert(rows.end(), run.rows.begin(), run.rows.end());
  return rows;
}

/// Found before hours of evaluation, not after them.
void check_comparison(const Arguments& arguments, const std::vector<EvaluableRun>& runs) {
  std::set<std::pair<std::string, Protocol>> models;
  for (const auto& run : runs) {
    models.emplace(run.run().config().title, run.run().config().protocol);
  }
  SEP_CHECK(!arguments.compare || models.size() >= 2,
            "--compare wants two models, found {} of {} runs that differ in seed alone",
            models.size(),
            runs.size());
}

Outcome score_runs(const Arguments& arguments, Progress& progress) {
  const auto runs = open_runs(arguments, progress);
  check_comparison(arguments, runs);
  if (arguments.options.separation.match_spectrum) {
    for (const auto& run : runs) check_separable(run, arguments.options.separation);
  }
  const auto out = output_folder(arguments);
  for (const auto& run : runs) check_metrics(arguments.options.further, run.dataset());
  const NewFolder made(out);
  std::optional<EvaluationReport> report;
  PieceListener listener;
  if (arguments.report) {
    report.emplace(out / "report", runs.size());
    listener = [&](const EvaluatedPiece& piece) { report->add(piece); };
  }
  std::vector<RunScores> scores;
  for (const auto& run : runs) {
    scores.push_back(evaluate_run(run, arguments.options, progress, listener));
    if (report) report->add(run, scores.back());
  }
  auto outcome = outcome_of(
      write_tables(out, scores, arguments.options.further, comparison(arguments)),
      all_rows(scores),
      arguments,
      out,
      progress);
  if (report) outcome.written.push_back(report->commit());
  return outcome;
}

bool is_model_file(const std::filesystem::path& path) { return is_file(path); }

std::vector<SingleModel> open_models(const Arguments& arguments) {
  std::vector<SingleModel> models;
  for (const auto& path : arguments.runs) {
    ModelChoice choice;
    choice.path = path;
    if (!arguments.instrument.empty()) {
      choice.stems = {canonical_stem_name(arguments.instrument)};
    }
    models.push_back({path, load_models(choice).models.front()});
  }
  return models;
}

/// Model files instead of run directories: every piece of the dataset is scored.
Outcome score_models(const Arguments& arguments, Progress& progress) {
  SEP_CHECK(std::all_of(arguments.runs.begin(), arguments.runs.end(), is_model_file),
            "wants run directories or model files, not both");
  SEP_CHECK(!arguments.out.empty(), "--out DIR is required for model files");
  SEP_CHECK(!arguments.report, "--report wants run directories");
  const auto dataset = open_chosen_dataset({}, arguments.data);
  const auto models = open_models(arguments);
  check_models(models, dataset);
  check_metrics(arguments.options.further, dataset);
  for (const auto& model : models) arguments.options.separation.check(model.model);
  const NewFolder made(arguments.out);
  progress.note("a model file is scored on every piece, those it was trained on included");
  std::vector<ScoreRow> rows;
  for (const auto& model : models) {
    const auto part = evaluate_model(model, dataset, arguments.options, progress);
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return outcome_of(
      write_score_tables(
          arguments.out, rows, arguments.options.further, comparison(arguments)),
      rows,
      arguments,
      arguments.out,
      progress);
}

/// The name of a folder however it is written: "stems", "stems/", ".".
std::string folder_name(const std::filesystem::path& folder) {
  const auto path = absolute_path(folder);
  return (path.has_filename() ? path : path.parent_path()).filename().string();
}

Outcome score_folder(const Arguments& arguments, Progress& progress) {
  SEP_CHECK(!arguments.references.empty() && !arguments.estimates.empty(),
            "--references DIR and --estimates DIR go together");
  SEP_CHECK(arguments.runs.empty(), "wants run directories or --estimates, not both");
  SEP_CHECK(!arguments.report, "--report wants run directories");
  SEP_CHECK(arguments.data.empty(), "wants --references or --data, not both");
  SEP_CHECK(arguments.instrument.empty(), "--instrument wants a nussl model's file");
  SEP_CHECK(arguments.options.separation.num_passes == 1,
            "--passes wants a model: --estimates are there already");
  SEP_CHECK(!arguments.options.separation.match_spectrum,
            "--match-spectrum wants a model: --estimates are there already");
  const auto out = output_folder(arguments);
  const auto references = open_dataset(arguments.references);
  check_metrics(arguments.options.further, references);
  ScoreRow label;
  const NewFolder made(out);
  label.model = one_line(folder_name(arguments.estimates));
  const auto scores = evaluate_folder(
      label, references, arguments.estimates, arguments.options.of_pieces({}), progress);
  auto outcome = outcome_of(write_score_tables(out, scores.rows, arguments.options.further),
                            scores.rows,
                            arguments,
                            out,
                            progress);
  if (scores.num_unreadable > 0) outcome.code = 1;
  return outcome;
}

void choose_metrics(Arguments& arguments) {
  auto& further = arguments.options.further;
  further.list = parse_metrics(arguments.metrics);
  SEP_CHECK(!arguments.frames || !further.list.empty(),
            "--frames wants further metrics, as --metrics bss_v4");
  if (arguments.frames) further.frames = FrameScores::kWanted;
}

/// A name of a model that comes with libsep stands for its file.
void find_named_models(Arguments& arguments) {
  for (auto& path : arguments.runs) {
    if (is_there(path)) continue;
    for (const auto& [name, file] : list_models()) {
      if (path == name) path = file;
    }
  }
}

int evaluate(Arguments& arguments) {
  choose_metrics(arguments);
  find_named_models(arguments);
  SEP_CHECK(!arguments.compare || arguments.runs.size() >= 2,
            "--compare wants two runs or models, found {}",
            arguments.runs.size());
  set_num_threads(arguments.options.num_threads);
  const SerialMath serial;
  arguments.options.device = resolve_device(parse_enum<DeviceChoice>(arguments.device));
  const auto progress = make_progress();
  const bool folder = !arguments.references.empty() || !arguments.estimates.empty();
  const bool models =
      std::any_of(arguments.runs.begin(), arguments.runs.end(), is_model_file);
  const auto outcome = folder   ? score_folder(arguments, *progress)
                       : models ? score_models(arguments, *progress)
                                : score_runs(arguments, *progress);
  for (const auto& path : outcome.written) {
    if (path.filename() == "summary.md") fmt::print("{}", read_file(path));
  }
  for (const auto& path : outcome.written) fmt::print("{}\n", path.string());
  return outcome.code;
}

}  // namespace

int eval_command(int argc, char** argv) {
  CLI::App app("Separates and scores the test pieces of runs.", "sep-eval");
  Arguments arguments;
  add_options(app, arguments);
  return run_main(argc, argv, app, [&] { return evaluate(arguments); });
}

}  // namespace sep
