#include "libsep/synthesis/detail/room.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace sep {
namespace {

constexpr size_t kLines = 8;
constexpr std::array<double, kLines> kLineSeconds = {
    0.0131, 0.0157, 0.0183, 0.0211, 0.0249, 0.0287, 0.0341, 0.0397};
constexpr float kNoDenormal = 1e-18F;

double from_db(double db) { return std::pow(10.0, db / 20.0); }

// x H for the 8 x 8 Hadamard matrix, which is 1/sqrt(8) times sums and differences.
void mix_lines(std::array<float, kLines>& x) {
  for (size_t half = 1; half < kLines; half *= 2) {
    for (size_t i = 0; i < kLines; i += 2 * half) {
      for (size_t j = i; j < i + half; ++j) {
        const float a = x[j];
        const float b = x[j + half];
        x[j] = a + b;
        x[j + half] = a - b;
      }
    }
  }
  for (float& value : x) value *= 0.35355339F;
}

class Tail {
 public:
  Tail(const Room& room, double rate) : damping_(static_cast<float>(room.damping)) {
    for (size_t i = 0; i < kLines; ++i) {
      const double seconds = kLineSeconds[i] * room.size;
      lines_[i].resize(1 + static_cast<size_t>(seconds * rate));
      gains_[i] = static_cast<float>(std::pow(10.0, -3.0 * seconds / room.decay_seconds));
    }
  }

  float step(float x) {
    std::array<float, kLines> out;
    float sum = 0.0F;
    for (size_t i = 0; i < kLines; ++i) {
      const float delayed = lines_[i][at_[i]];
      low_[i] = (1.0F - damping_) * delayed + damping_ * low_[i];
      sum += i % 2 == 0 ? delayed : -delayed;
      out[i] = gains_[i] * low_[i];
    }
    mix_lines(out);
    for (size_t i = 0; i < kLines; ++i) {
      lines_[i][at_[i]] = x + out[i] + kNoDenormal;
      at_[i] = at_[i] + 1 == lines_[i].size() ? 0 : at_[i] + 1;
    }
    return sum;
  }

 private:
  float damping_;
  std::array<std::vector<float>, kLines> lines_;
  std::array<float, kLines> gains_ = {};
  std::array<float, kLines> low_ = {};
  std::array<size_t, kLines> at_ = {};
};

std::vector<float> early_of(const Signal& signal, const RoomPlace& place) {
  std::vector<float> sum(signal.samples.size(), 0.0F);
  for (const auto& reflection : place.early) {
    const auto delay =
        static_cast<size_t>(reflection.seconds * static_cast<double>(signal.sample_rate));
    const auto gain = static_cast<float>(reflection.gain);
    for (size_t n = delay; n < sum.size(); ++n) {
      sum[n] += gain * signal.samples[n - delay];
    }
  }
  return sum;
}

std::vector<float> late_of(const std::vector<float>& samples,
                           const Room& room,
                           double rate) {
  Tail tail(room, rate);
  std::vector<float> late(samples.size());
  for (size_t n = 0; n < samples.size(); ++n) late[n] = tail.step(samples[n]);
  return late;
}

double rms_of(const std::vector<float>& samples) {
  double sum = 0.0;
  for (const float x : samples) sum += static_cast<double>(x) * static_cast<double>(x);
  return samples.empty() ? 0.0 : std::sqrt(sum / static_cast<double>(samples.size()));
}

void add_at_level(Signal& signal, const std::vector<float>& part, double wanted) {
  const double level = rms_of(part);
  if (level <= 0.0) return;
  const auto gain = static_cast<float>(wanted / level);
  for (size_t n = 0; n < part.size(); ++n) signal.samples[n] += gain * part[n];
}

}  // namespace

Room draw_room(RandomStream& random) {
  Room room;
  room.decay_seconds = 0.12 * std::pow(10.0, random.uniform());
  room.size = random.uniform(0.5, 1.6);
  room.damping = random.uniform(0.1, 0.75);
  return room;
}

RoomPlace draw_place(const Room& room, RandomStream& random) {
  RoomPlace place;
  const int64_t count = 6 + random.index(7);
  for (int64_t i = 0; i < count; ++i) {
    const double seconds = 0.002 + 0.043 * random.uniform() * random.uniform();
    const double sign = random.uniform() < 0.5 ? -1.0 : 1.0;
    place.early.push_back(
        {seconds * room.size, sign * random.uniform(0.4, 1.0) / (1.0 + 60.0 * seconds)});
  }
  place.early_db = random.uniform(-24.0, -6.0);
  place.late_db = random.uniform(-32.0, -10.0);
  return place;
}

void add_room(Signal& signal, const Room& room, const RoomPlace& place, double amount) {
  const auto rate = static_cast<double>(signal.sample_rate);
  const double direct = rms(signal);
  const auto early = early_of(signal, place);
  const auto late = late_of(early, room, rate);
  add_at_level(signal, early, amount * direct * from_db(place.early_db));
  add_at_level(signal, late, amount * direct * from_db(place.late_db));
}

}  // namespace sep
