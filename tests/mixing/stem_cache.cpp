#include "libsep/mixing/stem_cache.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>
#include <thread>

#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/threads.h"
#include "libsep/mixing/fold_mixtures.h"
#include "tests/support/catch.h"
#include "tests/support/datasets.h"
#include "tests/support/signals.h"
#include "tests/support/threads.h"

using sep::Signal;
using sep::StemCache;

namespace {

namespace fs = std::filesystem;

Signal noise(uint64_t seed, int64_t num_samples = 1000) {
  return make_noise(1, num_samples, kNoiseRate, seed, 1.0);
}

std::vector<fs::path> files_in(const StemCache& cache) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(cache.folder())) {
    files.push_back(entry.path());
  }
  return files;
}

int64_t total_bytes(const StemCache& cache) {
  int64_t total = 0;
  for (const auto& path : files_in(cache)) {
    total += static_cast<int64_t>(fs::file_size(path));
  }
  return total;
}

void change_byte(const fs::path& path, int64_t from_end) {
  auto bytes = sep::read_file(path);
  auto& byte = bytes[bytes.size() - static_cast<size_t>(from_end)];
  byte = static_cast<char>(byte ^ 1);
  std::ofstream(path, std::ios::binary) << bytes;
}

/// Sets a variable, and takes it back.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    const char* before = std::getenv(name);
    if (before != nullptr) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { before_.empty() ? unsetenv(name_) : setenv(name_, before_.c_str(), 1); }

 private:
  const char* name_;
  std::string before_;
};

}  // namespace

TEST_CASE("a stem kept is the same to the last bit", "[data][stem_cache]") {
  const TemporaryFolder folder;
  StemCache cache(folder / "cache");
  CHECK_FALSE(cache.find("one").has_value());
  auto stem = noise(1);
  stem.samples[3] = -0.0F;
  stem.samples[4] = 1e-42F;  // denormal
  cache.store("one", stem);
  cache.store("two", noise(2));
  const auto found = StemCache(folder / "cache").find("one");
  REQUIRE(found.has_value());
  CHECK(found->sample_rate == kNoiseRate);
  REQUIRE(found->samples.size() == stem.samples.size());
  CHECK(std::memcmp(found->samples.data(),
                    stem.samples.data(),
                    stem.samples.size() * sizeof(float)) == 0);
  CHECK(cache.find("two")->samples == noise(2).samples);
  CHECK_FALSE(cache.find("on").has_value());
  CHECK(cache.num_found() == 1);
  CHECK(cache.num_stored() == 2);
  CHECK(cache.take_notes().empty());
}

TEST_CASE("a damaged file is noted, not used, and replaced",
          "[data][stem_cache][failure]") {
  const TemporaryFolder folder;
  StemCache cache(folder.path());
  const auto stem = noise(1);
  cache.store("one", stem);
  const auto path = files_in(cache).front();
  const auto whole = sep::read_file(path);
  const auto size = static_cast<int64_t>(whole.size());
  for (const int64_t from_end :
       {int64_t{1}, int64_t{2000}, int64_t{4000}, size, size - 9}) {
    CAPTURE(from_end);
    change_byte(path, from_end);
    CHECK_FALSE(cache.find("one").has_value());
    const auto notes = cache.take_notes();
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].find(path.string()) == 0);
    CHECK(notes[0].find("rendered anew") != std::string::npos);
    cache.store("one", stem);
    CHECK(cache.find("one").has_value());
  }
  for (const size_t length : {size_t{0}, size_t{7}, size_t{100}, whole.size() - 1}) {
    CAPTURE(length);
    std::ofstream(path, std::ios::binary) << whole.substr(0, length);
    CHECK_FALSE(cache.find("one").has_value());
    CHECK(cache.take_notes().size() == 1);
  }
}

TEST_CASE("a file under another stem's name is not used", "[data][stem_cache][failure]") {
  const TemporaryFolder folder;
  StemCache cache(folder.path());
  cache.store("one", noise(1));
  const auto one = files_in(cache).front();
  cache.store("two", noise(2));
  const auto files = files_in(cache);
  const auto two = files[0] == one ? files[1] : files[0];
  fs::copy_file(one, two, fs::copy_options::overwrite_existing);
  CHECK_FALSE(cache.find("two").has_value());
  CHECK(cache.take_notes().at(0).find("holds another stem") != std::string::npos);
}

TEST_CASE("files stay within the bound, the oldest go first", "[data][stem_cache]") {
  const TemporaryFolder folder;
  int64_t size = 0;
  {
    StemCache cache(folder / "one");
    cache.store("0", noise(0));
    size = total_bytes(cache);
  }
  StemCache cache(folder / "many", 3 * size + size / 2);
  std::ofstream(folder / "many/stems/notes.txt") << "not ours";
  std::ofstream(folder / "many/stems/model.safetensors") << std::string(10000, 'x');
  const auto pause = [] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); };
  for (const char* name : {"0", "1", "2"}) {
    cache.store(name, noise(1));
    pause();
  }
  CHECK(cache.find("0").has_value());  // used now: 1 is the oldest
  pause();
  cache.store("3", noise(3));
  CHECK(cache.find("0").has_value());
  CHECK_FALSE(cache.find("1").has_value());
  CHECK(cache.find("2").has_value());
  CHECK(cache.find("3").has_value());
  for (int i = 4; i < 12; ++i) cache.store(std::to_string(i), noise(1));
  CHECK(total_bytes(cache) - 10008 <= 3 * size + size / 2);
  CHECK(fs::exists(folder / "many/stems/notes.txt"));
  CHECK(fs::exists(folder / "many/stems/model.safetensors"));
  // What does not fit at all is not kept.
  StemCache small(folder / "small", size - 1);
  small.store("0", noise(0));
  CHECK(files_in(small).empty());
  CHECK(small.take_notes().empty());
}

TEST_CASE("what a killed process left behind is removed in time", "[data][stem_cache]") {
  const TemporaryFolder folder;
  StemCache cache(folder.path(), 20000);
  const auto left =
      cache.folder() / (".0123456789abcdef0123456789abcdef.7-00000000-0.tmp.safetensors");
  std::ofstream(left) << std::string(15000, 'x');
  cache.store("one", noise(1, 2000));
  CHECK(fs::exists(left));  // it may be being written
  CHECK(cache.find("one").has_value());
  fs::last_write_time(left, fs::file_time_type::clock::now() - std::chrono::hours(2));
  cache.store("two", noise(2, 2000));
  CHECK_FALSE(fs::exists(left));
  CHECK(cache.find("two").has_value());
}

TEST_CASE("a cache that cannot be written to stops nothing",
          "[data][stem_cache][failure]") {
  const TemporaryFolder folder;
  StemCache cache(folder / "cache");
  fs::remove_all(cache.folder());
  cache.store("one", noise(1));
  cache.store("two", noise(2));
  CHECK_FALSE(cache.find("one").has_value());
  const auto notes = cache.take_notes();
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].find("not kept") != std::string::npos);
  std::ofstream(folder / "file") << "x";
  CHECK_THROWS_AS(StemCache(folder / "file"), sep::Error);
}

TEST_CASE("several caches and threads may share a folder", "[data][stem_cache]") {
  const Threads threads(4);
  const TemporaryFolder folder;
  sep::parallel_for(8, 4, [&](int64_t i) {
    StemCache cache(folder.path(), 40000);  // six of the ten files
    for (uint64_t k = 0; k < 40; ++k) {
      const auto name = std::to_string((k + static_cast<uint64_t>(i)) % 10);
      const auto expected = noise(std::stoull(name), 1500);
      const auto found = cache.find(name);
      if (found && found->samples != expected.samples) throw sep::Error("another stem");
      if (!found) cache.store(name, expected);
    }
    const auto notes = cache.take_notes();
    if (!notes.empty()) throw sep::Error(notes.front());
  });
}

TEST_CASE("mixtures from a cache are those rendered, bit for bit", "[data][stem_cache]") {
  const Threads threads(3);
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 4);
  const sep::Fold fold{1, {0, 1, 2}, {3}, {}};
  auto options = small_mixture_options();
  options.reference_lufs = GENERATE(-20.0, -6.0);  // at -6 peaks are above 1
  options.drop_stem_chance = 0.2;
  options.coherent = GENERATE(true, false);
  const auto fresh = render_fold(dataset, fold, options, 1);
  StemCache cache(folder / "cache");
  const sep::MixtureRenderer renderer(dataset, options, &cache);
  for (const int64_t num_threads : {3, 1, 2}) {
    const auto cached = renderer.render_fold(fold, num_threads);
    CHECK(same(fresh.train, cached.train));
    CHECK(same(fresh.validation, cached.validation));
  }
  int64_t num_stems = 0;
  for (const auto& mixture : fresh.train) {
    num_stems += 4 - static_cast<int64_t>(mixture.draw.dropped.size());
  }
  num_stems += 4 * static_cast<int64_t>(fresh.validation.size());
  CHECK(cache.num_found() == 2 * num_stems);
  CHECK(cache.num_stored() == num_stems);
}

TEST_CASE("every setting that changes samples changes the description",
          "[data][stem_cache]") {
  const auto source = noise(1);
  const sep::StemEvent event = {"a", 0.1, 0.5, 1.0, 1.1};
  const auto describe = [&](auto change) {
    sep::MixtureOptions options;
    sep::StemEvent changed = event;
    Signal signal = source;
    double level_db = 1.5;
    change(options, changed, signal, level_db);
    return sep::describe_stem(
        options,
        changed,
        level_db,
        {signal.sample_rate, signal.num_samples(), sep::hash_samples(signal)});
  };
  std::set<std::string> descriptions;
  const auto count = [&](auto change) {
    descriptions.insert(describe(change));
    return descriptions.size();
  };
  CHECK(count([](auto&, auto&, auto&, auto&) {}) == 1);
  CHECK(count([](auto& o, auto&, auto&, auto&) { o.seconds = 24.0; }) == 2);
  CHECK(count([](auto& o, auto&, auto&, auto&) { o.fade_seconds = 0.02; }) == 3);
  CHECK(count([](auto& o, auto&, auto&, auto&) { o.reference_lufs = -21.0; }) == 4);
  CHECK(count([](auto&, auto& e, auto&, auto&) { e.source_time += 1e-15; }) == 5);
  CHECK(count([](auto&, auto& e, auto&, auto&) { e.event_duration = 0.6; }) == 6);
  CHECK(count([](auto&, auto& e, auto&, auto&) { e.pitch_shift = 1.1; }) == 7);
  CHECK(count([](auto&, auto& e, auto&, auto&) { e.time_stretch = 1.2; }) == 8);
  CHECK(count([](auto&, auto&, auto& s, auto&) { s.samples[7] += 1e-3F; }) == 9);
  CHECK(count([](auto&, auto&, auto& s, auto&) { s.samples.push_back(0.0F); }) == 10);
  CHECK(count([](auto&, auto&, auto& s, auto&) { s.sample_rate = 44100; }) == 11);
  CHECK(count([](auto&, auto&, auto&, auto& level) { level = 1.6; }) == 12);
  // A piece is its samples, not its name; other options do not touch a stem.
  CHECK(count([](auto& o, auto& e, auto&, auto&) {
          e.piece = "b";
          o.num_train = 3;
          o.first_seed = 9;
        }) == 12);
}

TEST_CASE("changed audio under the same name is rendered anew", "[data][stem_cache]") {
  const TemporaryFolder folder;
  auto dataset = write_noise_dataset(folder, 2);
  const sep::Fold fold{1, {0}, {1}, {}};
  const auto options = small_mixture_options();
  StemCache cache(folder / "cache");
  const sep::MixtureRenderer renderer(dataset, options, &cache);
  renderer.render_fold(fold, 1);
  const auto path = path_of(dataset.pieces[0], "violin");
  auto signal = sep::read_audio(path);
  const auto time = fs::last_write_time(path);
  signal.samples[5000] = 0.3F;
  sep::write_audio(path, signal, sep::SampleFormat::kInt16);
  fs::last_write_time(path, time);
  const sep::MixtureRenderer later(dataset, options, &cache);
  CHECK(
      same(later.render_fold(fold, 1).train, render_fold(dataset, fold, options, 1).train));
}

TEST_CASE("rendering stops where it is asked to", "[data][stem_cache]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 2);
  bool stop = false;
  const sep::MixtureRenderer renderer(
      dataset, small_mixture_options(), nullptr, [&] { return stop; });
  CHECK(renderer.render_fold({1, {0}, {1}, {}}, 2).train.size() == 7);
  stop = true;
  CHECK_THROWS_AS(renderer.render_fold({1, {0}, {1}, {}}, 2), sep::Interrupted);
}

TEST_CASE("the default folder follows the environment", "[data][stem_cache]") {
  const TemporaryFolder folder;
  const Variable home("HOME", folder.path().string());
  const Variable caches("XDG_CACHE_HOME", "");
  const Variable own("LIBSEP_CACHE", "");
  CHECK(sep::default_cache_folder() == folder / ".cache/libsep");
  CHECK(fs::is_directory(folder / ".cache/libsep"));
  {
    const Variable set("XDG_CACHE_HOME", (folder / "caches").string());
    CHECK(sep::default_cache_folder() == folder / "caches/libsep");
    const Variable nearer("LIBSEP_CACHE", (folder / "own").string());
    CHECK(sep::default_cache_folder() == folder / "own");
    const Variable none("LIBSEP_CACHE", "none");
    CHECK(sep::default_cache_folder().empty());
  }
  {  // a relative one would be another folder wherever the command is run
    const Variable relative("XDG_CACHE_HOME", "caches");
    CHECK(sep::default_cache_folder() == folder / ".cache/libsep");
    const Variable no_home("HOME", "home");
    CHECK(sep::default_cache_folder().empty());
  }
  std::ofstream(folder / "file") << "x";
  const Variable broken("HOME", (folder / "file").string());
  CHECK(sep::default_cache_folder().empty());
}
