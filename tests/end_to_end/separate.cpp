// sep-separate as a user runs it, on recordings of many kinds.
#include <fmt/format.h>
#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <set>
#include <vector>

#include "libsep/audio/file.h"
#include "tests/support/catch.h"
#include "tests/support/command.h"
#include "tests/support/pieces.h"

namespace {

namespace fs = std::filesystem;

const char* const kConfig = R"(title: Small
stft: {window_length: 256, hop_length: 128}
mixtures: {num_train: 3, num_validation: 2, seconds: 1, max_source_seconds: 1}
model: {hidden_size: 6, num_layers: 2}
train: {batch_size: 2, iterations_per_epoch: 3, num_epochs: 1}
)";

const std::set<std::string> kParts = {
    "bassoon", "clarinet", "saxphone", "violin", "remainder"};

/// One trained run for all tests.
const fs::path& trained_run() {
  static const TemporaryFolder folder;
  static const fs::path run = [] {
    write_pieces(folder / "pieces", 3, 2.0);
    std::ofstream(folder / "small.yaml") << kConfig;
    const auto result = run_command(
        "sep-train small.yaml --data pieces --out run --folds 1-2", folder.path());
    if (result.code != 0) throw std::runtime_error(result.err);
    return folder / "run";
  }();
  return run;
}

sep::Signal sound(int64_t num_channels, int64_t num_samples, int64_t sample_rate) {
  auto signal = sep::make_silence(num_channels, num_samples, sample_rate);
  for (int64_t c = 0; c < num_channels; ++c) {
    for (int64_t n = 0; n < num_samples; ++n) {
      const double t = static_cast<double>(n) / static_cast<double>(sample_rate);
      double value = 0.0;
      for (int k = 1; k < 8; ++k) {
        value += std::sin(6.2831853 * 220.0 * k * static_cast<double>(c + 2) * t) / k;
      }
      signal.channel(c)[n] = static_cast<float>(0.2 * value);
    }
  }
  return signal;
}

/// In any format of libsndfile; false where it was built without it.
bool write_as(const fs::path& path, const sep::Signal& signal, int format) {
  SF_INFO info{};
  info.channels = static_cast<int>(signal.num_channels);
  info.samplerate = static_cast<int>(signal.sample_rate);
  info.format = format;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  if (file == nullptr) return false;
  std::vector<float> interleaved;
  for (int64_t n = 0; n < signal.num_samples(); ++n) {
    for (int64_t c = 0; c < signal.num_channels; ++c) {
      interleaved.push_back(signal.channel(c)[n]);
    }
  }
  sf_writef_float(file, interleaved.data(), signal.num_samples());
  return sf_close(file) == 0;
}

struct Workplace {
  CommandResult run(const std::string& line) const {
    return run_command(line, folder.path());
  }
  CommandResult separate(const std::string& arguments) const {
    return run("sep-separate --model '" + trained_run().string() + "' " + arguments);
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name, std::ios::binary) << text;
  }
  TemporaryFolder folder;
};

/// Names of everything in a folder, hidden files too; empty where there is none.
std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  if (!fs::exists(folder)) return names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

std::set<std::string> part_names(const std::string& extension) {
  std::set<std::string> names;
  for (const auto& part : kParts) names.insert(part + extension);
  names.insert(".parts");  // their list
  return names;
}

/// Asserts that the parts in `folder` have the input's shape and add up to it.
void check_parts(const fs::path& input,
                 const fs::path& folder,
                 const std::string& extension = ".wav") {
  INFO(input);
  const auto mixture = sep::read_audio(input);
  CHECK(names_in(folder) == part_names(extension));
  auto rest = mixture;
  for (const auto& name : kParts) {
    INFO(name);
    const auto part = sep::read_audio(folder / (name + extension));
    REQUIRE(part.num_channels == mixture.num_channels);
    REQUIRE(part.sample_rate == mixture.sample_rate);
    REQUIRE(part.num_samples() == mixture.num_samples());
    rest = sep::subtract(rest, part);
  }
  CHECK(sep::peak(rest) < 1e-6F);  // float's rounding, or 24 bits'
}

void refuse(const Workplace& place,
            const std::string& arguments,
            const std::vector<std::string>& parts,
            int code = 2) {
  const auto result = place.run("sep-separate " + arguments);
  INFO(arguments << "\n" << result.out << result.err);
  CHECK(result.code == code);
  CHECK(result.out.empty());
  std::string error = result.err;  // progress may stand before it
  error = error.substr(std::min(error.size(), error.find("error: ")));
  CHECK(error.rfind("error: ", 0) == 0);
  CHECK(count_lines(error) == 1);
  for (const auto& part : parts) {
    INFO(part);
    CHECK(error.find(part) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("parts have the input's shape and add up to it", "[end_to_end][separate]") {
  const Workplace place;
  struct Input {
    const char* name;
    int format;
    int64_t num_channels, num_samples, sample_rate;
  };
  const std::vector<Input> inputs = {
      {"stereo48.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 70001, 48000},
      {"mono22.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 1, 30000, 22050},
      {"tenth.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 1, 4410, 44100},
      {"one.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 1, 1, 44100},
      {"seven.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 2, 7, 96000},
      {"eight.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 8, 9000, 44100},
      {"all.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 32, 3000, 8000},
      {"vorbis.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 2, 50000, 44100},
      {"opus.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 1, 48000, 48000},
      {"layer3.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 2, 50000, 44100}};
  std::string line;
  std::vector<std::string> written;
  for (const auto& input : inputs) {
    const auto path = place.folder / input.name;
    const auto signal = sound(input.num_channels, input.num_samples, input.sample_rate);
    if (write_as(path, signal, input.format)) {
      line += std::string(input.name) + " ";
      written.emplace_back(input.name);
    } else {
      fs::remove(path);
      WARN("libsndfile cannot write " << input.name);
    }
  }
  CHECK(written.size() >= 9);
  const auto result = place.separate(line);
  INFO(result.err);
  REQUIRE(result.code == 0);
  CHECK(count_lines(result.out) == static_cast<int>(5 * written.size()));
  for (const auto& name : written) {
    check_parts(place.folder / name, place.folder / "separated" / fs::path(name).stem());
  }
}

TEST_CASE("silence gives silence", "[end_to_end][separate]") {
  const Workplace place;
  sep::write_audio(place.folder / "quiet.wav",
                   sep::make_silence(2, 50000, 48000),
                   sep::SampleFormat::kInt16);
  REQUIRE(place.separate("quiet.wav --out .").code == 0);
  check_parts(place.folder / "quiet.wav", place.folder / "quiet");
  for (const auto& name : kParts) {
    CHECK(sep::peak(sep::read_audio(place.folder / "quiet" / (name + ".wav"))) == 0.0F);
  }
}

TEST_CASE("formats are as asked for", "[end_to_end][separate]") {
  const Workplace place;
  sep::write_audio(
      place.folder / "a.wav", sound(2, 20000, 44100), sep::SampleFormat::kInt16);
  REQUIRE(place.separate("a.wav --out float").code == 0);
  REQUIRE(place.separate("a.wav --out wav24 --format wav24").code == 0);
  REQUIRE(place.separate("a.wav --out flac --format flac").code == 0);
  check_parts(place.folder / "a.wav", place.folder / "float/a");
  check_parts(place.folder / "a.wav", place.folder / "wav24/a");
  check_parts(place.folder / "a.wav", place.folder / "flac/a", ".flac");
  const auto format = [&](const char* name) {
    return sep::read_audio_info(place.folder / name).format;
  };
  CHECK(format("float/a/violin.wav") == "WAV, 32 bit float");
  CHECK(format("wav24/a/violin.wav") == "WAV, 24 bit");
  CHECK(format("flac/a/violin.flac") == "FLAC, 24 bit");
}

TEST_CASE("what full scale cannot hold is said", "[end_to_end][separate]") {
  const Workplace place;
  auto loud = sound(1, 20000, 44100);
  for (auto& x : loud.samples) x *= 20.0F;
  sep::write_audio(place.folder / "loud.wav", loud, sep::SampleFormat::kFloat32);
  const auto result = place.separate("loud.wav --format flac");
  CHECK(result.code == 0);
  CHECK(result.err.find("samples clipped; --format wav") != std::string::npos);
  REQUIRE(place.separate("loud.wav --out kept").code == 0);
  const auto violin = sep::read_audio(place.folder / "kept/loud/violin.wav");
  CHECK(sep::peak(violin) > 1.0F);
}

TEST_CASE("the same bytes, twice", "[end_to_end][separate]") {
  const Workplace place;
  sep::write_audio(
      place.folder / "a.wav", sound(2, 60000, 48000), sep::SampleFormat::kInt16);
  REQUIRE(place.separate("a.wav --out first --threads 2").code == 0);
  REQUIRE(place.separate("a.wav --out second --threads 2").code == 0);
  for (const auto& name : part_names(".wav")) {
    CHECK(read_text(place.folder / "first/a" / name) ==
          read_text(place.folder / "second/a" / name));
  }
}

TEST_CASE("a model is a checkpoint or a fold of a run", "[end_to_end][separate]") {
  const Workplace place;
  const auto run = trained_run().string();
  sep::write_audio(
      place.folder / "a.wav", sound(1, 20000, 44100), sep::SampleFormat::kInt16);
  REQUIRE(place.separate("a.wav --out run").code == 0);
  REQUIRE(place.separate("a.wav --out fold1 --fold 1").code == 0);
  REQUIRE(place.separate("a.wav --out fold2 --fold 2").code == 0);
  REQUIRE(place.separate("a.wav --out one --instrument violin").code == 0);
  REQUIRE(place
              .run("sep-separate --model '" + run +
                   "/fold-02/violin/best.safetensors' a.wav --out file")
              .code == 0);
  const auto violin = [&](const char* out) {
    return read_text(place.folder / out / "a/violin.wav");
  };
  CHECK(violin("run") == violin("fold1"));
  CHECK(violin("run") != violin("fold2"));
  CHECK(violin("file") == violin("fold2"));
  CHECK(violin("one") == violin("run"));
  CHECK(names_in(place.folder / "file/a") ==
        std::set<std::string>{"violin.wav", "remainder.wav", ".parts"});
  CHECK(names_in(place.folder / "one/a") ==
        std::set<std::string>{"violin.wav", "remainder.wav", ".parts"});
}

TEST_CASE("wrong input is refused and nothing is left", "[end_to_end][separate][failure]") {
  const Workplace place;
  const auto run = "--model '" + trained_run().string() + "' ";
  const auto path = [&](const char* name) { return place.folder / name; };
  sep::write_audio(path("good.wav"), sound(1, 20000, 44100), sep::SampleFormat::kInt16);
  sep::write_audio(path("ten.wav"), sound(10, 2000, 44100), sep::SampleFormat::kInt16);
  place.write("text.wav", "this is no audio at all, but long enough to look like some");
  place.write("empty.wav", "");
  place.write("cut.wav", read_text(path("good.wav")).substr(0, 10000));
  write_as(path("wide.wav"), sound(33, 100, 44100), SF_FORMAT_WAV | SF_FORMAT_PCM_16);
  auto no_channels = read_text(path("good.wav"));
  no_channels[22] = 0;  // RIFF: the channel count stands in bytes 22 and 23
  place.write("none.wav", no_channels);
  auto broken = sound(1, 20000, 44100);
  broken.samples[15000] = std::numeric_limits<float>::quiet_NaN();
  write_as(path("nan.wav"), broken, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
  fs::create_directories(path("folder"));
  fs::create_directories(path("twin"));
  fs::copy_file(path("good.wav"), path("twin/good.wav"));
  const auto before = names_in(place.folder.path());

  refuse(place, run + "absent.wav", {"absent.wav"});
  refuse(place, run + "text.wav", {"text.wav", "not an audio file"});
  refuse(place, run + "empty.wav", {"empty.wav"});
  refuse(place, run + "cut.wav", {"cut.wav", "cut short"});
  refuse(place, run + "wide.wav", {"wide.wav", "33 channels"});
  refuse(place, run + "none.wav", {"none.wav"});
  refuse(place, run + "nan.wav", {"nan.wav", "15000"});
  refuse(place, run + "folder", {"folder"});
  refuse(place, run + "good.wav absent.wav", {"absent.wav"});
  refuse(place, run + "good.wav twin/good.wav", {"twin/good.wav"});
  refuse(place, run + "ten.wav --format flac", {"10 channels"});
  refuse(place, run + "good.wav --out text.wav", {"text.wav"});
  refuse(place, run + "good.wav --out /proc/none", {"/proc/none"});
  refuse(place, run + "good.wav --format ogg", {"--format"});
  refuse(place, run + "good.wav --fold 9", {"fold 9", "1, 2"});
  refuse(place, run + "good.wav --instrument cello", {"cello"});
  refuse(place, run, {"INPUT"});
  refuse(place, "--model absent good.wav", {"absent"});
  refuse(place, "--model good.wav good.wav", {"good.wav"});
  refuse(place, "--model text.wav good.wav", {"text.wav"});
  refuse(place, "--model folder good.wav", {"folder", "config.yaml"});
  CHECK(names_in(place.folder.path()) == before);
}

TEST_CASE("parts never overwrite the recording", "[end_to_end][separate][failure]") {
  const Workplace place;
  fs::create_directories(place.folder / "violin");
  sep::write_audio(
      place.folder / "violin/violin.wav", sound(1, 9000, 44100), sep::SampleFormat::kInt16);
  const auto before = read_text(place.folder / "violin/violin.wav");
  refuse(place,
         "--model '" + trained_run().string() + "' violin/violin.wav --out .",
         {"violin.wav", "the recording itself"});
  CHECK(read_text(place.folder / "violin/violin.wav") == before);
  CHECK(names_in(place.folder / "violin") == std::set<std::string>{"violin.wav"});
}

TEST_CASE("a full disk is a failure and nothing is left",
          "[end_to_end][separate][failure]") {
  const Workplace place;
  sep::write_audio(
      place.folder / "a.wav", sound(1, 40000, 44100), sep::SampleFormat::kInt16);
  // Files of at most 64 KiB: neither the intermediate audio nor a part fits.
  const auto result = place.run("trap '' XFSZ; ulimit -f 128; sep-separate --model '" +
                                trained_run().string() + "' a.wav");
  INFO(result.err);
  CHECK(result.code == 1);
  CHECK(result.err.find("error: ") != std::string::npos);
  CHECK(names_in(place.folder.path()) == std::set<std::string>{"a.wav"});
}

TEST_CASE("a report holds the audio, a long one plays the files",
          "[end_to_end][separate][report]") {
  const Workplace place;
  sep::write_audio(
      place.folder / "short.wav", sound(2, 20000, 22050), sep::SampleFormat::kInt16);
  // 601 s; at this rate it is soon done.
  sep::write_audio(
      place.folder / "long one.wav", sound(1, 601 * 1000, 1000), sep::SampleFormat::kInt16);
  const auto result = place.separate("short.wav 'long one.wav' --report");
  INFO(result.err);
  REQUIRE(result.code == 0);
  CHECK(result.out.find("separated/short/report.html") != std::string::npos);
  auto names = part_names(".wav");
  names.insert("report.html");
  CHECK(names_in(place.folder / "separated/short") == names);
  CHECK(names_in(place.folder / "separated/long one") == names);

  const auto inside = read_text(place.folder / "separated/short/report.html");
  CHECK(inside.find("class=\"audio\">T2dnUw") != std::string::npos);  // OggS
  CHECK(inside.find("ten minutes") == std::string::npos);
  CHECK(inside.find("class=\"audio\"></script>") == std::string::npos);
  const auto beside = read_text(place.folder / "separated/long one/report.html");
  CHECK(beside.find("class=\"audio\">T2dnUw") == std::string::npos);
  CHECK(beside.find("longer than ten minutes") != std::string::npos);
  CHECK(beside.find("data-url=\"../../long%20one.wav\"") != std::string::npos);
  CHECK(beside.find("data-url=\"remainder.wav\"") != std::string::npos);
}

TEST_CASE("what an earlier separation left is said", "[end_to_end][separate]") {
  const Workplace place;
  sep::write_audio(
      place.folder / "a.wav", sound(1, 20000, 44100), sep::SampleFormat::kInt16);
  const auto first = place.separate("a.wav --report");
  CHECK(first.err.find("earlier") == std::string::npos);
  const auto result = place.separate("a.wav --instrument violin");
  INFO(result.err);
  REQUIRE(result.code == 0);
  for (const char* name : {"bassoon", "clarinet", "saxphone"}) {
    const auto moved = fmt::format(
        "separated/a/{0}.wav: of an earlier separation, moved to "
        "separated/a/earlier/{0}.wav\n",
        name);
    CHECK(result.err.find(moved) != std::string::npos);
  }
  CHECK(result.err.find("separated/a/report.html: of an earlier separation; --report") !=
        std::string::npos);
  CHECK(names_in(place.folder / "separated/a/earlier") ==
        std::set<std::string>{"bassoon.wav", "clarinet.wav", "saxphone.wav"});
  CHECK(names_in(place.folder / "separated/a") ==
        std::set<std::string>{
            "violin.wav", "remainder.wav", "report.html", "earlier", ".parts"});
  fs::copy_file(place.folder / "a.wav", place.folder / "separated/a/mine.wav");
  const auto again = place.separate("a.wav --instrument violin --report");
  CHECK(again.err.find("separated/a/mine.wav: lies beside the parts") != std::string::npos);
  CHECK(again.err.find("report.html") == std::string::npos);
}

TEST_CASE("what of a run is missing is said", "[end_to_end][separate]") {
  const Workplace place;
  fs::copy(trained_run(), place.folder / "run", fs::copy_options::recursive);
  sep::write_audio(
      place.folder / "a.wav", sound(1, 9000, 44100), sep::SampleFormat::kInt16);
  const auto whole = place.run("sep-separate --model run a.wav");
  CHECK(whole.err.find("run: ") == std::string::npos);
  fs::remove_all(place.folder / "run/fold-01/violin");
  fs::remove_all(place.folder / "run/fold-02/violin");
  fs::remove(place.folder / "run/fold-01/bassoon/history.csv");
  const std::string bassoon =
      "run: fold 1 bassoon: not finished, separated by its best epoch so far\n";
  const auto result = place.run("sep-separate --model run a.wav");
  INFO(result.err);
  CHECK(result.code == 0);
  CHECK(result.err.find(bassoon) != std::string::npos);
  // Known from the dataset, which is where the run's config says.
  CHECK(result.err.find("run: fold 1: no model of violin: left in the remainder\n") !=
        std::string::npos);
  const auto one = place.run("sep-separate --model run a.wav --instrument bassoon");
  CHECK(one.err.find(bassoon) != std::string::npos);
  CHECK(one.err.find("no model of") == std::string::npos);
}

TEST_CASE("a damaged table of scores is named", "[end_to_end][separate][report][failure]") {
  const Workplace place;
  fs::copy(trained_run(), place.folder / "run", fs::copy_options::recursive);
  fs::create_directories(place.folder / "run/eval");
  sep::write_audio(
      place.folder / "a.wav", sound(1, 9000, 44100), sep::SampleFormat::kInt16);
  const std::string row = "\nSmall,clean,violin,model,SI-SDR,";
  place.write("run/eval/summary.csv",
              "model,protocol,instrument,estimate,score,mean_db,std_db" + row + "loud,1\n");
  const auto number = place.run("sep-separate --model run a.wav --report");
  CHECK(number.code == 2);
  CHECK(number.err.find("run/eval/summary.csv: wants a number, found 'loud'") !=
        std::string::npos);
  CHECK_FALSE(fs::exists(place.folder / "separated"));
  place.write("run/eval/summary.csv",
              "model,protocol,instrument,estimate,score,mean_db" + row + "1\n");
  const auto column = place.run("sep-separate --model run a.wav --report");
  CHECK(column.code == 2);
  CHECK(column.err.find("run/eval/summary.csv: ") != std::string::npos);
  CHECK(column.err.find("std_db") != std::string::npos);
}

TEST_CASE("an interrupt leaves nothing", "[end_to_end][separate]") {
  const Workplace place;
  sep::write_audio(
      place.folder / "long.wav", sound(1, 300 * 44100, 44100), sep::SampleFormat::kInt16);
  const auto result =
      interrupt_command("sep-separate --model '" + trained_run().string() + "' long.wav",
                        "^long.wav: ",
                        place.folder.path());
  INFO(result.err);
  REQUIRE(result.code == 130);
  CHECK(names_in(place.folder / "separated").empty());
}

TEST_CASE("real pieces add up", "[end_to_end][separate][bach10]") {
  if (bach10_root().empty()) SEP_SKIP("Bach10 is not there");
  const Workplace place;
  const auto piece = bach10_root() / "06-DieSonne" / "06-DieSonne.wav";
  if (!fs::exists(piece)) SEP_SKIP("piece 06 is not there");
  REQUIRE(place.separate("'" + piece.string() + "'").code == 0);
  check_parts(piece, place.folder / "separated" / "06-DieSonne");
}

TEST_CASE("help shows examples", "[end_to_end][separate]") {
  const Workplace place;
  const auto help = place.run("sep-separate --help");
  CHECK(help.code == 0);
  CHECK(help.out.find("sep-separate quartet.wav --report") != std::string::npos);
}
