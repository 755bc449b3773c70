#pragma once

#include <filesystem>

namespace sep {

/// Whether this libsep was built with FluidSynth, which plays the chorales.
bool has_fluidsynth();

/// "/usr/share/sounds/sf2/TimGM6mb.sf2", of Debian's package timgm6mb-soundfont.
std::filesystem::path default_sound_font();

/// Throws Error, naming the file, unless it is there, a SoundFont 2 by its header and as
/// long as that says.
void check_sound_font(const std::filesystem::path& path);

}  // namespace sep
