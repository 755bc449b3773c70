#pragma once

#include <fluidsynth.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "libsep/core/stem_name.h"

/// FluidSynth's objects with owners; compiled where FluidSynth is there. For use inside
/// this layer.
namespace sep::music {

struct DeleteSettings {
  void operator()(fluid_settings_t* settings) const { delete_fluid_settings(settings); }
};
struct DeleteSynth {
  void operator()(fluid_synth_t* synth) const { delete_fluid_synth(synth); }
};

/// A synthesizer without reverb and chorus that has a sound font's program on each of its
/// channels, from 0. One thread at a time may use it; any number may make and end theirs.
class Synth {
 public:
  /// Throws Error, naming the sound font, for a broken one and for a program of `stem` that
  /// it lacks. At most 128 programs.
  Synth(const std::filesystem::path& sound_font,
        const StemName& stem,
        const std::vector<int>& programs,
        int64_t sample_rate);
  ~Synth();
  Synth(const Synth&) = delete;
  Synth& operator=(const Synth&) = delete;

  fluid_synth_t* get() const { return synth_.get(); }

 private:
  void set(const char* name, double value);
  void set(const char* name, int value);
  void configure(int num_channels, int64_t sample_rate);
  void load(const std::filesystem::path& sound_font,
            const StemName& stem,
            const std::vector<int>& programs);

  std::unique_ptr<fluid_settings_t, DeleteSettings> settings_;
  std::unique_ptr<fluid_synth_t, DeleteSynth> synth_;
};

}  // namespace sep::music
