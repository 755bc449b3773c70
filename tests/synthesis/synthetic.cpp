#include "libsep/synthesis/synthetic.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <set>

#include "libsep/core/error.h"
#include "libsep/data/bach10.h"
#include "libsep/data/dataset.h"
#include "libsep/dsp/stft.h"
#include "libsep/synthesis/detail/synthetic_tone.h"
#include "tests/support/audio_files.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"
#include "tests/support/pieces.h"
#include "tests/support/told_progress.h"

using namespace sep;
using namespace sep::tones;
namespace fs = std::filesystem;

namespace {

double dbfs(const Signal& signal) { return 20.0 * std::log10(rms(signal)); }

/// A hash of each file: a failed comparison should not print the audio.
std::map<std::string, size_t> hashes_of(const fs::path& root) {
  std::map<std::string, size_t> hashes;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    hashes[fs::relative(entry.path(), root).string()] =
        std::hash<std::string>()(std::string(std::istreambuf_iterator<char>(file), {}));
  }
  return hashes;
}

std::string key_refused(const SyntheticOptions& options) {
  try {
    options.validate();
  } catch (const ConfigError& error) {
    return error.key();
  }
  return "none";
}

double dot(const Signal& a, const Signal& b) {
  double sum = 0.0;
  for (size_t n = 0; n < a.samples.size(); ++n) {
    sum += static_cast<double>(a.samples[n]) * static_cast<double>(b.samples[n]);
  }
  return sum;
}

double si_sdr_db(const Signal& reference, const Signal& estimate) {
  const double a = dot(reference, estimate) / dot(reference, reference);
  const double target = a * a * dot(reference, reference);
  return 10.0 * std::log10(target / (dot(estimate, estimate) - target));
}

/// The best gain of each bin over time and pieces, Re<S, X> / <X, X>: all that can be
/// learnt of an instrument without looking at the notes.
std::vector<float> learn_filter(const Stft& stft,
                                const std::vector<PieceAudio>& pieces,
                                const StemName& stem) {
  const auto num_bins = static_cast<size_t>(stft.options().num_bins());
  std::vector<double> shared(num_bins);
  std::vector<double> whole(num_bins);
  for (const auto& piece : pieces) {
    const auto mixture = stft.forward(piece.mixture).bins;
    const auto target = stft.forward(piece.stems.at(stem)).bins;
    for (size_t i = 0; i < mixture.size(); ++i) {
      shared[i % num_bins] += std::real(target[i] * std::conj(mixture[i]));
      whole[i % num_bins] += std::norm(mixture[i]);
    }
  }
  std::vector<float> gains(num_bins);
  for (size_t f = 0; f < num_bins; ++f) gains[f] = static_cast<float>(shared[f] / whole[f]);
  return gains;
}

Signal apply_filter(const Stft& stft,
                    const std::vector<float>& gains,
                    const Signal& signal) {
  Spectrogram spectrogram = stft.forward(signal);
  for (size_t i = 0; i < spectrogram.bins.size(); ++i) {
    spectrogram.bins[i] *= gains[i % gains.size()];
  }
  return stft.inverse(spectrogram, signal.num_samples(), signal.sample_rate);
}

/// Energy from `low_hz` on over all energy, in dB.
double energy_above_db(const Signal& signal, double low_hz) {
  const StftOptions options{1024, 256};
  const auto bins = Stft(options).forward(signal).bins;
  const auto num_bins = static_cast<size_t>(options.num_bins());
  double above = 0.0;
  double all = 0.0;
  for (size_t i = 0; i < bins.size(); ++i) {
    const double hz = static_cast<double>(i % num_bins) *
                      static_cast<double>(signal.sample_rate) / 1024.0;
    all += std::norm(bins[i]);
    if (hz >= low_hz) above += std::norm(bins[i]);
  }
  return 10.0 * std::log10(above / all);
}

}  // namespace

TEST_CASE("synthetic pieces are a Bach10 without faults", "[data][synthetic]") {
  const TemporaryFolder folder;
  write_pieces(folder.path(), 11, 0.5, 8000);
  const Dataset dataset = open_dataset(folder.path());
  REQUIRE(dataset.pieces.size() == 11);
  CHECK(dataset.pieces[0].name == "01-Synthetic");
  CHECK(dataset.pieces[10].name == "11-Synthetic");
  CHECK(dataset.instruments == bach10_instruments());
  CHECK(dataset.sample_rate == 8000);
  CHECK(dataset.notes.empty());
  for (const auto& piece : dataset.pieces) {
    CHECK(piece.num_samples == 4000);
    CHECK_FALSE(piece.mixture.empty());
  }
  CHECK(hashes_of(folder.path()).size() == 55);  // and nothing else, hidden or not
}

// -20.9 dBFS is written to four digits, and rounding to int16 adds noise 80 dB below.
TEST_CASE("stems are as loud as Bach10's and never clip", "[data][synthetic][property]") {
  const TemporaryFolder folder;
  const auto sample_rate = GENERATE(int64_t{8000}, 44100, 48000);
  write_pieces(folder.path(), 2, 3.0, sample_rate);
  for (const auto& piece : open_dataset(folder.path()).pieces) {
    const PieceAudio audio = load_piece(piece);
    CHECK(audio.mixture.seconds() == Approx(3.0));
    for (const auto& [stem, signal] : audio.stems) {
      CAPTURE(piece.name, stem, sample_rate);
      CHECK(dbfs(signal) == Approx(-20.9).margin(0.01));
      CHECK(peak(signal) < 0.9F);
    }
    const Signal sum = clipped_sum(audio.stems);
    const float step = 1.0F / 32768.0F;  // +1 itself is one step above the largest int16
    CHECK(peak(subtract(sum, audio.mixture)) <= (peak(sum) < 1.0F ? 0.0F : step));
  }
}

TEST_CASE("the same seed gives the same bytes", "[data][synthetic]") {
  const TemporaryFolder folder;
  write_pieces(folder / "a", 2, 1.0, 16000, 7);
  write_pieces(folder / "b", 2, 1.0, 16000, 7);
  write_pieces(folder / "c", 2, 1.0, 16000, 8);
  write_pieces(folder / "d", 3, 1.0, 16000, 7);
  const auto a = hashes_of(folder / "a");
  const auto c = hashes_of(folder / "c");
  const auto d = hashes_of(folder / "d");
  CHECK(a == hashes_of(folder / "b"));
  std::set<size_t> contents;
  for (const auto& [name, hash] : a) {
    CAPTURE(name);
    CHECK(c.at(name) != hash);
    CHECK(d.at(name) == hash);  // a larger set begins with the smaller one
    contents.insert(hash);
  }
  CHECK(contents.size() == 10);
}

TEST_CASE("instruments can be told apart by their spectrum alone", "[data][synthetic]") {
  const TemporaryFolder folder;
  write_pieces(folder.path(), 5, 6.0);
  std::vector<PieceAudio> pieces;
  for (const auto& piece : open_dataset(folder.path()).pieces) {
    pieces.push_back(load_piece(piece));
  }
  const PieceAudio test = pieces.back();
  pieces.pop_back();
  const Stft stft({512, 128});
  for (const StemName& stem : bach10_instruments()) {
    CAPTURE(stem);
    const Signal& reference = test.stems.at(stem);
    const Signal estimate =
        apply_filter(stft, learn_filter(stft, pieces, stem), test.mixture);
    const double doing_nothing = si_sdr_db(reference, test.mixture);
    // Three equally loud others: 1/3 is -4.8 dB; the chords' shared partials move it.
    CHECK(doing_nothing == Approx(-4.8).margin(1.0));
    CHECK(si_sdr_db(reference, estimate) > doing_nothing + 3.0);
  }
}

// A partial above half the rate would come back as a wrong, inharmonic one.
TEST_CASE("no partial lies above 0.45 times the rate", "[data][synthetic][property]") {
  const auto sample_rate = GENERATE(int64_t{8000}, 22050);
  const double rate = static_cast<double>(sample_rate);
  Timbre flat;
  flat.slope = 0.0;
  RandomStream random(3);
  for (const double pitch : {40.0, 60.3, 81.0}) {
    CAPTURE(sample_rate, pitch);
    const Note note = {0, sample_rate, pitch, 1.0};
    const Signal tone = render_notes(flat, {note}, sample_rate, sample_rate, random);
    // What is left is the noise, of which a tenth lies there: -45 - 10 dB and less, for
    // it is 45 dB below a single partial.
    CHECK(energy_above_db(tone, 0.47 * rate) < -50.0);
    CHECK(energy_above_db(tone, 200.0) > -20.0);
  }
}

TEST_CASE("a note has its pitch, and lasts from its begin to its end",
          "[data][synthetic]") {
  Timbre odd;
  odd.even_gain = 0.0;
  RandomStream random(1);
  const Signal tone = render_notes(odd, {{1000, 17000, 69.0, 1.0}}, 20000, 16000, random);
  for (size_t n = 0; n < 20000; ++n) {
    if ((n < 1000 || n >= 17000) && tone.samples[n] != 0.0F) FAIL("sound at sample " << n);
  }
  std::vector<double> power(9);
  for (size_t h = 1; h < power.size(); ++h) {
    std::complex<double> sum = 0.0;
    for (size_t n = 1000; n < 17000; ++n) {
      sum += static_cast<double>(tone.samples[n]) *
             std::polar(1.0,
                        -6.283185307179586 * 440.0 * static_cast<double>(h * n) / 16000.0);
    }
    power[h] = std::norm(sum);
  }
  CHECK(power[3] / power[1] == Approx(1.0 / 9.0).epsilon(0.02));
  CHECK(power[5] / power[1] == Approx(1.0 / 25.0).epsilon(0.02));
  CHECK(power[2] / power[1] < 1e-5);
  CHECK(power[4] / power[1] < 1e-5);
}

TEST_CASE("a note beyond the signal is an error", "[data][synthetic][failure]") {
  RandomStream random(1);
  for (const auto& [begin, end] : std::vector<std::pair<int64_t, int64_t>>{
           {-1, 10}, {10, 101}, {20, 10}, {100, std::numeric_limits<int64_t>::max()}}) {
    const std::vector<Note> notes = {{begin, end, 69.0, 1.0}};
    CHECK(message_of([&] { render_notes({}, notes, 100, 44100, random); }) ==
          fmt::format("a note in samples {} to {} of 100", begin, end));
  }
  CHECK_NOTHROW(render_notes({}, {{100, 100, 69.0, 1.0}}, 100, 44100, random));
}

TEST_CASE("synthetic options are checked", "[data][synthetic]") {
  const auto with = [](int64_t num_pieces, double seconds, int64_t sample_rate) {
    SyntheticOptions options;
    options.num_pieces = num_pieces;
    options.seconds = seconds;
    options.sample_rate = sample_rate;
    return key_refused(options);
  };
  CHECK(key_refused({}) == "none");
  CHECK(with(1, 0.5, 8000) == "none");
  CHECK(with(99, 600.0, 192000) == "none");
  CHECK(with(0, 1.0, 44100) == "num_pieces");
  CHECK(with(100, 1.0, 44100) == "num_pieces");
  CHECK(with(1, 0.49, 44100) == "seconds");
  CHECK(with(1, 601.0, 44100) == "seconds");
  CHECK(with(1, std::nan(""), 44100) == "seconds");
  CHECK(with(1, 1.0, 7999) == "sample_rate");
  CHECK(with(1, 1.0, 192001) == "sample_rate");
  const TemporaryFolder folder;
  CHECK_THROWS_AS(write_pieces(folder / "new", 0, 1.0), ConfigError);
  CHECK_FALSE(fs::exists(folder / "new"));
}

TEST_CASE("a folder with files in it is refused and left as it is", "[data][synthetic]") {
  const TemporaryFolder folder;
  write_text(folder / "full" / "notes.txt");
  CHECK(message_of([&] { write_pieces(folder / "full", 1, 0.5, 8000); }) ==
        (folder / "full").string() +
            ": wants an empty folder to write the pieces to, found notes.txt in it");
  CHECK(hashes_of(folder / "full").size() == 1);
  CHECK(message_of([&] { write_pieces(folder / "full" / "notes.txt", 1, 0.5, 8000); }) ==
        (folder / "full" / "notes.txt").string() + ": wants a folder, found a file");
  CHECK_THROWS_AS(write_pieces("", 1, 0.5, 8000), Error);
}

TEST_CASE("an empty, a hidden or an unfinished thing is no hindrance",
          "[data][synthetic]") {
  const TemporaryFolder folder;
  write_text(folder / ".DS_Store");
  write_text(folder / ".libsep-unfinished" / "01-Synthetic" / "left");
  write_pieces(folder.path(), 1, 0.5, 8000);
  CHECK(open_dataset(folder.path()).pieces.size() == 1);
  CHECK_FALSE(fs::exists(folder / ".libsep-unfinished"));
  CHECK(message_of([&] {
          write_pieces(folder.path(), 1, 0.5, 8000);
        }).find("01-Synthetic") != std::string::npos);
}

TEST_CASE("pieces that are stopped leave nothing", "[data][synthetic][failure]") {
  const TemporaryFolder folder;
  SyntheticOptions options;
  options.num_pieces = 3;
  options.seconds = 0.5;
  options.sample_rate = 8000;
  ToldProgress told(1);
  CHECK_THROWS_AS(synthesize_pieces(folder / "new", options, told), Interrupted);
  CHECK_FALSE(fs::exists(folder / "new"));
}
