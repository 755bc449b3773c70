// Strict YAML over the options of the layers without LibTorch; after a zero byte, which
// no document has, comes an override, key=value. What is read is written and read again:
// the same.
#include "libsep/core/config.h"
#include "libsep/core/kind.h"
#include "libsep/data/dataset.h"
#include "libsep/data/fold.h"
#include "libsep/dsp/stft.h"
#include "libsep/mixing/mixture_draw.h"
#include "tests/fuzz/target.h"

namespace {

struct Melody {
  std::vector<int64_t> notes = {1, 2};

  template <class Archive>
  void visit(Archive& archive) {
    archive("notes", notes);
  }
};

sep::Registry<int()>& voices();

struct Chord {
  double weight = 1.0;
  std::vector<sep::Kind<voices>> voice = {sep::Kind<voices>("melody")};

  template <class Archive>
  void visit(Archive& archive) {
    archive("weight", weight);
    archive("voice", voice);
  }
};

sep::Registry<int()>& voices() {
  static sep::Registry<int()> registry("voice");
  if (registry.names().empty()) {
    registry.add<Melody>("melody", "", [](const Melody&) { return 0; });
    registry.add<Chord>("chord", "", [](const Chord&) { return 0; });
  }
  return registry;
}

struct Options {
  std::string title;
  int64_t seed = 0;
  sep::DataOptions data;
  sep::SplitOptions split;
  sep::StftOptions stft;
  sep::MixtureOptions mixtures;
  sep::Kind<voices> voice{"melody"};
  std::vector<Chord> chords;

  static sep::ConfigAliases aliases() {
    return {{"notes", "voice.notes"}, {"chord", "chords"}};
  }

  template <class Archive>
  void visit(Archive& archive) {
    archive("title", title);
    archive("seed", seed);
    archive("data", data);
    archive("split", split);
    archive("stft", stft);
    archive("mixtures", mixtures);
    archive("voice", voice);
    archive("chords", chords);
  }
};

}  // namespace

void fuzz_bytes(std::string_view bytes) {
  const size_t zero = bytes.find('\0');
  fuzz_read([&] {
    std::vector<sep::ConfigOverride> overrides;
    if (zero != std::string_view::npos) {
      overrides.push_back(sep::parse_override(std::string(bytes.substr(zero + 1))));
    }
    const std::string text(bytes.substr(0, zero));
    const auto options = sep::parse_config<Options>(text, "fuzzed", overrides);
    const auto written = sep::write_config(options);
    const auto again = sep::parse_config<Options>(written, "written");
    fuzz_check(sep::write_config(again) == written, "read back, other settings");
  });
}
