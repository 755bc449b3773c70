#include "libsep/experiment/targets.h"

#include "libsep/core/config.h"
#include "libsep/core/error.h"
#include "tests/support/catch_torch.h"
#include "tests/support/messages.h"

using namespace sep;

namespace {

Dataset quartet() {
  Dataset dataset;
  dataset.root = "Bach10";
  dataset.instruments = {"violin", "bassoon", "clarinet", "saxphone"};
  return dataset;
}

std::string text_of(const Targets& targets) {
  std::string text;
  for (const auto& target : targets_of(targets, quartet())) {
    text += target.name + "(";
    for (const auto& stem : target.stems) text += stem.substr(0, 1);
    text += ") ";
  }
  return text;
}

struct Config {
  Targets targets = {{"each"}};
  void validate() const { check_targets(targets); }
  template <class Archive>
  void visit(Archive& archive) {
    archive("targets", targets);
  }
};

}  // namespace

TEST_CASE("targets are each instrument, all, or groups", "[experiment]") {
  CHECK(text_of({{"each"}}) == "violin(v) bassoon(b) clarinet(c) saxphone(s) ");
  CHECK(text_of({{"joint"}}) == "joint(bcsv) ");
  CHECK(text_of({{"violin", "clarinet"}, {"bassoon"}}) ==
        "clarinet+violin(cv) bassoon(b) ");
  CHECK(text_of({{"saxophone"}}) == "saxphone(s) ");  // as written elsewhere
}

TEST_CASE("targets are read from YAML and written back", "[experiment]") {
  for (const char* text : {"targets: joint\n",
                           "targets: each\n",
                           "targets: [[violin, clarinet], [bassoon]]\n"}) {
    CHECK(write_config(parse_config<Config>(text, "x.yaml")) == text);
  }
  CHECK(write_config(parse_config<Config>("targets: [violin, bassoon]", "x.yaml")) ==
        "targets: [[violin], [bassoon]]\n");
}

TEST_CASE("targets that cannot be are refused", "[experiment][failure]") {
  const auto refusal = [](const std::string& text) {
    return message_of([&] { parse_config<Config>("targets: " + text, "x.yaml"); });
  };
  CHECK(refusal("[[violin, bassoon], [violin]]") ==
        "x.yaml:1: targets: violin is named twice");
  CHECK(refusal("[joint, violin]") == "x.yaml:1: targets: joint stands alone");
  CHECK(refusal("[[]]") == "x.yaml:1: targets: a group without instruments");
  CHECK(refusal("{violin: 1}").find("wants text, or a list of groups") !=
        std::string::npos);
  CHECK(message_of([] { targets_of({{"viola"}}, quartet()); }) ==
        "targets: no instrument 'viola' in Bach10, there are violin, bassoon, clarinet, "
        "saxphone");
  auto alone = quartet();
  alone.instruments = {"violin"};
  CHECK(message_of([&] { targets_of({{"joint"}}, alone); }) ==
        "targets = joint: Bach10 has violin alone, wants several instruments");
}
