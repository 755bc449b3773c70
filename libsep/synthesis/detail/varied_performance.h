#pragma once

#include <vector>

#include "libsep/core/random.h"
#include "libsep/synthesis/chorale_player.h"
#include "libsep/synthesis/variation.h"

/// What differs from player to player and note to note before a sound is made. For use
/// inside this layer.
namespace sep::music {

/// Moves all notes of the chorale, and its keys, by a number of semitones that is uniform
/// in -3 … 6 times the amount and such that every voice stays in its player's range.
void transpose_by_chance(Chorale& chorale,
                         const std::vector<ChoralePlayer>& players,
                         double amount,
                         RandomStream& random);

/// The player's own program, or with a chance of half the amount one of those near it in
/// whose range the notes lie, at most three semitones beyond.
int draw_program(const ChoralePlayer& player,
                 const std::vector<ChoraleNote>& notes,
                 double amount,
                 RandomStream& random);

/// Varies a performance, each subject by its own stream of `seed`: articulation, tuning,
/// vibrato, timbre (velocity and key_shift). `indices` are those of piece and part. Notes
/// stay in order and within `seconds`.
void vary_performance(std::vector<PlayedNote>& notes,
                      const ChoralePlayer& player,
                      const Variations& variations,
                      double seconds,
                      uint64_t seed,
                      const std::vector<int64_t>& indices);

}  // namespace sep::music
