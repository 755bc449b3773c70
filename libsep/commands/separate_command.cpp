#include "libsep/commands/separate_command.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <map>

#include "libsep/audio/file.h"
#include "libsep/checkpoint/model_file_kind.h"
#include "libsep/checkpoint/model_library.h"
#include "libsep/commands/detail/model_list.h"
#include "libsep/commands/detail/run_main.h"
#include "libsep/commands/detail/separator_arguments.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/stem_name.h"
#include "libsep/core/threads.h"
#include "libsep/experiment/model_source.h"
#include "libsep/model/device.h"
#include "libsep/model/serial_math.h"
#include "libsep/separation/separate_file.h"
#include "libsep/separation/separator.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  ModelChoice model;
  std::vector<fs::path> inputs;
  fs::path out = "separated";
  std::string format = "wav", device = "auto";
  SeparatorOptions separation;
  int64_t num_threads = 0;
  bool report = false, list_models = false;
};

void add_options(CLI::App& app, Arguments& arguments) {
  app.add_option("INPUT", arguments.inputs, "Recordings of any rate, length and channels");
  app.add_option("--model",
                 arguments.model.path,
                 "A checkpoint, a run directory, or a name of --models; default: the model "
                 "that comes with libsep");
  app.add_flag("--models", arguments.list_models, "Lists the models that come with libsep");
  app.add_option("--out", arguments.out, "A folder an input goes here; default: separated");
  app.add_option("--format", arguments.format, "wav (32 bit float), wav24 or flac (24 bit)")
      ->check(CLI::IsMember({"wav", "wav24", "flac"}));
  app.add_flag("--report", arguments.report, "A page to look at and listen to as well");
  app.add_option("--fold", arguments.model.fold, "Of a run directory; default: the first")
      ->check(CLI::Range(1, 1000000));
  app.add_option("--stems,--instrument",
                 arguments.model.stems,
                 "Only these, as violin,bassoon, the rest being the remainder; of a nussl "
                 "model, its name")
      ->delimiter(',')
      ->type_size(1)
      ->allow_extra_args(false);
  add_separator_options(app, arguments.separation);
  app.add_option("--device", arguments.device, "auto, cpu or cuda")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}));
  app.add_option("--threads", arguments.num_threads, "Threads of all; default: one a core")
      ->check(CLI::Range(1, 1024));
  app.footer(
      "Examples:\n"
      "  sep-separate quartet.wav --report\n"
      "  sep-separate --model runs/model_e quartet.wav --stems violin,bassoon\n"
      "  sep-separate --model runs/model_e/fold-03/violin/best.safetensors *.flac "
      "--format flac\n"
      "Writes <out>/<input>/<instrument>.wav and remainder.wav; together they are the "
      "input.");
}

/// A model where a recording belongs, as in the command line of libsep 0.1.
void refuse_model(const fs::path& input) {
  const bool is_run = is_folder(input) && is_there(input / "config.yaml");
  const bool is_model = is_file(input) && model_file_kind(input) != ModelFileKind::kOther;
  SEP_CHECK(!is_run && !is_model,
            "{}: a {}, where a recording is wanted; a model is given as --model {}",
            input.string(),
            is_run ? "run directory" : "model",
            input.string());
}

/// What is no recording may be a model: looked at only then, so that recordings are opened
/// once for this.
AudioInfo look_at(const fs::path& input) {
  try {
    return read_audio_info(input);
  } catch (const Error&) {
    refuse_model(input);
    throw;
  }
}

template <class Enum>
Enum parse(const std::string& text) {
  for (const auto& [value, name] : EnumNames<Enum>::kValues) {
    if (name == text) return value;
  }
  throw Error(text);
}

struct Input {
  fs::path path;
  AudioInfo info;
  fs::path folder;  ///< where its parts go
};

/// All inputs are looked at before any work.
std::vector<Input> look_at_inputs(const Arguments& arguments) {
  std::map<fs::path, fs::path> taken;
  std::vector<Input> inputs;
  SEP_CHECK(!arguments.inputs.empty(), "INPUT is required: a recording (see --help)");
  for (const auto& path : arguments.inputs) {
    const auto info = look_at(path);
    auto name = path.stem();
    if (name == "." || name == "..") name = path.filename();
    const auto [other, is_new] = taken.emplace(arguments.out / name, path);
    SEP_CHECK(is_new,
              "{}: its parts would go where those of {} go, {}",
              path.string(),
              other->second.string(),
              other->first.string());
    inputs.push_back({path, info, other->first});
  }
  return inputs;
}

/// What of the folder a user should know who listens to it.
void note_others(const SeparatedFile& result, Progress& progress) {
  const auto folder = result.remainder.parent_path();
  for (const auto& path : result.moved) {
    progress.note(fmt::format("{}: of an earlier separation, moved to {}",
                              (folder / path.filename()).string(),
                              path.string()));
  }
  for (const auto& path : result.others) {
    progress.note(path.string() + ": lies beside the parts, but is none of them");
  }
  const auto page = folder / "report.html";
  if (result.page.empty() && is_there(page)) {
    progress.note(page.string() + ": of an earlier separation; --report writes it anew");
  }
}

SeparatedFile separate(const Separator& separator,
                       const Input& input,
                       const SeparateFileOptions& options,
                       Progress& progress) {
  const double seconds = std::ceil(static_cast<double>(input.info.num_samples) /
                                   static_cast<double>(input.info.sample_rate));
  progress.begin(input.path.filename().string(), std::llround(seconds), "s of audio");
  auto result =
      separate_file(separator, input.path, input.folder, options, [&](double done) {
        progress.throw_if_stopped();
        progress.update(std::llround(done * seconds));
      });
  progress.end();
  if (result.num_clipped > 0) {
    progress.note(fmt::format("{}: {} samples clipped; --format wav keeps them",
                              input.path.string(),
                              result.num_clipped));
  }
  note_others(result, progress);
  return result;
}

int print_models(Progress& progress) {
  const auto lines = model_list();
  for (const auto& line : lines) fmt::print("{}\n", line);
  if (lines.empty()) {
    progress.note(fmt::format("no model there; looked in {}", places_of_models()));
  }
  return 0;
}

ModelChoice chosen_model(const Arguments& arguments) {
  auto choice = arguments.model;
  for (auto& name : choice.stems) name = canonical_stem_name(name);
  if (choice.path.empty()) choice.path = default_model().path;
  return choice;
}

int run(const Arguments& arguments) {
  const auto progress = make_progress();
  if (arguments.list_models) return print_models(*progress);
  const auto inputs = look_at_inputs(arguments);
  set_num_threads(arguments.num_threads);
  const SerialMath serial;
  const auto device = torch_device(parse<DeviceChoice>(arguments.device));
  const auto choice = chosen_model(arguments);
  auto chosen = load_models(choice);
  SeparateFileOptions options;
  options.format = parse<PartFormat>(arguments.format);
  options.stems = chosen.stems;
  options.page = arguments.report;
  options.run = run_of(choice.path);
  const Separator separator(std::move(chosen.models), device, arguments.separation);
  if (arguments.model.path.empty()) progress->note("model: " + choice.path.string());
  for (const auto& remark : chosen.remarks) progress->note(remark);
  for (const auto& input : inputs) {
    const auto result = separate(separator, input, options, *progress);
    for (const auto& [name, path] : result.stems) fmt::print("{}\n", path.string());
    fmt::print("{}\n", result.remainder.string());
    if (!result.page.empty()) fmt::print("{}\n", result.page.string());
    progress->throw_if_stopped();
  }
  return 0;
}

}  // namespace

int separate_command(int argc, char** argv) {
  CLI::App app("Separates recordings into the instruments of a model.", "sep-separate");
  Arguments arguments;
  add_options(app, arguments);
  return run_main(argc, argv, app, [&] { return run(arguments); });
}

}  // namespace sep
