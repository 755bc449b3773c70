#pragma once

#include <vector>

#include "libsep/core/random.h"
#include "libsep/core/signal.h"

/// Short synthetic reverberation. For use inside this layer.
namespace sep {

/// A room that all players of a piece are in. Its tail is a network of delay lines that
/// feed each other through a Hadamard matrix H, each with a gain and a low-pass filter
/// (Jot and Chaigne, AES 90, 1991):
///
///     s_i[n] = x[n] + sum_j H_ij g_j lowpass(s_j[n - d_j]),   g_j = 10^(-3 d_j / T60)
struct Room {
  double decay_seconds = 0.4;  ///< T60
  double size = 1.0;           ///< of all delays; 1: lines of 13 to 40 ms
  double damping = 0.3;        ///< of the low-pass filter, 0 … 0.9
};

/// Where a player stands in it.
struct RoomPlace {
  struct Reflection {
    double seconds;
    double gain;
  };
  std::vector<Reflection> early;
  double early_db = -15.0;  ///< beside the direct sound's RMS
  double late_db = -20.0;
};

/// T60 0.12 to 1.2 s, even on a logarithmic scale.
Room draw_room(RandomStream& random);

/// 6 to 12 early reflections within 2 to 45 ms times the size, and levels as a near
/// microphone has them: tail 10 to 32 dB below the direct sound, reflections 6 to 24.
RoomPlace draw_place(const Room& room, RandomStream& random);

/// Adds what the room gives back; `amount` is a factor on it. Mono, at any rate, in place.
void add_room(Signal& signal, const Room& room, const RoomPlace& place, double amount);

}  // namespace sep
