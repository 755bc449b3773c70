#include "libsep/separation/separate_file.h"

#include "libsep/core/random.h"
#include "tests/support/catch_torch.h"
#include "tests/support/paths.h"

using namespace sep;

namespace {

namespace fs = std::filesystem;

Separator small_separator(const StemName& instrument) {
  LoadedModel loaded;
  loaded.description.instrument = instrument;
  loaded.description.mask_inference.hidden_size = 6;
  loaded.description.stft = {64, 16};
  loaded.description.sample_rate = 8000;
  loaded.model = make_model(loaded.description);
  loaded.model->init_parameters(RandomStream(1));
  loaded.model->eval();
  return Separator({loaded});
}

Signal noise(int64_t num_channels, int64_t num_samples, int64_t sample_rate) {
  RandomStream random(7);
  Signal signal = make_silence(num_channels, num_samples, sample_rate);
  for (auto& x : signal.samples) x = static_cast<float>(0.1 * random.normal());
  return signal;
}

}  // namespace

TEST_CASE("a file at the model's rate is separated as a signal is", "[separation][file]") {
  const TemporaryFolder folder;
  const auto num_samples = GENERATE(int64_t{1}, 79999, 80000, 80001, 250000);
  const auto mixture = noise(2, num_samples, 8000);
  write_audio(folder / "a.wav", mixture, SampleFormat::kFloat32);
  const auto separator = small_separator("violin");
  const auto result = separate_file(separator, folder / "a.wav", folder / "out");
  CHECK(result.input.num_samples == num_samples);
  CHECK(result.num_clipped == 0);
  const auto stem = read_audio(result.stems.at("violin"));
  const auto rest = read_audio(result.remainder);
  const auto whole = separator.separate(mixture).at("violin");
  // As in the test of streams: blocks of 10 s against the whole.
  CHECK(peak(subtract(stem, whole)) < 2e-6F * peak(mixture));
  CHECK(peak(subtract(subtract(mixture, stem), rest)) < 1e-7F);
}

TEST_CASE("an instrument's name stays in its folder", "[separation][file][failure]") {
  const TemporaryFolder folder;
  write_audio(folder / "a.wav", noise(1, 100, 8000), SampleFormat::kFloat32);
  const auto name = GENERATE("", "..", "../violin", "/violin", ".violin", "remainder");
  CHECK_THROWS_AS(separate_file(small_separator(name), folder / "a.wav", folder / "out"),
                  Error);
  CHECK_FALSE(fs::exists(folder / "out"));
}

TEST_CASE("what the report throws leaves nothing", "[separation][file][failure]") {
  const TemporaryFolder folder;
  write_audio(folder / "a.wav", noise(1, 9000, 8000), SampleFormat::kFloat32);
  const auto stop = [](double) { throw Failure("stop"); };
  const auto separator = small_separator("violin");
  CHECK_THROWS_AS(separate_file(separator, folder / "a.wav", folder / "deep/out", {}, stop),
                  Failure);
  CHECK_FALSE(fs::exists(folder / "deep"));
  fs::create_directories(folder / "old");
  CHECK_THROWS_AS(separate_file(separator, folder / "a.wav", folder / "old", {}, stop),
                  Failure);
  CHECK(fs::is_empty(folder / "old"));
}

TEST_CASE("a folder in a part's place is found before any work",
          "[separation][file][failure]") {
  const TemporaryFolder folder;
  write_audio(folder / "a.wav", noise(1, 9000, 8000), SampleFormat::kFloat32);
  const auto name = GENERATE("violin.wav", "remainder.wav");
  fs::create_directories(folder / "out" / name);
  int64_t num_reports = 0;
  CHECK_THROWS_AS(separate_file(small_separator("violin"),
                                folder / "a.wav",
                                folder / "out",
                                {},
                                [&](double) { ++num_reports; }),
                  Error);
  CHECK(num_reports == 0);
  CHECK(std::distance(fs::directory_iterator(folder / "out"), {}) == 1);
}

TEST_CASE("an earlier separation stays where the next one fails",
          "[separation][file][failure]") {
  const TemporaryFolder folder;
  const auto out = folder / "out";
  const auto separator = small_separator("violin");
  SeparateFileOptions options;
  options.page = true;
  write_audio(folder / "a.wav", noise(1, 9000, 8000), SampleFormat::kFloat32);
  separate_file(separator, folder / "a.wav", out, options);
  const auto violin = read_text(out / "violin.wav");
  const auto page = read_text(out / "report.html");
  write_audio(folder / "a.wav", noise(1, 8000, 8000), SampleFormat::kFloat32);
  const bool in_the_way = GENERATE(true, false);
  const std::string next = GENERATE("violin", "cello");  // that of a cello moves it aside
  const auto spoil = [&](double done) {
    if (done < 1.0) return;
    if (in_the_way) {
      fs::remove(out / "remainder.wav");
      fs::create_directories(out / "remainder.wav/below");
      return;
    }
    for (const auto& entry : fs::directory_iterator(out)) {
      if (entry.path().filename().string().rfind(".remainder.", 0) == 0) {
        fs::remove(entry.path());
      }
    }
  };
  CHECK_THROWS(separate_file(small_separator(next), folder / "a.wav", out, options, spoil));
  CHECK(read_text(out / "violin.wav") == violin);
  CHECK(read_text(out / "report.html") == page);
  CHECK(std::distance(fs::directory_iterator(out), {}) == 4);  // and the list of parts
}

TEST_CASE("parts of an earlier separation go aside, other files stay",
          "[separation][file]") {
  const TemporaryFolder folder;
  const auto out = folder / "out";
  write_audio(folder / "a.wav", noise(1, 9000, 8000), SampleFormat::kFloat32);
  const auto separate = [&](const StemName& name, PartFormat format) {
    SeparateFileOptions options;
    options.format = format;
    return separate_file(small_separator(name), folder / "a.wav", out, options);
  };
  CHECK(separate("violin", PartFormat::kWav).moved.empty());
  const auto violin = read_text(out / "violin.wav");
  fs::copy_file(folder / "a.wav", out / "mine.WAV");
  std::ofstream(out / "notes.txt") << "x";

  const auto cello = separate("cello", PartFormat::kWav);
  CHECK(cello.moved == std::vector<fs::path>{out / "earlier/violin.wav"});
  CHECK(cello.others == std::vector<fs::path>{out / "mine.WAV"});
  CHECK(read_text(out / "earlier/violin.wav") == violin);
  CHECK_FALSE(fs::exists(out / "violin.wav"));

  // Another format; and one of these names is taken in out/earlier.
  separate("violin", PartFormat::kWav);
  const auto flac = separate("violin", PartFormat::kFlac);
  CHECK(flac.moved == std::vector<fs::path>{out / "earlier-2/remainder.wav",
                                            out / "earlier-2/violin.wav"});
  CHECK(separate("violin", PartFormat::kFlac).moved.empty());
  CHECK(read_text(out / "earlier/violin.wav") == violin);
  CHECK(fs::exists(out / "notes.txt"));
}

TEST_CASE("an earlier part that is separated itself stays", "[separation][file]") {
  const TemporaryFolder folder;
  const auto out = folder / "out";
  write_audio(folder / "a.wav", noise(1, 9000, 8000), SampleFormat::kFloat32);
  separate_file(small_separator("violin"), folder / "a.wav", out);
  const auto violin = read_text(out / "violin.wav");
  std::ofstream(out / "earlier") << "a file of that name";
  const auto cello = separate_file(small_separator("cello"), out / "violin.wav", out);
  CHECK(cello.moved.empty());
  CHECK(read_text(out / "violin.wav") == violin);
  const auto viola = separate_file(small_separator("viola"), out / "violin.wav", out);
  CHECK(viola.moved == std::vector<fs::path>{out / "earlier-2/cello.wav"});
}

TEST_CASE("a list of parts from elsewhere moves nothing else", "[separation][file]") {
  const TemporaryFolder folder;
  const auto out = folder / "out";
  fs::create_directories(out / "folder.wav");
  write_audio(folder / "a.wav", noise(1, 9000, 8000), SampleFormat::kFloat32);
  std::ofstream(out / "notes.txt") << "x";
  std::ofstream(out / ".hidden.wav") << "x";
  fs::create_symlink("../a.wav", out / "link.wav");
  std::ofstream(out / ".parts")
      << "../a.wav\n"
      << (folder / "a.wav").string() << "\nnotes.txt\n.hidden.wav\nlink.wav\nfolder.wav\n"
      << "absent.wav\nviolin.wav\n..\n\n";
  const auto result = separate_file(small_separator("violin"), folder / "a.wav", out);
  CHECK(result.moved.empty());
  CHECK(fs::exists(folder / "a.wav"));
  CHECK(std::distance(fs::directory_iterator(out), {}) == 7);
}

TEST_CASE("parts appear together or not at all", "[separation][file][failure]") {
  const TemporaryFolder folder;
  write_audio(folder / "a.wav", noise(1, 9000, 8000), SampleFormat::kFloat32);
  const auto out = folder / "out";
  const bool in_the_way = GENERATE(true, false);
  const auto spoil = [&](double done) {
    if (done < 1.0) return;
    if (in_the_way) {
      fs::create_directories(out / "remainder.wav");
      return;
    }
    for (const auto& entry : fs::directory_iterator(out)) {
      if (entry.path().filename().string().rfind(".remainder.", 0) == 0) {
        fs::remove(entry.path());
      }
    }
  };
  CHECK_THROWS(separate_file(small_separator("violin"), folder / "a.wav", out, {}, spoil));
  CHECK_FALSE(fs::exists(out / "violin.wav"));
}
