#include "libsep/synthesis/sound_font.h"

#include <array>
#include <fstream>
#include <string_view>
#include <system_error>

#include "libsep/core/error.h"

namespace sep {

bool has_fluidsynth() {
#ifdef LIBSEP_HAS_FLUIDSYNTH
  return true;
#else
  return false;
#endif
}

std::filesystem::path default_sound_font() { return "/usr/share/sounds/sf2/TimGM6mb.sf2"; }

// A file that is no sound font outside would go to FluidSynth's reader of DLS banks, which
// complains on stderr.
void check_sound_font(const std::filesystem::path& path) {
  std::error_code error;
  SEP_CHECK(std::filesystem::is_regular_file(path, error),
            "{}: wants a sound font, found {}",
            path.string(),
            std::filesystem::exists(path, error) ? "no file" : "nothing");
  std::array<char, 12> head = {};
  std::ifstream(path, std::ios::binary).read(head.data(), head.size());
  const std::string_view text(head.data(), head.size());
  SEP_CHECK(text.substr(0, 4) == "RIFF" && text.substr(8) == "sfbk",
            "{}: wants a sound font (RIFF, sfbk), found something else",
            path.string());
  uint64_t size = 8;
  for (size_t i = 0; i < 4; ++i) {
    size += static_cast<uint64_t>(static_cast<uint8_t>(head[4 + i])) << (8 * i);
  }
  const uint64_t found = std::filesystem::file_size(path, error);
  SEP_CHECK(found >= size,
            "{}: wants a sound font of {} bytes, found {}",
            path.string(),
            size,
            found);
}

}  // namespace sep
