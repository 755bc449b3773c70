// separate MODEL IN OUT: one instrument out of a recording, by libsep::libsep.
#include <libsep/libsep.h>

int main(int, char** argv) {
  const auto separator = sep::Separator::load(argv[1]);
  for (const auto& [name, stem] : separator.separate(sep::read_audio(argv[2]))) {
    sep::write_audio(argv[3], stem, sep::SampleFormat::kFloat32);
  }
}
