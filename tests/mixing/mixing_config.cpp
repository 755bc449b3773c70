#include "libsep/mixing/mixing_config.h"

#include "tests/support/audio_files.h"
#include "tests/support/catch.h"

using namespace sep;

namespace {

MixingConfig parse(const std::string& text,
                   const std::vector<ConfigOverride>& overrides = {}) {
  return parse_config<MixingConfig>(text, "x.yaml", overrides);
}

}  // namespace

TEST_CASE("what does not decide mixtures is known and left alone", "[mixing][config]") {
  const auto config = parse(
      "title: E\nstft: {hop: 3}\ntrain: [1, 2]\nmodel:\n"
      "mixtures: {num_train: 3}\nsplit: {train: [a], validation: [b], test: [c]}\n",
      {parse_override("train.num_epochs=9"), parse_override("mixtures.seconds=2")});
  CHECK(config.mixtures.num_train == 3);
  CHECK(config.mixtures.seconds == 2.0);
  CHECK(config.split.test == std::vector<std::string>{"c"});
}

TEST_CASE("what decides mixtures is read strictly", "[mixing][config][failure]") {
  const auto message = [](const std::string& text) {
    return message_of([&] { parse(text); });
  };
  CHECK(message("mixtures:\n  seconds: 0\n").find("x.yaml:2: mixtures.seconds = 0") == 0);
  CHECK(message("mixtures:\n  second: 1\n") ==
        "x.yaml:2: mixtures.second is no setting; did you mean mixtures.seconds?");
  CHECK(message("data: {layout: none}\n").find("x.yaml:1: data.layout = none: no layout") ==
        0);
  CHECK(message("split: {train: [a]}\n").find("x.yaml:1: split.validation") == 0);
  CHECK(message("trian: {}\n") == "x.yaml:1: trian is no setting; did you mean train?");
}
