#include "libsep/synthesis/detail/fluid_synth.h"

#include <algorithm>
#include <mutex>
#include <string>

#include "libsep/core/error.h"

namespace sep::music {
namespace {

constexpr int kChannelsAtOnce = 16;  // MIDI's; FluidSynth wants multiples of them

// What FluidSynth has to say, of the thread that made it speak.
std::string& last_message() {
  thread_local std::string message;
  return message;
}

// Nothing may be thrown through FluidSynth: without memory the message is lost.
void keep_message(int, const char* message, void*) {
  try {
    last_message() = message;
  } catch (const std::exception&) {
    last_message().clear();
  }
}

// Making and deleting synthesizers touches FluidSynth's globals: one thread at a time.
std::mutex& setup_mutex() {
  static std::mutex mutex;
  return mutex;
}

void silence_log() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (const int level : {FLUID_PANIC, FLUID_ERR, FLUID_WARN, FLUID_INFO, FLUID_DBG}) {
      fluid_set_log_function(level, keep_message, nullptr);
    }
  });
}

}  // namespace

Synth::Synth(const std::filesystem::path& sound_font,
             const StemName& stem,
             const std::vector<int>& programs,
             int64_t sample_rate) {
  const std::lock_guard<std::mutex> lock(setup_mutex());
  silence_log();
  last_message().clear();
  settings_.reset(new_fluid_settings());
  if (!settings_) throw Failure("FluidSynth cannot be set up: " + last_message());
  configure(static_cast<int>(programs.size()), sample_rate);
  synth_.reset(new_fluid_synth(settings_.get()));
  if (!synth_) throw Failure("FluidSynth cannot be set up: " + last_message());
  load(sound_font, stem, programs);
}

Synth::~Synth() {
  const std::lock_guard<std::mutex> lock(setup_mutex());
  synth_.reset();
  settings_.reset();
}

void Synth::set(const char* name, double value) {
  fluid_settings_setnum(settings_.get(), name, value);
}

void Synth::set(const char* name, int value) {
  fluid_settings_setint(settings_.get(), name, value);
}

void Synth::configure(int num_channels, int64_t sample_rate) {
  set("synth.sample-rate", static_cast<double>(sample_rate));
  set("synth.gain", 0.5);
  set("synth.reverb.active", 0);
  set("synth.chorus.active", 0);
  set("synth.cpu-cores", 1);
  set("synth.threadsafe-api", 0);
  set("synth.lock-memory", 0);
  set("synth.polyphony", 16);
  set("synth.audio-channels", 1);
  set("synth.midi-channels",
      kChannelsAtOnce * (1 + std::max(num_channels - 1, 0) / kChannelsAtOnce));
  // Only what the player's instrument needs: a font of compressed samples (.sf3) takes
  // minutes to decode.
  set("synth.dynamic-sample-loading", 1);
}

void Synth::load(const std::filesystem::path& sound_font,
                 const StemName& stem,
                 const std::vector<int>& programs) {
  const int id = fluid_synth_sfload(get(), sound_font.c_str(), 1);
  SEP_CHECK(id != FLUID_FAILED,
            "{}: wants a sound font, found a broken one{}{}",
            sound_font.string(),
            last_message().empty() ? "" : ": ",
            last_message());
  for (size_t channel = 0; channel < programs.size(); ++channel) {
    const auto found = fluid_synth_program_select(
        get(), static_cast<int>(channel), id, 0, programs[channel]);
    SEP_CHECK(found == FLUID_OK,
              "{}: wants General MIDI's program {} for {}, found none",
              sound_font.string(),
              programs[channel] + 1,
              stem);
  }
  fluid_synth_set_interp_method(get(), -1, FLUID_INTERP_HIGHEST);
}

}  // namespace sep::music
