#include "libsep/synthesis/midi_instrument.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

#include "libsep/core/error.h"
#include "libsep/core/text.h"

namespace sep::music {
namespace {

constexpr size_t kNamesShown = 3;

// clang-format off
std::vector<MidiInstrument> make_instruments() {
  struct Row { const char* name; int lowest; int highest; };
  static constexpr std::array<Row, 128> rows = {{
      {"grand_piano", 21, 108}, {"bright_piano", 21, 108}, {"electric_grand", 21, 108},
      {"honky_tonk", 21, 108}, {"electric_piano_1", 28, 103}, {"electric_piano_2", 28, 103},
      {"harpsichord", 29, 89}, {"clavinet", 36, 96},
      {"celesta", 60, 108}, {"glockenspiel", 72, 108}, {"music_box", 60, 96},
      {"vibraphone", 53, 89}, {"marimba", 45, 96}, {"xylophone", 65, 108},
      {"tubular_bells", 60, 82}, {"dulcimer", 48, 84},
      {"drawbar_organ", 36, 96}, {"percussive_organ", 36, 96}, {"rock_organ", 36, 96},
      {"church_organ", 36, 96}, {"reed_organ", 36, 96}, {"accordion", 41, 91},
      {"harmonica", 48, 96}, {"bandoneon", 36, 91},
      {"nylon_guitar", 40, 83}, {"steel_guitar", 40, 83}, {"jazz_guitar", 40, 86},
      {"clean_guitar", 40, 86}, {"muted_guitar", 40, 86}, {"overdriven_guitar", 40, 86},
      {"distortion_guitar", 40, 86}, {"guitar_harmonics", 40, 86},
      {"acoustic_bass", 28, 60}, {"finger_bass", 28, 60}, {"pick_bass", 28, 60},
      {"fretless_bass", 28, 60}, {"slap_bass_1", 28, 60}, {"slap_bass_2", 28, 60},
      {"synth_bass_1", 28, 60}, {"synth_bass_2", 28, 60},
      {"violin", 55, 100}, {"viola", 48, 88}, {"cello", 36, 76}, {"contrabass", 28, 62},
      {"tremolo_strings", 28, 96}, {"pizzicato_strings", 28, 96}, {"harp", 24, 103},
      {"timpani", 38, 57},
      {"string_ensemble_1", 28, 96}, {"string_ensemble_2", 28, 96},
      {"synth_strings_1", 28, 96}, {"synth_strings_2", 28, 96}, {"choir", 40, 84},
      {"voice_oohs", 40, 84}, {"synth_voice", 40, 84}, {"orchestra_hit", 36, 84},
      {"trumpet", 54, 86}, {"trombone", 40, 72}, {"tuba", 28, 60},
      {"muted_trumpet", 54, 84}, {"horn", 34, 77}, {"brass_section", 36, 86},
      {"synth_brass_1", 36, 96}, {"synth_brass_2", 36, 96},
      {"soprano_sax", 56, 88}, {"alto_sax", 49, 81}, {"tenor_sax", 44, 76},
      {"baritone_sax", 36, 69}, {"oboe", 58, 91}, {"english_horn", 52, 81},
      {"bassoon", 34, 75}, {"clarinet", 50, 94},
      {"piccolo", 74, 108}, {"flute", 60, 96}, {"recorder", 60, 96}, {"pan_flute", 60, 96},
      {"bottle", 48, 84}, {"shakuhachi", 55, 84}, {"whistle", 60, 96}, {"ocarina", 60, 84},
      {"square_lead", 36, 96}, {"saw_lead", 36, 96}, {"calliope_lead", 36, 96},
      {"chiff_lead", 36, 96}, {"charang_lead", 36, 96}, {"voice_lead", 36, 96},
      {"fifths_lead", 36, 96}, {"bass_lead", 36, 96},
      {"new_age_pad", 36, 96}, {"warm_pad", 36, 96}, {"polysynth_pad", 36, 96},
      {"choir_pad", 36, 96}, {"bowed_pad", 36, 96}, {"metallic_pad", 36, 96},
      {"halo_pad", 36, 96}, {"sweep_pad", 36, 96},
      {"rain", 36, 96}, {"soundtrack", 36, 96}, {"crystal", 36, 96}, {"atmosphere", 36, 96},
      {"brightness", 36, 96}, {"goblins", 36, 96}, {"echoes", 36, 96}, {"sci_fi", 36, 96},
      {"sitar", 48, 77}, {"banjo", 48, 86}, {"shamisen", 50, 79}, {"koto", 55, 84},
      {"kalimba", 48, 79}, {"bagpipe", 57, 79}, {"fiddle", 55, 96}, {"shanai", 48, 72},
      {"tinkle_bell", 72, 84}, {"agogo", 60, 72}, {"steel_drums", 52, 76},
      {"woodblock", 48, 60}, {"taiko", 36, 48}, {"melodic_tom", 36, 60},
      {"synth_drum", 36, 60}, {"reverse_cymbal", 48, 60},
      {"fret_noise", 48, 60}, {"breath_noise", 48, 60}, {"seashore", 48, 60},
      {"bird_tweet", 60, 72}, {"telephone", 60, 72}, {"helicopter", 48, 60},
      {"applause", 48, 60}, {"gunshot", 48, 60}}};
  std::vector<MidiInstrument> instruments;
  for (const Row& row : rows) {
    const auto program = static_cast<int>(instruments.size());
    instruments.push_back({row.name, program, row.lowest, row.highest});
  }
  return instruments;
}
// clang-format on

const std::map<std::string, std::string>& other_names() {
  static const std::map<std::string, std::string> names = {{"piano", "grand_piano"},
                                                           {"guitar", "nylon_guitar"},
                                                           {"organ", "church_organ"},
                                                           {"bass", "acoustic_bass"},
                                                           {"double_bass", "contrabass"},
                                                           {"strings", "string_ensemble_1"},
                                                           {"voice", "choir"},
                                                           {"french_horn", "horn"},
                                                           {"cor_anglais", "english_horn"}};
  return names;
}

// Bach10's saxophone: played on the tenor's program, in the range of its part.
const MidiInstrument& saxophone() {
  static const MidiInstrument instrument = {"saxphone", 66, 44, 81};
  return instrument;
}

std::vector<std::string> all_names() {
  std::vector<std::string> names = {"saxophone"};
  for (const auto& instrument : midi_instruments()) names.push_back(instrument.name);
  for (const auto& [name, meant] : other_names()) names.push_back(name);
  return names;
}

}  // namespace

const std::vector<MidiInstrument>& midi_instruments() {
  static const std::vector<MidiInstrument> instruments = make_instruments();
  return instruments;
}

const MidiInstrument& find_midi_instrument(const std::string& name) {
  if (name == "saxophone" || name == saxophone().name) return saxophone();
  const auto other = other_names().find(name);
  const std::string& wanted = other == other_names().end() ? name : other->second;
  const auto& instruments = midi_instruments();
  const auto found =
      std::find_if(instruments.begin(), instruments.end(), [&](const auto& instrument) {
        return instrument.name == wanted;
      });
  if (found == instruments.end()) {
    auto near = nearest_first(name, all_names());
    near.resize(kNamesShown);
    throw Error(fmt::format("player {}: wants an instrument of General MIDI, as {}",
                            shown_text(name),
                            fmt::join(near, ", ")));
  }
  return *found;
}

std::string pitch_name(int pitch) {
  static constexpr std::array<const char*, 12> names = {
      "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"};
  return fmt::format("{}{}", names[static_cast<size_t>(pitch % 12)], pitch / 12 - 1);
}

}  // namespace sep::music
