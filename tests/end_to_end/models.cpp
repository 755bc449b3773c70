// The model that comes with libsep: made, found, listed, separated with.
#include <fstream>

#include "libsep/core/safetensors.h"
#include "tests/support/pieces.h"
#include "tests/support/workplace.h"

namespace {

namespace fs = std::filesystem;

const char* const kJoint = R"(title: Together
stft: {window_length: 512, hop_length: 128, window: hann}
examples: {kind: segments, seconds: 0.5}
targets: joint
model: {type: joint_blstm, num_bins: 60, num_features: 8, hidden_size: 6}
train: {batch_size: 2, iterations_per_epoch: 2, num_epochs: 1}
)";

const std::string kExport =
    "sep-data export run/fold-01/joint/best.safetensors models/quartet.safetensors --half "
    "--licence MIT --training 'four tones' ";

/// A run of a joint model and a folder for models, for all tests.
struct Workplace : CommandPlace {
  Workplace() {
    static const TemporaryFolder trained;
    static const bool once = [] {
      write_music(trained / "pieces", 3, 2.0);
      std::ofstream(trained / "joint.yaml") << kJoint;
      const auto result = run_command(
          "sep-train joint.yaml --data pieces --out run --folds 1", trained.path());
      if (result.code != 0) throw std::runtime_error(result.err);
      return true;
    }();
    REQUIRE(once);
    fs::copy(trained.path(), folder.path(), fs::copy_options::recursive);
    fs::create_directories(folder / "models");
    for (const auto& entry : fs::directory_iterator(folder / "pieces")) {
      const auto name = entry.path().filename().string();
      if (name.rfind("01-", 0) != 0) continue;
      fs::copy_file(entry.path() / (name + ".wav"), folder / "song.wav");
    }
  }

  CommandResult run_here(const std::string& line) const {
    return run("export LIBSEP_MODELS=models; " + line);
  }
  std::string succeed_here(const std::string& line) const {
    return succeed("export LIBSEP_MODELS=models; " + line).out;
  }
  void refuse_here(const std::string& line, const std::vector<std::string>& parts) const {
    refuse("export LIBSEP_MODELS=models; " + line, parts);
  }
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the model that comes with libsep separates where none is named",
          "[end_to_end][models]") {
  const Workplace place;
  place.succeed(kExport);
  const auto list = place.succeed_here("sep-separate --models");
  for (const char* line : {"quartet\n",
                           "  title     Together\n",
                           "  stems     bassoon, clarinet, saxphone, violin\n",
                           "  network   joint_blstm, windows of 512 every 128 samples",
                           "  licence   MIT\n",
                           "  training  four tones\n",
                           "  path      models/quartet.safetensors\n"}) {
    INFO(list << line);
    CHECK(has(list, line));
  }
  CHECK_FALSE(has(list, "scores"));

  const auto result = place.run_here("sep-separate song.wav --report");
  INFO(result.err);
  REQUIRE(result.code == 0);
  CHECK(has(result.err, "model: models/quartet.safetensors\n"));
  CHECK(count_lines(result.out) == 6);
  place.succeed_here("sep-separate song.wav --model quartet --out named");
  place.succeed("sep-separate song.wav --model models/quartet.safetensors --out path");
  place.succeed("sep-separate song.wav --model run --out full");
  const auto violin = [&](const std::string& out) {
    return read_text(place.folder / out / "song/violin.wav");
  };
  CHECK(violin("named") == violin("separated"));
  CHECK(violin("path") == violin("separated"));
  CHECK(violin("full") != violin("separated"));  // half precision rounds
  const auto page = read_text(place.folder / "separated/song/report.html");
  CHECK(has(page, "four tones"));
  CHECK(has(page, "MIT"));
}

TEST_CASE("a model's scores travel with it", "[end_to_end][models]") {
  const Workplace place;
  place.succeed(kExport);
  place.succeed("sep-eval models/quartet.safetensors --data pieces --out tables");
  place.succeed(
      "sep-data export models/quartet.safetensors models/quartet.safetensors --half "
      "--scores tables/summary.csv --scored-on 'three pieces, never seen'");
  const auto list = place.succeed_here("sep-separate --models");
  INFO(list);
  CHECK(has(list, "  licence   MIT\n"));  // stays
  CHECK(has(list, "  scores    three pieces, never seen: SI-SDR "));
  CHECK(has(list, "(doing nothing "));
  place.succeed_here("sep-separate song.wav --report");
  const auto page = read_text(place.folder / "separated/song/report.html");
  CHECK(has(page, "three pieces, never seen"));
  place.refuse(
      "sep-data export run/fold-01/joint/best.safetensors models/a.safetensors "
      "--scores tables/summary.csv",
      {"--scored-on"});
  place.refuse("sep-data export run/fold-01/joint/best.safetensors models/a",
               {"models/a", ".safetensors"});
  place.refuse("sep-data export song.wav models/a.safetensors", {"song.wav"});
}

TEST_CASE("only the stems asked for are written", "[end_to_end][models]") {
  const Workplace place;
  place.succeed(kExport);
  const auto some =
      place.succeed_here("sep-separate song.wav --stems violin,saxophone --out some");
  CHECK(some == "some/song/saxphone.wav\nsome/song/violin.wav\nsome/song/remainder.wav\n");
  place.succeed_here("sep-separate song.wav --out all");
  CHECK(read_text(place.folder / "some/song/violin.wav") ==
        read_text(place.folder / "all/song/violin.wav"));
  place.succeed("sep-separate song.wav --model run --instrument joint --out joint");
  CHECK(fs::exists(place.folder / "joint/song/bassoon.wav"));
  place.refuse_here(
      "sep-separate song.wav --stems violin,oboe,cello",
      {"models/quartet.safetensors",
       "a model for bassoon, clarinet, saxphone, violin, wanted oboe, cello"});
  place.refuse("sep-separate song.wav --model run --stems violin,oboe",
               {"run: no trained model for oboe in fold 1"});
  CHECK_FALSE(fs::exists(place.folder / "separated"));
}

TEST_CASE("a model that is not found is said", "[end_to_end][models][failure]") {
  const Workplace place;
  const auto none = place.run_here("sep-separate --models");
  CHECK(none.code == 0);
  CHECK(none.out.empty());
  CHECK(none.err == "no model there; looked in models\n");
  place.refuse_here("sep-separate song.wav",
                    {"no model comes with this libsep", "looked in models"});
  place.refuse("export LIBSEP_MODELS=absent; sep-separate song.wav",
               {"LIBSEP_MODELS = absent: no such folder"});
  place.succeed(kExport);
  place.refuse_here("sep-separate song.wav --model quartett",
                    {"quartett: no such file or folder", "there are: quartet"});
  place.refuse("sep-separate run song.wav",
               {"run: a run directory, where a recording is wanted", "--model run"});
  place.refuse_here(
      "sep-separate models/quartet.safetensors song.wav",
      {"a model, where a recording is wanted", "--model models/quartet.safetensors"});
  place.refuse_here("sep-separate", {"INPUT is required"});

  auto bytes = read_text(place.folder / "models/quartet.safetensors");
  bytes[bytes.size() - 2] = static_cast<char>(bytes[bytes.size() - 2] ^ 1);
  std::ofstream(place.folder / "models/quartet.safetensors", std::ios::binary) << bytes;
  place.refuse_here("sep-separate --models", {"models/quartet.safetensors: damaged"});
  place.refuse_here("sep-separate song.wav", {"models/quartet.safetensors: damaged"});
}

TEST_CASE("a training begins with a model by its name", "[end_to_end][models]") {
  const Workplace place;
  place.succeed(kExport);
  const auto result = place.run_here(
      "sep-train joint.yaml --data pieces --out more --folds 2 "
      "--set train.start_from=quartet");
  INFO(result.err);
  CHECK(result.code == 0);
  CHECK(has(result.err, "begins with the weights of models/quartet.safetensors"));
  place.refuse_here(
      "sep-train joint.yaml --data pieces --out none --folds 2 "
      "--set train.start_from=quartett",
      {"quartett", "there are: quartet"});
}

TEST_CASE("an installed command finds the model beside it, wherever it was moved",
          "[end_to_end][models]") {
  const Workplace place;
  place.succeed(kExport);
  fs::create_directories(place.folder / "moved/bin");
  fs::create_directories(place.folder / "moved/share/libsep");
  fs::rename(place.folder / "models", place.folder / "moved/share/libsep/models");
  place.succeed("cp \"$(command -v sep-separate)\" moved/bin");
  const auto list =
      place.succeed("unset LIBSEP_MODELS; moved/bin/sep-separate --models").out;
  INFO(list);
  CHECK(has(list, "moved/share/libsep/models/quartet.safetensors\n"));
}
