#include "libsep/synthesis/detail/fluid_voice.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "libsep/synthesis/detail/fluid_synth.h"

namespace sep::music {
namespace {

constexpr int64_t kBlock = 64;  // FluidSynth's own: events take effect between blocks
constexpr int64_t kAnyRate = 44100;
constexpr double kTwoPi = 6.283185307179586;
constexpr double kBendRange = 2.0;  // semitones; General MIDI's
constexpr int kExpression = 11;     // control change
constexpr int kVariedChannels = 4;  // a note dies away as it was bent

int64_t block_of(double seconds, int64_t sample_rate) {
  return std::llround(seconds * static_cast<double>(sample_rate) /
                      static_cast<double>(kBlock));
}

double curve_cents(const PlayedNote& note, double seconds) {
  if (note.pitch_curve.empty()) return 0.0;
  const auto at = static_cast<size_t>(seconds / PlayedNote::kCurveSeconds);
  return static_cast<double>(note.pitch_curve[std::min(at, note.pitch_curve.size() - 1)]);
}

/// The pitch wheel, 0 … 16383, `seconds` into a note.
int wheel(const PlayedNote& note, double seconds) {
  const double vibrating = seconds - note.vibrato_delay;
  const double rise = std::clamp(vibrating / note.vibrato_rise, 0.0, 1.0);
  const double phase = kTwoPi * note.vibrato_hz * vibrating;
  const double cents =
      note.cents + note.vibrato_cents * rise * std::sin(phase) + curve_cents(note, seconds);
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

bool is_varied(const PlayedNote& note) {
  return note.key_shift != 0 || !note.pitch_curve.empty();
}

int channels_for(const std::vector<PlayedNote>& notes) {
  return std::any_of(notes.begin(), notes.end(), is_varied) ? kVariedChannels : 1;
}

// One player's part, a block at a time: one note sounds, the one before it dies away.
class Part {
 public:
  Part(const Synth& synth,
       const ChoralePlayer& player,
       const std::vector<PlayedNote>& notes,
       int64_t sample_rate)
      : synth_(synth.get()),
        player_(player),
        notes_(notes),
        sample_rate_(sample_rate),
        num_channels_(channels_for(notes)) {}

  void send_events(int64_t block) {
    if (sounding_ && block >= end_block()) stop();
    while (next_ < notes_.size() &&
           block_of(notes_[next_].onset_seconds, sample_rate_) <= block) {
      if (sounding_) stop();
      channel_ = static_cast<int>(next_) % num_channels_;
      current_ = &notes_[next_++];
      send_controls(block);
      if (num_channels_ > 1) {
        fluid_synth_set_gen(
            synth_, channel_, GEN_COARSETUNE, static_cast<float>(-current_->key_shift));
      }
      fluid_synth_noteon(synth_, channel_, key(), current_->velocity);
      sounding_ = true;
    }
    if (sounding_) send_controls(block);
  }

 private:
  int key() const { return current_->pitch + current_->key_shift; }
  int64_t end_block() const {
    return block_of(current_->onset_seconds + current_->duration_seconds, sample_rate_);
  }
  void stop() {
    fluid_synth_noteoff(synth_, channel_, key());
    sounding_ = false;
  }
  void send_controls(int64_t block) {
    const double now =
        static_cast<double>(block * kBlock) / static_cast<double>(sample_rate_);
    const double into = std::max(0.0, now - current_->onset_seconds);
    fluid_synth_pitch_bend(synth_, channel_, wheel(*current_, into));
    fluid_synth_cc(synth_, channel_, kExpression, expression(*current_, player_, into));
  }

  fluid_synth_t* synth_;
  const ChoralePlayer& player_;
  const std::vector<PlayedNote>& notes_;
  int64_t sample_rate_;
  int num_channels_;
  int channel_ = 0;
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
  const std::vector<int> programs(static_cast<size_t>(channels_for(notes)), player.program);
  const Synth synth(sound_font, player.stem, programs, sample_rate);
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

// FluidSynth keeps the samples that any synthesizer has loaded for all others.
std::shared_ptr<const void> load_programs(const std::filesystem::path& sound_font,
                                          const StemName& stem,
                                          const std::vector<int>& programs) {
  return std::make_shared<const Synth>(sound_font, stem, programs, kAnyRate);
}

}  // namespace sep::music
