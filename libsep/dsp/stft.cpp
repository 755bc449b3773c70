#include "libsep/dsp/stft.h"

#include <fftw3.h>

#include <algorithm>
#include <mutex>
#include <numeric>

#include "libsep/core/error.h"
#include "libsep/dsp/detail/fftw_plan.h"

namespace sep {
struct Stft::State {
  explicit State(const StftOptions& stft_options);

  void load_frame(const float* samples, int64_t num_samples, int64_t t, float* frame) const;
  void add_frame(const float* frame, int64_t t, int64_t num_samples, float* samples) const;
  void forward_channel(const float* samples,
                       int64_t num_samples,
                       Spectrogram* result) const;
  void inverse_channel(const std::complex<float>* spectra,
                       int64_t num_frames,
                       int64_t num_samples,
                       float* samples) const;
  void correct_ends(int64_t num_frames, int64_t num_samples, float* samples) const;
  void correct(int64_t begin, int64_t end, int64_t num_frames, float* samples) const;
  int64_t frame_begin(int64_t t) const {
    return t * options.hop_length - options.window_length / 2;
  }

  StftOptions options;
  std::vector<float> window;
  std::vector<double> overlap;   // one period of the sum of w^2
  std::vector<float> analysis;   // w / sum(w)
  std::vector<float> synthesis;  // w sum(w) / (window_length * overlap)
  FftwPlan forward_plan;
  FftwPlan inverse_plan;
};

Stft::State::State(const StftOptions& stft_options) : options(stft_options) {
  options.validate();
  const int64_t length = options.window_length;
  window = make_window(options.window, length);
  overlap = overlap_sum(window, options.hop_length);
  const double sum = std::accumulate(window.begin(), window.end(), 0.0);
  for (size_t n = 0; n < window.size(); ++n) {
    const double w = window[n];
    analysis.push_back(static_cast<float>(w / sum));
    synthesis.push_back(static_cast<float>(
        w * sum / (static_cast<double>(length) * overlap[n % overlap.size()])));
  }

  const int n = static_cast<int>(length);
  const FftwBuffer frame = make_fftw_buffer(length);
  const FftwBuffer bins = make_fftw_buffer(2 * options.num_bins());
  const std::lock_guard<std::mutex> lock(fftw_planner_mutex());
  forward_plan.reset(
      fftwf_plan_dft_r2c_1d(n, frame.get(), as_fftw_complex(bins.get()), FFTW_ESTIMATE));
  inverse_plan.reset(
      fftwf_plan_dft_c2r_1d(n, as_fftw_complex(bins.get()), frame.get(), FFTW_ESTIMATE));
}

void Stft::State::load_frame(const float* samples,
                             int64_t num_samples,
                             int64_t t,
                             float* frame) const {
  const int64_t length = options.window_length;
  const int64_t begin = frame_begin(t);
  const int64_t first = std::clamp(-begin, int64_t{0}, length);
  const int64_t last = std::clamp(num_samples - begin, first, length);
  std::fill(frame, frame + first, 0.0F);
  for (int64_t n = first; n < last; ++n) {
    frame[n] = samples[begin + n] * analysis[static_cast<size_t>(n)];
  }
  std::fill(frame + last, frame + length, 0.0F);
}

void Stft::State::add_frame(const float* frame,
                            int64_t t,
                            int64_t num_samples,
                            float* samples) const {
  const int64_t length = options.window_length;
  const int64_t begin = frame_begin(t);
  const int64_t first = std::clamp(-begin, int64_t{0}, length);
  const int64_t last = std::clamp(num_samples - begin, first, length);
  for (int64_t n = first; n < last; ++n) {
    samples[begin + n] += frame[n] * synthesis[static_cast<size_t>(n)];
  }
}

void Stft::State::forward_channel(const float* samples,
                                  int64_t num_samples,
                                  Spectrogram* result) const {
  const FftwBuffer frame = make_fftw_buffer(options.window_length);
  const FftwBuffer bins = make_fftw_buffer(2 * options.num_bins());
  const auto* first_bin = reinterpret_cast<const std::complex<float>*>(bins.get());
  for (int64_t t = 0; t < result->num_frames; ++t) {
    load_frame(samples, num_samples, t, frame.get());
    fftwf_execute_dft_r2c(forward_plan.get(), frame.get(), as_fftw_complex(bins.get()));
    // Appended rather than assigned: a sized vector would be zeroed first, and that
    // costs as much as the copy.
    result->bins.insert(result->bins.end(), first_bin, first_bin + result->num_bins);
  }
}

void Stft::State::inverse_channel(const std::complex<float>* spectra,
                                  int64_t num_frames,
                                  int64_t num_samples,
                                  float* samples) const {
  const int64_t num_bins = options.num_bins();
  const FftwBuffer frame = make_fftw_buffer(options.window_length);
  const FftwBuffer bins = make_fftw_buffer(2 * num_bins);
  auto* first_bin = reinterpret_cast<std::complex<float>*>(bins.get());
  for (int64_t t = 0; t < num_frames; ++t) {
    // A copy, since FFTW overwrites what it transforms back.
    std::copy_n(spectra + t * num_bins, num_bins, first_bin);
    fftwf_execute_dft_c2r(inverse_plan.get(), as_fftw_complex(bins.get()), frame.get());
    add_frame(frame.get(), t, num_samples, samples);
  }
  correct_ends(num_frames, num_samples, samples);
}

// The synthesis window divides by the sum of w^2 over frames without end; near the
// ends of a signal there are fewer.
void Stft::State::correct_ends(int64_t num_frames,
                               int64_t num_samples,
                               float* samples) const {
  const int64_t left =
      std::clamp(frame_begin(-1) + options.window_length, int64_t{0}, num_samples);
  const int64_t right = std::clamp(frame_begin(num_frames), left, num_samples);
  correct(0, left, num_frames, samples);
  correct(right, num_samples, num_frames, samples);
}

void Stft::State::correct(int64_t begin,
                          int64_t end,
                          int64_t num_frames,
                          float* samples) const {
  const int64_t hop = options.hop_length;
  for (int64_t position = begin; position < end; ++position) {
    const int64_t padded = position + options.window_length / 2;
    const int64_t first = std::max(int64_t{0}, (padded - options.window_length) / hop);
    const int64_t last = std::min(num_frames - 1, padded / hop);
    double sum = 0.0;
    for (int64_t t = first; t <= last; ++t) {
      const int64_t n = padded - t * hop;
      if (n >= options.window_length) continue;
      const double w = window[static_cast<size_t>(n)];
      sum += w * w;
    }
    const double full = overlap[static_cast<size_t>(padded % hop)];
    samples[position] *= static_cast<float>(full / sum);
  }
}

Stft::Stft(const StftOptions& options) : state_(std::make_unique<State>(options)) {}
Stft::~Stft() = default;
Stft::Stft(Stft&&) noexcept = default;
Stft& Stft::operator=(Stft&&) noexcept = default;

const StftOptions& Stft::options() const { return state_->options; }

int64_t Stft::num_frames(int64_t num_samples) const {
  SEP_CHECK(num_samples >= 0, "{} samples: wants 0 or more", num_samples);
  const int64_t hop = state_->options.hop_length;
  return num_samples / hop + (num_samples % hop == 0 ? 0 : 1) + 1;
}

Spectrogram Stft::forward(const Signal& signal) const {
  SEP_CHECK(signal.num_channels >= 1, "a signal of {} channels", signal.num_channels);
  const int64_t num_samples = signal.num_samples();
  Spectrogram result;
  result.num_channels = signal.num_channels;
  result.num_frames = num_frames(num_samples);
  result.num_bins = state_->options.num_bins();
  result.bins.reserve(
      static_cast<size_t>(result.num_channels * result.num_frames * result.num_bins));
  for (int64_t c = 0; c < signal.num_channels; ++c) {
    state_->forward_channel(signal.channel(c), num_samples, &result);
  }
  return result;
}

Signal Stft::inverse(const Spectrogram& spectrogram,
                     int64_t num_samples,
                     int64_t sample_rate) const {
  const int64_t frames = num_frames(num_samples);
  const int64_t bins = state_->options.num_bins();
  SEP_CHECK(spectrogram.num_bins == bins,
            "a spectrogram of {} bins: wants {} for window_length = {}",
            spectrogram.num_bins,
            bins,
            state_->options.window_length);
  SEP_CHECK(spectrogram.num_frames == frames,
            "a spectrogram of {} frames: wants {} for {} samples",
            spectrogram.num_frames,
            frames,
            num_samples);
  SEP_CHECK(
      spectrogram.num_channels >= 1 && static_cast<int64_t>(spectrogram.bins.size()) ==
                                           spectrogram.num_channels * frames * bins,
      "a spectrogram that holds {} values: wants {} channels x {} frames x {} bins",
      spectrogram.bins.size(),
      spectrogram.num_channels,
      frames,
      bins);
  Signal result = make_silence(spectrogram.num_channels, num_samples, sample_rate);
  for (int64_t c = 0; c < spectrogram.num_channels; ++c) {
    state_->inverse_channel(spectrogram.bins.data() + c * frames * bins,
                            frames,
                            num_samples,
                            result.channel(c));
  }
  return result;
}

}  // namespace sep
