#include "libsep/commands/separate_command.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <map>

#include "libsep/audio/file.h"
#include "libsep/commands/detail/run_main.h"
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
  int64_t num_threads = 0;
  bool report = false;
};

void add_options(CLI::App& app, Arguments& arguments) {
  app.add_option("MODEL",
                 arguments.model.path,
                 "A checkpoint, or a run directory: all its instruments")
      ->required();
  app.add_option("INPUT", arguments.inputs, "Recordings of any rate, length and channels")
      ->required();
  app.add_option("--out", arguments.out, "A folder an input goes here; default: separated");
  app.add_option("--format", arguments.format, "wav (32 bit float), wav24 or flac (24 bit)")
      ->check(CLI::IsMember({"wav", "wav24", "flac"}));
  app.add_flag("--report", arguments.report, "A page to look at and listen to as well");
  app.add_option("--fold", arguments.model.fold, "Of a run directory; default: the first")
      ->check(CLI::Range(1, 1000000));
  app.add_option("--instrument",
                 arguments.model.instrument,
                 "Only this one; of a nussl model, its name");
  app.add_option("--device", arguments.device, "auto, cpu or cuda")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}));
  app.add_option("--threads", arguments.num_threads, "Threads of all; default: one a core")
      ->check(CLI::Range(1, 1024));
  app.footer(
      "Examples:\n"
      "  sep-separate runs/model_e quartet.wav --report\n"
      "  sep-separate runs/model_e/fold-03/violin/best.safetensors *.flac --format flac\n"
      "Writes <out>/<input>/<instrument>.wav and remainder.wav; together they are the "
      "input.");
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
  for (const auto& path : arguments.inputs) {
    const auto info = read_audio_info(path);
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
                       const Arguments& arguments,
                       Progress& progress) {
  const double seconds = std::ceil(static_cast<double>(input.info.num_samples) /
                                   static_cast<double>(input.info.sample_rate));
  SeparateFileOptions options;
  options.format = parse<PartFormat>(arguments.format);
  options.page = arguments.report;
  options.run = run_of(arguments.model.path);
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

int run(const Arguments& arguments) {
  const auto inputs = look_at_inputs(arguments);
  set_num_threads(arguments.num_threads);
  const SerialMath serial;
  const auto device = torch_device(parse<DeviceChoice>(arguments.device));
  auto choice = arguments.model;
  choice.instrument = canonical_stem_name(choice.instrument);
  auto chosen = load_models(choice);
  const Separator separator(std::move(chosen.models), device);
  const auto progress = make_progress();
  for (const auto& remark : chosen.remarks) progress->note(remark);
  for (const auto& input : inputs) {
    const auto result = separate(separator, input, arguments, *progress);
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
