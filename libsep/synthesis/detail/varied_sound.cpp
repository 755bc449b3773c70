#include "libsep/synthesis/detail/varied_sound.h"

#include "libsep/synthesis/detail/room.h"
#include "libsep/synthesis/detail/varied_level.h"
#include "libsep/synthesis/detail/varied_noise.h"
#include "libsep/synthesis/detail/varied_spectrum.h"

namespace sep::music {
namespace {

void vary_spectrum(Signal& signal,
                   const std::vector<PlayedNote>& notes,
                   const Variations& variations,
                   uint64_t seed,
                   const std::vector<int64_t>& indices) {
  RandomStream equalizer_random(seed, "data/chorale/vary/equalization", indices);
  RandomStream timbre_random(seed, "data/chorale/vary/spectrum", indices);
  const auto equalizer = draw_equalizer(variations.equalization, equalizer_random);
  const auto timbre = draw_timbre(notes, variations.timbre, timbre_random);
  shape_spectrum(signal, equalizer, timbre, timbre_random);
}

void vary_room(Signal& signal,
               double amount,
               uint64_t seed,
               const std::vector<int64_t>& indices) {
  RandomStream room_random(seed, "data/chorale/vary/room", {indices.front()});
  RandomStream place_random(seed, "data/chorale/vary/place", indices);
  const Room room = draw_room(room_random);
  add_room(signal, room, draw_place(room, place_random), amount);
}

}  // namespace

void vary_sound(Signal& signal,
                const std::vector<PlayedNote>& notes,
                const Variations& variations,
                uint64_t seed,
                const std::vector<int64_t>& indices) {
  if (variations.levels > 0.0) {
    RandomStream random(seed, "data/chorale/vary/levels", indices);
    vary_levels(signal, notes, variations.levels, random);
  }
  if (variations.timbre > 0.0 || variations.equalization > 0.0) {
    vary_spectrum(signal, notes, variations, seed, indices);
  }
  RandomStream noise_random(seed, "data/chorale/vary/noise", indices);
  if (variations.noise > 0.0) add_breath(signal, notes, variations.noise, noise_random);
  if (variations.room > 0.0) vary_room(signal, variations.room, seed, indices);
  if (variations.noise > 0.0) add_floor(signal, variations.noise, noise_random);
}

}  // namespace sep::music
