// sep-separate MODEL INPUT…: separates recordings into files.

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <map>

#include "apps/run_main.h"
#include "libsep/libsep.h"

namespace {

namespace fs = std::filesystem;

struct Arguments {
  sep::ModelChoice model;
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
                 "Only this one; for a nussl .pth, its name");
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
  for (const auto& [value, name] : sep::EnumNames<Enum>::kValues) {
    if (name == text) return value;
  }
  throw sep::Error(text);
}

/// Where each input's parts go; all inputs are looked at before any work.
std::vector<fs::path> plan_folders(const Arguments& arguments) {
  std::map<fs::path, fs::path> taken;
  std::vector<fs::path> folders;
  for (const auto& input : arguments.inputs) {
    sep::read_audio_info(input);
    auto name = input.stem();
    if (name == "." || name == "..") name = input.filename();
    const auto [other, is_new] = taken.emplace(arguments.out / name, input);
    SEP_CHECK(is_new,
              "{}: its parts would go where those of {} go, {}",
              input.string(),
              other->second.string(),
              other->first.string());
    folders.push_back(other->first);
  }
  return folders;
}

sep::SeparatedFile separate(const sep::Separator& separator,
                            const fs::path& input,
                            const fs::path& folder,
                            const Arguments& arguments,
                            sep::Progress& progress) {
  const auto info = sep::read_audio_info(input);
  const double seconds =
      static_cast<double>(info.num_samples) / static_cast<double>(info.sample_rate);
  progress.begin(input.filename().string(), std::llround(std::ceil(seconds)), "s of audio");
  auto result = sep::separate_file(
      separator, input, folder, parse<sep::PartFormat>(arguments.format), [&](double done) {
        progress.throw_if_stopped();
        progress.update(std::llround(done * std::ceil(seconds)));
      });
  progress.end();
  if (result.num_clipped > 0) {
    progress.note(fmt::format("{}: {} samples clipped; --format wav keeps them",
                              input.string(),
                              result.num_clipped));
  }
  return result;
}

int run(const Arguments& arguments) {
  const auto folders = plan_folders(arguments);
  sep::set_num_threads(arguments.num_threads);
  const sep::SerialMath serial;
  const auto device = sep::torch_device(parse<sep::DeviceChoice>(arguments.device));
  auto choice = arguments.model;
  choice.instrument = sep::canonical_stem_name(choice.instrument);
  const sep::Separator separator(sep::load_models(choice), device);
  const auto progress = sep::make_progress();
  for (size_t i = 0; i < folders.size(); ++i) {
    const auto result =
        separate(separator, arguments.inputs[i], folders[i], arguments, *progress);
    for (const auto& [name, path] : result.stems) fmt::print("{}\n", path.string());
    fmt::print("{}\n", result.remainder.string());
    progress->throw_if_stopped();
    if (!arguments.report) continue;
    const auto page = sep::write_separation_report(folders[i],
                                                   arguments.inputs[i],
                                                   result,
                                                   separator,
                                                   sep::run_of(arguments.model.path));
    fmt::print("{}\n", page.string());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Separates recordings into the instruments of a model.", "sep-separate");
  Arguments arguments;
  add_options(app, arguments);
  return sep::run_main(argc, argv, app, [&] { return run(arguments); });
}
