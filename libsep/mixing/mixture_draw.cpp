#include "libsep/mixing/mixture_draw.h"

#include <algorithm>
#include <limits>

#include "libsep/core/bounds.h"
#include "libsep/core/error.h"
#include "libsep/core/random.h"

namespace sep {
namespace {

constexpr double kMaxSeconds = 3600.0;
constexpr int64_t kMaxMixtures = 1'000'000;

/// The legacy generator's two draws, from a stream.
class StreamDraws {
 public:
  explicit StreamDraws(const RandomStream& stream) : stream_(stream) {}
  int64_t randint(int64_t count) { return stream_.index(count); }
  double uniform(double low, double high) { return stream_.uniform(low, high); }

 private:
  RandomStream stream_;
};

/// Piece, stretch, duration and source time; the pitch comes later.
template <class Random>
StemEvent draw_event(const MixtureOptions& options,
                     const std::vector<PieceLength>& pieces,
                     Random& random) {
  StemEvent event;
  const auto index = random.randint(static_cast<int64_t>(pieces.size()));
  const auto& piece = pieces[static_cast<size_t>(index)];
  event.piece = piece.name;
  event.time_stretch = random.uniform(options.time_stretch.low, options.time_stretch.high);
  event.event_duration = std::min(options.seconds, piece.seconds);
  if (event.event_duration * event.time_stretch > options.seconds) {
    event.event_duration = options.seconds / event.time_stretch;
  }
  double latest = options.max_source_seconds;
  if (latest + event.event_duration > piece.seconds) {
    latest = piece.seconds - event.event_duration;
  }
  event.source_time = latest > 0.0 ? random.uniform(0.0, latest) : 0.0;
  return event;
}

void draw_events_apart(const MixtureOptions& options,
                       const std::vector<PieceLength>& pieces,
                       MixtureDraw& draw) {
  static_cast<StemEvent&>(draw) = {};
  for (const auto& [stem, snr] : draw.snr) {
    StreamDraws random(
        RandomStream(static_cast<uint64_t>(draw.seed), "mixtures/incoherent/" + stem));
    auto event = draw_event(options, pieces, random);
    event.pitch_shift =
        random.uniform(options.pitch_semitones.low, options.pitch_semitones.high);
    draw.events.emplace(stem, event);
  }
}

std::set<StemName> draw_dropped(double chance,
                                const std::vector<StemName>& stems,
                                int64_t seed) {
  RandomStream random(static_cast<uint64_t>(seed), "mixtures/drop");
  std::set<StemName> dropped;
  for (const auto& stem : stems) {
    if (random.uniform() < chance) dropped.insert(stem);
  }
  if (!stems.empty() && dropped.size() == stems.size()) {
    dropped.erase(
        stems[static_cast<size_t>(random.index(static_cast<int64_t>(stems.size())))]);
  }
  return dropped;
}

}  // namespace

MixtureOptions MixtureOptions::published_rules() const {
  const MixtureOptions defaults;
  auto options = *this;
  options.coherent = defaults.coherent;
  options.gain_db = defaults.gain_db;
  options.drop_stem_chance = defaults.drop_stem_chance;
  options.renew_each_epoch = defaults.renew_each_epoch;
  return options;
}

void MixtureOptions::validate() const {
  constexpr int64_t kMaxSeed = std::numeric_limits<uint32_t>::max();
  check_bounds("num_train", num_train, 1, kMaxMixtures);
  check_bounds("num_validation", num_validation, 1, kMaxMixtures);
  if (first_seed < 0 || first_seed > kMaxSeed - std::max(num_train, num_validation) + 1) {
    throw ConfigError(
        "first_seed",
        fmt::format(" = {}: wants 0 to 2^32 - 1, for the last mixture too", first_seed));
  }
  check_positive("seconds", seconds, kMaxSeconds);
  check_bounds("max_source_seconds", max_source_seconds, 0.0, kMaxSeconds);
  check_bounds("time_stretch", time_stretch, 0.01, 10.0);
  check_bounds("pitch_semitones", pitch_semitones, -36.0, 36.0);
  check_bounds("snr_db", snr_db, -100.0, 100.0);
  check_bounds("reference_lufs", reference_lufs, -70.0, 0.0);
  if (!(fade_seconds >= 0.0 && fade_seconds <= seconds / 2.0)) {
    throw ConfigError(
        "fade_seconds",
        fmt::format(" = {}: wants 0 to seconds / 2 = {}", fade_seconds, seconds / 2.0));
  }
  check_bounds("gain_db", gain_db, -100.0, 100.0);
  check_bounds("drop_stem_chance", drop_stem_chance, 0.0, 1.0);
}

const StemEvent& MixtureDraw::event(const StemName& stem) const {
  const auto own = events.find(stem);
  return own == events.end() ? *this : own->second;
}

MixtureDraw draw_mixture(const MixtureOptions& options,
                         const std::vector<PieceLength>& pieces,
                         const std::vector<StemName>& stems,
                         uint32_t seed) {
  SEP_CHECK(!pieces.empty(), "draw_mixture from no pieces");
  LegacyRandom random(seed);
  const auto uniform = [&](const Range& range) {
    return random.uniform(range.low, range.high);
  };
  MixtureDraw draw;
  static_cast<StemEvent&>(draw) = draw_event(options, pieces, random);
  draw.seed = seed;
  uniform(options.snr_db);  // drawn and thrown away in the published code
  draw.pitch_shift = uniform(options.pitch_semitones);
  for (const auto& stem : stems) {
    draw.snr[stem] = uniform(options.snr_db);
  }
  if (!options.coherent) draw_events_apart(options, pieces, draw);
  draw.gain_db = RandomStream(seed, "mixtures/gain")
                     .uniform(options.gain_db.low, options.gain_db.high);
  draw.dropped = draw_dropped(options.drop_stem_chance, stems, seed);
  return draw;
}

}  // namespace sep
