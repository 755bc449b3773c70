#pragma once

#include <cstdint>
#include <filesystem>

#include "libsep/core/progress.h"
#include "libsep/synthesis/chorale_dataset.h"
#include "libsep/synthesis/synthetic.h"

/// Fills `folder` (new or empty) with a small synthetic dataset laid out as Bach10:
/// 01-Synthetic, 02-Synthetic, …; links the data layer.
inline void write_pieces(const std::filesystem::path& folder,
                         int64_t num_pieces,
                         double seconds,
                         int64_t sample_rate = 44100,
                         uint64_t seed = 1) {
  sep::SyntheticOptions options;
  options.num_pieces = num_pieces;
  options.seconds = seconds;
  options.sample_rate = sample_rate;
  options.seed = seed;
  sep::Progress silent;
  sep::synthesize_pieces(folder, options, silent);
}

/// The same of music: chorales of at least 2 s, where they can be played here, else as
/// write_pieces(). Names differ: 01-ChoraleInGMajor.
inline void write_music(const std::filesystem::path& folder,
                        int64_t num_pieces,
                        double seconds) {
  sep::ChoraleOptions options;
  if (!sep::has_fluidsynth() || !std::filesystem::exists(options.sound_fonts.front())) {
    write_pieces(folder, num_pieces, seconds);
    return;
  }
  options.num_pieces = num_pieces;
  options.seconds = seconds;
  sep::Progress silent;
  sep::synthesize_chorales(folder, options, silent);
}
