#include "libsep/synthesis/detail/fluid_voice.h"

#include <fluidsynth.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <string>

#include "libsep/core/error.h"

namespace sep::music {
namespace {

constexpr int kChannel = 0;
constexpr int64_t kBlock = 64;  // FluidSynth's own: events take effect between blocks
constexpr double kTwoPi = 6.283185307179586;
constexpr double kBendRange = 2.0;  // semitones; General MIDI's
constexpr double kVibratoDelay = 0.15;
constexpr double kVibratoRise = 0.25;
constexpr int kExpression = 11;  // control change

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

struct DeleteSettings {
  void operator()(fluid_settings_t* settings) const { delete_fluid_settings(settings); }
};
struct DeleteSynth {
  void operator()(fluid_synth_t* synth) const { delete_fluid_synth(synth); }
};

void silence_log() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (const int level : {FLUID_PANIC, FLUID_ERR, FLUID_WARN, FLUID_INFO, FLUID_DBG}) {
      fluid_set_log_function(level, keep_message, nullptr);
    }
  });
}

class Synth {
 public:
  Synth(const std::filesystem::path& sound_font,
        const ChoralePlayer& player,
        int64_t sample_rate) {
    const std::lock_guard<std::mutex> lock(setup_mutex());
    silence_log();
    last_message().clear();
    settings_.reset(new_fluid_settings());
    if (!settings_) throw Failure("FluidSynth cannot be set up: " + last_message());
    set("synth.sample-rate", static_cast<double>(sample_rate));
    set("synth.gain", 0.5);
    set("synth.reverb.active", 0);
    set("synth.chorus.active", 0);
    set("synth.cpu-cores", 1);
    set("synth.threadsafe-api", 0);
    set("synth.lock-memory", 0);
    set("synth.polyphony", 16);
    set("synth.audio-channels", 1);
    // Only what the player's instrument needs: a font of compressed samples (.sf3) takes
    // minutes to decode.
    set("synth.dynamic-sample-loading", 1);
    synth_.reset(new_fluid_synth(settings_.get()));
    if (!synth_) throw Failure("FluidSynth cannot be set up: " + last_message());
    load(sound_font, player);
  }
  ~Synth() {
    const std::lock_guard<std::mutex> lock(setup_mutex());
    synth_.reset();
    settings_.reset();
  }
  Synth(const Synth&) = delete;
  Synth& operator=(const Synth&) = delete;

  fluid_synth_t* get() const { return synth_.get(); }

 private:
  void set(const char* name, double value) {
    fluid_settings_setnum(settings_.get(), name, value);
  }
  void set(const char* name, int value) {
    fluid_settings_setint(settings_.get(), name, value);
  }

  void load(const std::filesystem::path& sound_font, const ChoralePlayer& player) {
    const int id = fluid_synth_sfload(get(), sound_font.c_str(), 1);
    SEP_CHECK(id != FLUID_FAILED,
              "{}: wants a sound font, found a broken one{}{}",
              sound_font.string(),
              last_message().empty() ? "" : ": ",
              last_message());
    const auto found = fluid_synth_program_select(get(), kChannel, id, 0, player.program);
    SEP_CHECK(found == FLUID_OK,
              "{}: wants General MIDI's program {} for {}, found none",
              sound_font.string(),
              player.program + 1,
              player.stem);
    fluid_synth_set_interp_method(get(), -1, FLUID_INTERP_HIGHEST);
  }

  std::unique_ptr<fluid_settings_t, DeleteSettings> settings_;
  std::unique_ptr<fluid_synth_t, DeleteSynth> synth_;
};

int64_t block_of(double seconds, int64_t sample_rate) {
  return std::llround(seconds * static_cast<double>(sample_rate) /
                      static_cast<double>(kBlock));
}

/// The pitch wheel, 0 … 16383, `seconds` into a note.
int wheel(const PlayedNote& note, double seconds) {
  const double rise = std::clamp((seconds - kVibratoDelay) / kVibratoRise, 0.0, 1.0);
  const double phase = kTwoPi * note.vibrato_hz * (seconds - kVibratoDelay);
  const double cents = note.cents + note.vibrato_cents * rise * std::sin(phase);
  const double bend = 8192.0 * (1.0 + cents / (100.0 * kBendRange));
  return static_cast<int>(std::lround(std::clamp(bend, 0.0, 16383.0)));
}

/// Expression, 0 … 127, `seconds` into a note: rises over the attack, then falls slowly.
int expression(const PlayedNote& note, const ChoralePlayer& player, double seconds) {
  const double attack =
      player.attack_seconds > 0.0 ? std::min(1.0, seconds / player.attack_seconds) : 1.0;
  const double part = std::clamp(seconds / note.duration_seconds, 0.0, 1.0);
  const double level = (0.6 + 0.4 * attack) * (1.0 - note.swell * part * part);
  return static_cast<int>(std::lround(127.0 * level));
}

// One player's part, a block at a time: one note sounds, the one before it dies away.
class Part {
 public:
  Part(const Synth& synth,
       const ChoralePlayer& player,
       const std::vector<PlayedNote>& notes,
       int64_t sample_rate)
      : synth_(synth.get()), player_(player), notes_(notes), sample_rate_(sample_rate) {}

  void send_events(int64_t block) {
    if (sounding_ && block >= end_block()) stop();
    while (next_ < notes_.size() &&
           block_of(notes_[next_].onset_seconds, sample_rate_) <= block) {
      if (sounding_) stop();
      current_ = &notes_[next_++];
      send_controls(block);
      fluid_synth_noteon(synth_, kChannel, current_->pitch, current_->velocity);
      sounding_ = true;
    }
    if (sounding_) send_controls(block);
  }

 private:
  int64_t end_block() const {
    return block_of(current_->onset_seconds + current_->duration_seconds, sample_rate_);
  }
  void stop() {
    fluid_synth_noteoff(synth_, kChannel, current_->pitch);
    sounding_ = false;
  }
  void send_controls(int64_t block) {
    const double now =
        static_cast<double>(block * kBlock) / static_cast<double>(sample_rate_);
    const double into = std::max(0.0, now - current_->onset_seconds);
    fluid_synth_pitch_bend(synth_, kChannel, wheel(*current_, into));
    fluid_synth_cc(synth_, kChannel, kExpression, expression(*current_, player_, into));
  }

  fluid_synth_t* synth_;
  const ChoralePlayer& player_;
  const std::vector<PlayedNote>& notes_;
  int64_t sample_rate_;
  size_t next_ = 0;
  const PlayedNote* current_ = nullptr;
  bool sounding_ = false;
};

}  // namespace

Signal play_notes(const std::filesystem::path& sound_font,
                  const ChoralePlayer& player,
                  const std::vector<PlayedNote>& notes,
                  int64_t num_samples,
                  int64_t sample_rate) {
  const Synth synth(sound_font, player, sample_rate);
  Part part(synth, player, notes, sample_rate);
  Signal signal = make_silence(1, num_samples, sample_rate);
  std::array<float, kBlock> left;
  std::array<float, kBlock> right;
  for (int64_t n = 0; n < num_samples; n += kBlock) {
    part.send_events(n / kBlock);
    fluid_synth_write_float(
        synth.get(), static_cast<int>(kBlock), left.data(), 0, 1, right.data(), 0, 1);
    const auto count = static_cast<size_t>(std::min(kBlock, num_samples - n));
    for (size_t i = 0; i < count; ++i) {
      signal.samples[static_cast<size_t>(n) + i] = 0.5F * (left[i] + right[i]);
    }
  }
  return signal;
}

}  // namespace sep::music
