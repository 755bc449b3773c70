// Strict YAML over the options of the layers without LibTorch; after a zero byte, which
// no document has, comes an override, key=value. What is read is written and read again:
// the same.
#include "libsep/core/config.h"
#include "libsep/data/dataset.h"
#include "libsep/data/fold.h"
#include "libsep/dsp/stft.h"
#include "libsep/mixing/mixture_draw.h"
#include "tests/fuzz/target.h"

namespace {

struct Options {
  std::string title;
  int64_t seed = 0;
  sep::DatasetLayout layout = sep::DatasetLayout::kAuto;
  sep::SplitOptions split;
  sep::StftOptions stft;
  sep::MixtureOptions mixtures;

  template <class Archive>
  void visit(Archive& archive) {
    archive("title", title);
    archive("seed", seed);
    archive("layout", layout);
    archive("split", split);
    archive("stft", stft);
    archive("mixtures", mixtures);
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
