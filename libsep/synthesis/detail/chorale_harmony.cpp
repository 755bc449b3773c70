#include "libsep/synthesis/detail/chorale_harmony.h"

#include <algorithm>
#include <sstream>

#include "libsep/core/error.h"

namespace sep::music {
namespace {

Chord chord(const char* name,
            std::vector<int> tones,
            size_t bass,
            int leading,
            const std::string& successors) {
  Chord result{name, std::move(tones), bass, leading, {}};
  std::istringstream words(successors);
  for (std::string word; words >> word;) result.successors.push_back(word);
  return result;
}

// No fifth of a triad in the bass; diminished triads in first inversion alone. V/V leads
// to V and not to V7, whose seventh would cancel its leading tone.
std::vector<Chord> major_chords() {
  return {
      chord("I",
            {0, 4, 7},
            0,
            -1,
            "I I6 I6 ii ii6 ii6 ii65 IV IV IV IV6 V V V V6 V6 V7 V65 V42 vi vi vi vii6 "
            "V/V V65/V V65/IV V65/vi V65/ii"),
      chord("I6",
            {0, 4, 7},
            1,
            -1,
            "I I ii ii6 ii65 IV IV IV V V V7 vi vii6 vii6 V65/V V65/IV V65/ii"),
      chord("ii", {2, 5, 9}, 0, -1, "V V V V7 V7 V6 V65 V42 ii6 vii6"),
      chord("ii6", {2, 5, 9}, 1, -1, "V V V V7 V42 vii6 V65"),
      chord("ii65", {2, 5, 9, 0}, 1, -1, "V V V V7 V65/V"),
      chord("IV", {5, 9, 0}, 0, -1, "I I6 V V V V7 V6 V42 ii ii6 ii65 vii6 V65/V V65"),
      chord("IV6", {5, 9, 0}, 1, -1, "V V V6 V65 ii65 I"),
      chord("V", {7, 11, 2}, 0, 1, "I I I I I6 I6 V7 V42 V6 vi vi IV6 V"),
      chord("V6", {7, 11, 2}, 1, 1, "I I I V65"),
      chord("V7", {7, 11, 2, 5}, 0, 1, "I I I vi"),
      chord("V65", {7, 11, 2, 5}, 1, 1, "I"),
      chord("V42", {7, 11, 2, 5}, 3, 1, "I6"),
      chord(
          "vi", {9, 0, 4}, 0, -1, "ii ii ii6 ii65 ii65 IV IV IV6 V V6 I6 V65/V V/V V65/ii"),
      chord("vii6", {11, 2, 5}, 1, 0, "I I I6 I6"),
      chord("V/V", {2, 6, 9}, 0, 1, "V"),
      chord("V65/V", {2, 6, 9, 0}, 1, 1, "V"),
      chord("V65/IV", {0, 4, 7, 10}, 1, 1, "IV"),
      chord("V65/vi", {4, 8, 11, 2}, 1, 1, "vi"),
      chord("V65/ii", {9, 1, 4, 7}, 1, 1, "ii")};
}

std::vector<Chord> minor_chords() {
  return {
      chord("i",
            {0, 3, 7},
            0,
            -1,
            "i i6 i6 iio6 iio65 iio65 iv iv iv iv6 V V V V6 V6 V7 V65 V42 VI VI viio6 III "
            "VII V65/III V65/iv"),
      chord("i6", {0, 3, 7}, 1, -1, "i i iio6 iio65 iv iv iv V V V7 VI viio6 V65/iv"),
      chord("iio6", {2, 5, 8}, 1, -1, "V V V V7 V42 viio6"),
      chord("iio65", {2, 5, 8, 0}, 1, -1, "V V V V7"),
      chord("iv", {5, 8, 0}, 0, -1, "i i6 V V V V7 V6 V42 iio6 iio65 viio6 V65 VII"),
      chord("iv6", {5, 8, 0}, 1, -1, "V V V iio65 i"),
      chord("V", {7, 11, 2}, 0, 1, "i i i i i6 i6 V7 V42 V6 VI VI V"),
      chord("V6", {7, 11, 2}, 1, 1, "i i i V65"),
      chord("V7", {7, 11, 2, 5}, 0, 1, "i i i VI"),
      chord("V65", {7, 11, 2, 5}, 1, 1, "i"),
      chord("V42", {7, 11, 2, 5}, 3, 1, "i6"),
      chord("VI", {8, 0, 3}, 0, -1, "iio6 iio65 iio65 iv iv V V III i6 V65/iv"),
      chord("viio6", {11, 2, 5}, 1, 0, "i i i6 i6"),
      chord("III", {3, 7, 10}, 0, -1, "VI VI iv iv iio6 i6 VII"),
      chord("VII", {10, 2, 5}, 0, -1, "III"),
      chord("V65/III", {10, 2, 5, 8}, 1, 1, "III"),
      chord("V65/iv", {0, 4, 7, 10}, 1, 1, "iv"),
      chord("I", {0, 4, 7}, 0, -1, "")};
}

bool is_dominant(const std::string& name) { return name == "V" || name == "V7"; }

// The last chord and what may stand before it.
std::string last_chord(Mode mode, const PhraseEnd& end) {
  if (end.cadence == Cadence::kHalf) return "V";
  return mode == Mode::kMajor || end.picardy ? "I" : "i";
}

bool may_stand_before_last(const std::string& name, Cadence cadence) {
  return cadence == Cadence::kHalf ? !is_dominant(name) && name != "V6" : is_dominant(name);
}

bool follows(Mode mode,
             const std::string& name,
             const std::string& next,
             bool last,
             const PhraseEnd& end) {
  if (last) {
    if (next != last_chord(mode, end) || !may_stand_before_last(name, end.cadence)) {
      return false;
    }
    if (end.cadence != Cadence::kHalf)
      return true;  // the Picardy third has no other way in
  }
  const auto& successors = find_chord(mode, name).successors;
  return std::find(successors.begin(), successors.end(), next) != successors.end();
}

/// reachable[i][c]: whether chord c at place i can still come to the cadence.
std::vector<std::vector<bool>> reachable_places(Mode mode,
                                                const PhraseEnd& end,
                                                size_t num_chords) {
  const auto& chords = chords_of(mode);
  std::vector<std::vector<bool>> reachable(num_chords,
                                           std::vector<bool>(chords.size(), false));
  for (size_t c = 0; c < chords.size(); ++c) {
    reachable.back()[c] = chords[c].name == last_chord(mode, end);
  }
  for (size_t i = num_chords - 1; i-- > 0;) {
    for (size_t c = 0; c < chords.size(); ++c) {
      for (size_t next = 0; next < chords.size(); ++next) {
        if (reachable[i + 1][next] &&
            follows(mode, chords[c].name, chords[next].name, i + 2 == num_chords, end)) {
          reachable[i][c] = true;
        }
      }
    }
  }
  return reachable;
}

size_t index_of(Mode mode, const std::string& name) {
  const auto& chords = chords_of(mode);
  const auto found = std::find_if(
      chords.begin(), chords.end(), [&](const Chord& c) { return c.name == name; });
  SEP_CHECK(found != chords.end(), "no chord {} in this mode", name);
  return static_cast<size_t>(found - chords.begin());
}

}  // namespace

const std::vector<Chord>& chords_of(Mode mode) {
  static const std::vector<Chord> major = major_chords();
  static const std::vector<Chord> minor = minor_chords();
  return mode == Mode::kMajor ? major : minor;
}

const Chord& find_chord(Mode mode, const std::string& name) {
  return chords_of(mode)[index_of(mode, name)];
}

std::vector<Chord> draw_harmonies(Mode mode,
                                  const PhraseEnd& end,
                                  int64_t num_chords,
                                  RandomStream& random) {
  SEP_CHECK(num_chords >= 3, "{} chords in a phrase, wanted 3 or more", num_chords);
  const auto reachable = reachable_places(mode, end, static_cast<size_t>(num_chords));
  const std::string tonic = mode == Mode::kMajor ? "I" : "i";
  std::vector<std::string> candidates = {tonic, tonic, tonic, tonic + "6", "V"};
  std::vector<Chord> harmonies;
  for (size_t i = 0; i < reachable.size(); ++i) {
    if (i + 1 == reachable.size()) candidates = {last_chord(mode, end)};
    const auto dead = [&](const std::string& name) {
      return !reachable[i][index_of(mode, name)];
    };
    candidates.erase(std::remove_if(candidates.begin(), candidates.end(), dead),
                     candidates.end());
    const auto drawn = random.index(static_cast<int64_t>(candidates.size()));
    harmonies.push_back(find_chord(mode, candidates[static_cast<size_t>(drawn)]));
    candidates = harmonies.back().successors;
  }
  return harmonies;
}

}  // namespace sep::music
