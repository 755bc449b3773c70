#include "libsep/synthesis/chorale.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "libsep/core/error.h"
#include "libsep/synthesis/detail/chorale_figuration.h"
#include "libsep/synthesis/detail/chorale_timing.h"

namespace sep::music {
namespace {

constexpr int64_t kLongestPhraseBeats = 8;
constexpr int kMaxDraws = 1000;  // of one phrase's harmonies; a handful is usual

struct RelatedKey {
  int interval;  // semitones above the chorale's tonic
  Mode mode;
};

// The key of a middle phrase; one listed twice is twice as likely.
Key draw_phrase_key(const Key& home, RandomStream& random) {
  static const std::vector<RelatedKey> of_major = {{0, Mode::kMajor},
                                                   {0, Mode::kMajor},
                                                   {0, Mode::kMajor},
                                                   {7, Mode::kMajor},
                                                   {7, Mode::kMajor},
                                                   {9, Mode::kMinor},
                                                   {9, Mode::kMinor},
                                                   {5, Mode::kMajor},
                                                   {2, Mode::kMinor}};
  static const std::vector<RelatedKey> of_minor = {{0, Mode::kMinor},
                                                   {0, Mode::kMinor},
                                                   {0, Mode::kMinor},
                                                   {3, Mode::kMajor},
                                                   {3, Mode::kMajor},
                                                   {7, Mode::kMinor},
                                                   {5, Mode::kMinor},
                                                   {8, Mode::kMajor}};
  const auto& related = home.mode == Mode::kMajor ? of_major : of_minor;
  const auto drawn = random.index(static_cast<int64_t>(related.size()));
  const RelatedKey& key = related[static_cast<size_t>(drawn)];
  return {(home.tonic + key.interval) % 12, key.mode};
}

/// An even number of beats as phrases of 8, of which as many as needed are shortened.
std::vector<int64_t> draw_phrase_lengths(int64_t num_beats, RandomStream& random) {
  const int64_t num_phrases = (num_beats + kLongestPhraseBeats - 1) / kLongestPhraseBeats;
  std::vector<int64_t> lengths(static_cast<size_t>(num_phrases), kLongestPhraseBeats);
  int64_t excess = num_phrases * kLongestPhraseBeats - num_beats;
  while (excess > 0) {
    auto& length = lengths[static_cast<size_t>(random.index(num_phrases))];
    if (length <= 4) continue;
    length -= 2;
    excess -= 2;
  }
  return lengths;
}

std::vector<ChoralePhrase> draw_form(const Key& key,
                                     int64_t num_beats,
                                     RandomStream& random) {
  std::vector<ChoralePhrase> phrases;
  int64_t beat = 0;
  for (const int64_t length : draw_phrase_lengths(num_beats, random)) {
    ChoralePhrase phrase;
    phrase.first_beat = beat;
    phrase.num_beats = length;
    phrase.key = phrases.empty() ? key : draw_phrase_key(key, random);
    phrase.cadence = random.uniform() < 0.35 ? Cadence::kHalf : Cadence::kAuthentic;
    phrases.push_back(phrase);
    beat += length;
  }
  phrases.back().key = key;
  phrases.back().cadence = Cadence::kPerfect;
  return phrases;
}

/// The soprano wished for: an arch over the phrase, up or down in the whole.
std::vector<double> draw_line(size_t num_chords, RandomStream& random) {
  const double middle = random.uniform(68.0, 74.0);
  const double arch = random.uniform(-1.0, 5.0);
  const double rise = random.uniform(-3.5, 2.0);
  std::vector<double> line;
  for (size_t i = 0; i < num_chords; ++i) {
    const double x =
        2.0 * static_cast<double>(i) / static_cast<double>(num_chords - 1) - 1.0;
    line.push_back(middle + arch * (0.5 - x * x) + rise * x + 0.8 * random.normal());
  }
  return line;
}

/// Sets a phrase after `before`; nothing where the harmonies drawn cannot be set.
std::optional<std::vector<ChordSlot>> try_phrase(const Chorale& chorale,
                                                 const ChoralePhrase& phrase,
                                                 const std::optional<VoicingBefore>& before,
                                                 RandomStream& random) {
  const int64_t last_beats = chorale.upbeat_beats == 1 ? 1 : 2;
  const int64_t num_chords = phrase.num_beats - last_beats + 1;
  const bool is_last = phrase.cadence == Cadence::kPerfect;
  const PhraseEnd end = {phrase.cadence, is_last && random.uniform() < 0.7};
  VoicingTask task;
  task.before = before;
  for (auto& chord : draw_harmonies(phrase.key.mode, end, num_chords, random)) {
    task.chords.push_back({std::move(chord), phrase.key.tonic});
  }
  task.soprano = draw_line(task.chords.size(), random);
  if (is_last) task.last_soprano = phrase.key.tonic;
  const auto voicings = find_voicings(task, random);
  if (!voicings) return std::nullopt;
  std::vector<ChordSlot> slots;
  for (size_t i = 0; i < task.chords.size(); ++i) {
    const bool last = i + 1 == task.chords.size();
    ChordSlot slot;
    slot.chord = task.chords[i];
    slot.pitches = (*voicings)[i];
    slot.key = phrase.key;
    slot.first_beat = phrase.first_beat + static_cast<int64_t>(i);
    slot.num_beats = last ? last_beats : 1;
    slot.fermata = last;
    slots.push_back(std::move(slot));
  }
  return slots;
}

std::vector<ChordSlot> set_phrase(const Chorale& chorale,
                                  const ChoralePhrase& phrase,
                                  const std::optional<VoicingBefore>& before,
                                  RandomStream& random) {
  for (int draw = 0; draw < kMaxDraws; ++draw) {
    if (auto slots = try_phrase(chorale, phrase, before, random)) return *slots;
  }
  throw Failure(fmt::format(
      "no legal setting in {} draws of a phrase in {}", kMaxDraws, key_name(phrase.key)));
}

}  // namespace

int64_t Chorale::num_beats() const {
  return phrases.empty() ? 0 : phrases.back().first_beat + phrases.back().num_beats;
}

std::string key_name(const Key& key) {
  static const std::array<const char*, 12> major = {
      "C", "D flat", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B"};
  static const std::array<const char*, 12> minor = {"C",
                                                    "C sharp",
                                                    "D",
                                                    "E flat",
                                                    "E",
                                                    "F",
                                                    "F sharp",
                                                    "G",
                                                    "G sharp",
                                                    "A",
                                                    "B flat",
                                                    "B"};
  const auto tonic = static_cast<size_t>(key.tonic);
  return key.mode == Mode::kMajor ? std::string(major.at(tonic)) + " major"
                                  : std::string(minor.at(tonic)) + " minor";
}

Chorale compose_chorale(double seconds, RandomStream& random) {
  SEP_CHECK(seconds >= kShortestChoraleSeconds && seconds <= kLongestChoraleSeconds,
            "a chorale of {} s: wants {} to {}",
            seconds,
            kShortestChoraleSeconds,
            kLongestChoraleSeconds);
  Chorale chorale;
  chorale.seconds = seconds;
  chorale.key.tonic = static_cast<int>(random.index(12));
  chorale.key.mode = random.uniform() < 0.55 ? Mode::kMajor : Mode::kMinor;
  chorale.upbeat_beats = random.uniform() < 0.6 ? 1 : 0;
  chorale.phrases = draw_form(chorale.key, choose_num_beats(seconds, random), random);
  std::vector<ChordSlot> slots;
  for (ChoralePhrase& phrase : chorale.phrases) {
    std::optional<VoicingBefore> before;
    if (!slots.empty()) before = VoicingBefore{slots.back().chord, slots.back().pitches};
    for (auto& slot : set_phrase(chorale, phrase, before, random)) {
      phrase.harmonies.push_back(slot.chord.chord.name);
      slots.push_back(std::move(slot));
    }
  }
  add_ornaments(slots, random);
  add_ties(slots, random);
  for (size_t v = 0; v < kNumChoraleVoices; ++v) chorale.voices[v] = notes_of(slots, v);
  conduct(chorale, random);
  return chorale;
}

}  // namespace sep::music
