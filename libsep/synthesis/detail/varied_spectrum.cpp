#include "libsep/synthesis/detail/varied_spectrum.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "libsep/dsp/stft.h"

namespace sep::music {
namespace {

constexpr double kLowestHz = 62.5;
constexpr int64_t kWindow = 2048;
constexpr int64_t kHop = 512;
constexpr int64_t kChunkFrames = 256;
constexpr size_t kPartials = 24;
constexpr double kLargestDb = 24.0;
constexpr double kLeastDb = -48.0;
constexpr double kOctavesOfDb = 0.16609640474436813;  // log2(10) / 20
constexpr double kWanderSeconds = 0.2;
constexpr float kNoDenormal = 1e-18F;

/// Where a frequency lies among the points.
double point_of(double hz) {
  const double at = 2.0 * std::log2(std::max(hz, 1.0) / kLowestHz);
  return std::clamp(at, 0.0, static_cast<double>(kSpectrumPoints - 1));
}

double at_point(const std::vector<double>& values, double point) {
  const auto low = std::min(static_cast<size_t>(point), values.size() - 2);
  const double part = point - static_cast<double>(low);
  return values[low] + part * (values[low + 1] - values[low]);
}

double hz_of(size_t point) {
  return kLowestHz * std::exp2(0.5 * static_cast<double>(point));
}

double pitch_hz(int pitch) {
  return 440.0 * std::exp2((static_cast<double>(pitch) - 69.0) / 12.0);
}

struct FrameGains {
  std::vector<double> points_db;
  std::vector<double> partials_db;  // from 0 Hz on
  double hz = 440.0;
};

// Of every frame; the changes of a note set in within two or three frames of its onset.
std::vector<FrameGains> frame_gains(const Equalizer& equalizer,
                                    const TimbreHabit& timbre,
                                    int64_t num_frames,
                                    double step_seconds,
                                    RandomStream& random) {
  const double slow = std::exp(-step_seconds / kWanderSeconds);
  const double fresh = timbre.wander_db * std::sqrt(1.0 - slow * slow);
  std::vector<double> wander(kSpectrumPoints, 0.0);
  std::vector<double> points(kSpectrumPoints, 0.0);
  FrameGains now = {equalizer.points_db, std::vector<double>(kPartials + 2, 0.0), 440.0};
  std::vector<FrameGains> frames;
  size_t next = 0;
  for (int64_t t = 0; t < num_frames; ++t) {
    const double seconds = static_cast<double>(t) * step_seconds;
    while (next < timbre.notes.size() && timbre.notes[next].onset_seconds <= seconds)
      ++next;
    for (size_t p = 0; p < kSpectrumPoints; ++p) {
      wander[p] = slow * wander[p] + fresh * random.normal();
      if (next > 0) points[p] += 0.6 * (timbre.notes[next - 1].points_db[p] - points[p]);
      now.points_db[p] = equalizer.points_db[p] + points[p] + wander[p];
    }
    for (size_t k = 0; next > 0 && k < kPartials; ++k) {
      const double wanted = timbre.notes[next - 1].partials_db[k];
      now.partials_db[k + 1] += 0.6 * (wanted - now.partials_db[k + 1]);
    }
    if (next > 0) now.hz = timbre.notes[next - 1].hz;
    frames.push_back(now);
  }
  return frames;
}

void apply_gains(const FrameGains& gains,
                 const std::vector<double>& bin_points,
                 double bin_hz,
                 std::complex<float>* bins) {
  for (size_t f = 0; f < bin_points.size(); ++f) {
    const double partial = static_cast<double>(f) * bin_hz / gains.hz;
    const double own = partial < static_cast<double>(kPartials)
                           ? at_point(gains.partials_db, partial)
                           : 0.0;
    const double db = at_point(gains.points_db, bin_points[f]) + own;
    bins[f] *=
        std::exp2(static_cast<float>(std::clamp(db, kLeastDb, kLargestDb) * kOctavesOfDb));
  }
}

// Chunks overlap by a window, whose outer halves are not used; frames stand where they
// would for the whole.
void apply_gains(Signal& signal, const std::vector<FrameGains>& frames) {
  StftOptions options;
  options.window_length = kWindow;
  options.hop_length = kHop;
  const Stft stft(options);
  const double bin_hz =
      static_cast<double>(signal.sample_rate) / static_cast<double>(kWindow);
  std::vector<double> bin_points;
  for (int64_t f = 0; f < options.num_bins(); ++f) {
    bin_points.push_back(point_of(static_cast<double>(f) * bin_hz));
  }
  const int64_t margin = kWindow / kHop;  // frames
  const int64_t chunk = kChunkFrames * kHop;
  Signal result = make_silence(1, signal.num_samples(), signal.sample_rate);
  for (int64_t begin = 0; begin < signal.num_samples(); begin += chunk) {
    const int64_t first_frame = begin / kHop - margin;
    const int64_t count = chunk + 2 * margin * kHop;
    Spectrogram spectrogram = stft.forward(padded_slice(signal, first_frame * kHop, count));
    for (int64_t t = 0; t < spectrogram.num_frames; ++t) {
      const int64_t frame = first_frame + t;
      if (frame < 0 || frame >= static_cast<int64_t>(frames.size())) continue;
      apply_gains(frames[static_cast<size_t>(frame)],
                  bin_points,
                  bin_hz,
                  spectrogram.bins.data() + t * spectrogram.num_bins);
    }
    const Signal part = stft.inverse(spectrogram, count, signal.sample_rate);
    const int64_t used = std::min(chunk, signal.num_samples() - begin);
    std::copy_n(part.samples.begin() + margin * kHop, used, result.samples.begin() + begin);
  }
  signal = std::move(result);
}

// A band-pass of two poles with gain 1 at its middle (the bilinear transform's).
void add_resonance(std::vector<float>& sum,
                   const std::vector<float>& samples,
                   const Equalizer::Resonance& resonance,
                   double rate) {
  const double w = 6.283185307179586 * resonance.hz / rate;
  const double alpha = std::sin(w) / (2.0 * resonance.q);
  const auto b = static_cast<float>(alpha / (1.0 + alpha));
  const auto a1 = static_cast<float>(-2.0 * std::cos(w) / (1.0 + alpha));
  const auto a2 = static_cast<float>((1.0 - alpha) / (1.0 + alpha));
  const auto gain = static_cast<float>(resonance.gain);
  float x1 = 0.0F;
  float x2 = 0.0F;
  float y1 = 0.0F;
  float y2 = 0.0F;
  for (size_t n = 0; n < samples.size(); ++n) {
    const float x = samples[n];
    const float y = b * (x - x2) - a1 * y1 - a2 * y2 + kNoDenormal;
    sum[n] += gain * y;
    x2 = x1;
    x1 = x;
    y2 = y1;
    y1 = y;
  }
}

}  // namespace

Equalizer draw_equalizer(double amount, RandomStream& random) {
  Equalizer equalizer;
  std::vector<double> octaves;
  for (size_t i = 0; i <= kSpectrumPoints / 2; ++i) {
    octaves.push_back(5.0 * random.normal());
  }
  const double dark = std::max(0.0, random.uniform(-4.0, 9.0));  // dB an octave
  const double corner = 500.0 * std::pow(10.0, random.uniform());
  const double thin = std::max(0.0, random.uniform(-8.0, 8.0));
  for (size_t p = 0; p < kSpectrumPoints; ++p) {
    const double high = std::max(0.0, std::log2(hz_of(p) / corner));
    const double low = std::max(0.0, std::log2(180.0 / hz_of(p)));
    const double db = at_point(octaves, 0.5 * static_cast<double>(p));
    equalizer.points_db.push_back(amount *
                                  std::clamp(db - dark * high - thin * low, -40.0, 15.0));
  }
  for (int i = 0; i < 12; ++i) {
    equalizer.resonances.push_back({150.0 * std::pow(40.0, random.uniform()),
                                    4.0 * std::pow(8.0, random.uniform()),
                                    0.45 * amount * random.normal()});
  }
  return equalizer;
}

TimbreHabit draw_timbre(const std::vector<PlayedNote>& notes,
                        double amount,
                        RandomStream& random) {
  TimbreHabit habit;
  const double deviation = amount * random.uniform(0.5, 3.0);
  const double tilt_deviation = amount * random.uniform(0.2, 1.5);
  const double partials = amount * random.uniform(1.0, 4.5);
  habit.wander_db = amount * random.uniform(0.2, 1.5);
  for (const PlayedNote& note : notes) {
    NoteSpectrum spectrum;
    spectrum.onset_seconds = note.onset_seconds;
    spectrum.hz = pitch_hz(note.pitch);
    const double tilt = tilt_deviation * random.normal();  // dB an octave
    for (size_t p = 0; p < kSpectrumPoints; ++p) {
      const double octaves = std::log2(hz_of(p) / 600.0);
      spectrum.points_db.push_back(tilt * octaves + deviation * random.normal());
    }
    for (size_t k = 0; k < kPartials; ++k) {
      spectrum.partials_db.push_back(partials * random.normal());
    }
    habit.notes.push_back(std::move(spectrum));
  }
  return habit;
}

void shape_spectrum(Signal& signal,
                    const Equalizer& equalizer,
                    const TimbreHabit& timbre,
                    RandomStream& random) {
  const auto rate = static_cast<double>(signal.sample_rate);
  const auto frames = frame_gains(equalizer,
                                  timbre,
                                  signal.num_samples() / kHop + 2,
                                  static_cast<double>(kHop) / rate,
                                  random);
  apply_gains(signal, frames);
  const std::vector<float> direct = signal.samples;
  for (const auto& resonance : equalizer.resonances) {
    if (resonance.hz < 0.45 * rate) {
      add_resonance(signal.samples, direct, resonance, rate);
    }
  }
}

}  // namespace sep::music
