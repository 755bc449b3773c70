#include "libsep/synthesis/detail/synthetic_tone.h"

#include <algorithm>
#include <cmath>

#include "libsep/core/error.h"

namespace sep::tones {
namespace {

constexpr double kTwoPi = 6.283185307179586;
constexpr int64_t kMaxHarmonics = 24;
constexpr double kHighestPartial = 0.45;  // of the rate
constexpr double kReleaseSeconds = 0.04;
constexpr double kVibratoHz = 5.5;
constexpr double kNoiseGain = 0.0056;  // -45 dB

double pitch_hz(double pitch) { return 440.0 * std::exp2((pitch - 69.0) / 12.0); }

std::vector<double> harmonic_amplitudes(const Timbre& timbre,
                                        double hz,
                                        int64_t sample_rate) {
  std::vector<double> amplitudes;
  const double highest = kHighestPartial * static_cast<double>(sample_rate);
  for (int64_t h = 1; h <= kMaxHarmonics && static_cast<double>(h) * hz < highest; ++h) {
    const double order = static_cast<double>(h);
    const double octaves =
        std::log2(order * hz / timbre.formant_hz) / timbre.formant_octaves;
    amplitudes.push_back(std::pow(order, -timbre.slope) *
                         (h % 2 == 0 ? timbre.even_gain : 1.0) *
                         (1.0 + timbre.formant_gain * std::exp(-octaves * octaves)));
  }
  return amplitudes;
}

// The sum of a[h-1] sin(h phase), by sin((h+1) x) = 2 cos(x) sin(h x) - sin((h-1) x).
double sum_harmonics(const std::vector<double>& amplitudes, double phase) {
  const double twice_cosine = 2.0 * std::cos(phase);
  double before = 0.0;
  double current = std::sin(phase);
  double sum = 0.0;
  for (const double amplitude : amplitudes) {
    sum += amplitude * current;
    const double next = twice_cosine * current - before;
    before = current;
    current = next;
  }
  return sum;
}

double envelope(const Timbre& timbre, double seconds, double seconds_left) {
  const double rise = std::min(1.0, seconds / timbre.attack_seconds);
  const double release = std::min(1.0, seconds_left / kReleaseSeconds);
  return rise * release * std::exp(-seconds / timbre.decay_seconds);
}

void add_note(const Timbre& timbre,
              const Note& note,
              Signal& signal,
              RandomStream& random) {
  const double rate = static_cast<double>(signal.sample_rate);
  const double hz = pitch_hz(note.pitch);
  const auto amplitudes = harmonic_amplitudes(timbre, hz, signal.sample_rate);
  const double vibrato = std::exp2(timbre.vibrato_cents / 1200.0) - 1.0;
  double phase = 0.0;
  for (int64_t n = note.begin; n < note.end; ++n) {
    const double seconds = static_cast<double>(n - note.begin) / rate;
    const double gain =
        note.gain * envelope(timbre, seconds, static_cast<double>(note.end - n) / rate);
    const double noise = kNoiseGain * random.uniform(-1.0, 1.0);
    signal.samples[static_cast<size_t>(n)] +=
        static_cast<float>(gain * (sum_harmonics(amplitudes, phase) + noise));
    const double bend = 1.0 + vibrato * std::sin(kTwoPi * kVibratoHz * seconds);
    phase = std::fmod(phase + kTwoPi * hz * bend / rate, kTwoPi);
  }
}

}  // namespace

Signal render_notes(const Timbre& timbre,
                    const std::vector<Note>& notes,
                    int64_t num_samples,
                    int64_t sample_rate,
                    RandomStream& random) {
  SEP_CHECK(num_samples >= 0, "notes in {} samples: wants 0 or more", num_samples);
  Signal signal = make_silence(1, num_samples, sample_rate);
  for (const Note& note : notes) {
    SEP_CHECK(0 <= note.begin && note.begin <= note.end && note.end <= num_samples,
              "a note in samples {} to {} of {}",
              note.begin,
              note.end,
              num_samples);
    add_note(timbre, note, signal, random);
  }
  return signal;
}

}  // namespace sep::tones
