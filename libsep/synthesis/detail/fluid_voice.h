#pragma once

#include "libsep/synthesis/chorale_player.h"

namespace sep::music {

/// render_voice() once its arguments were checked; compiled where FluidSynth is there. For
/// use inside this layer.
///
/// FluidSynth's log goes to no stream: the first use in a process sets its log function,
/// and errors become part of the messages of Error. (A sound font that is one outside and
/// broken inside still makes FluidSynth's reader of DLS banks complain on stderr.)
Signal play_notes(const std::filesystem::path& sound_font,
                  const ChoralePlayer& player,
                  const std::vector<PlayedNote>& notes,
                  int64_t num_samples,
                  int64_t sample_rate);

/// keep_programs() once its arguments were checked.
std::shared_ptr<const void> load_programs(const std::filesystem::path& sound_font,
                                          const StemName& stem,
                                          const std::vector<int>& programs);

}  // namespace sep::music
