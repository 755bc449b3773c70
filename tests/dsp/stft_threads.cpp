#include <thread>
#include <utility>

#include "libsep/dsp/stft.h"
#include "tests/dsp/spectrograms.h"
#include "tests/support/catch.h"

using sep::Stft;

namespace {

constexpr int kNumThreads = 8;

struct RoundTrip {
  sep::Spectrogram spectrogram;
  sep::Signal signal;

  bool operator==(const RoundTrip& other) const {
    return spectrogram.bins == other.spectrogram.bins &&
           signal.samples == other.signal.samples;
  }
};

RoundTrip round_trip(const Stft& stft, const sep::Signal& signal) {
  auto spectrogram = stft.forward(signal);
  auto back = stft.inverse(spectrogram, signal.num_samples(), signal.sample_rate);
  return {std::move(spectrogram), std::move(back)};
}

template <class Work>
std::vector<RoundTrip> on_threads(Work work) {
  std::vector<RoundTrip> results(kNumThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kNumThreads; ++i) {
    threads.emplace_back([&results, &work, i] { results[size_t(i)] = work(i); });
  }
  for (auto& thread : threads) thread.join();
  return results;
}

}  // namespace

TEST_CASE("threads that share an object get one thread's bits", "[dsp][stft]") {
  const Stft stft({512, 128});
  const auto results = on_threads(
      [&](int i) { return round_trip(stft, make_noise(1, 5000 + 100 * i, "shared")); });
  for (int i = 0; i < kNumThreads; ++i) {
    CAPTURE(i);
    CHECK(results[size_t(i)] == round_trip(stft, make_noise(1, 5000 + 100 * i, "shared")));
  }
}

TEST_CASE("threads may make and destroy objects of their own", "[dsp][stft]") {
  const auto signal = make_noise(1, 3000, "own");
  const auto results = on_threads([&](int i) {
    RoundTrip last;
    for (int64_t k = 0; k < 5; ++k) last = round_trip(Stft({128 << (i % 4), 64}), signal);
    return last;
  });
  for (int i = 0; i < kNumThreads; ++i) {
    CAPTURE(i);
    CHECK(results[size_t(i)] == round_trip(Stft({128 << (i % 4), 64}), signal));
  }
}

TEST_CASE("an object that was moved works on", "[dsp][stft]") {
  const auto signal = make_noise(1, 1000, "moved");
  Stft first({64, 16});
  const auto expected = round_trip(first, signal);
  Stft second(std::move(first));
  CHECK(round_trip(second, signal) == expected);
  Stft third({512, 128});
  third = std::move(second);
  CHECK(third.options().window_length == 64);
  CHECK(round_trip(third, signal) == expected);
}
