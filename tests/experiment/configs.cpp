#include <map>
#include <set>
#include <sstream>

#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/experiment/experiment_config.h"
#include "libsep/mixing/mixing_config.h"
#include "tests/support/catch_torch.h"
#include "tests/support/paths.h"

using namespace sep;

namespace {

const std::filesystem::path kSource = LIBSEP_SOURCE_DIR;

/// The rows of docs/config.md's tables: key and default, as they stand there.
std::map<std::string, std::string> documented_defaults() {
  std::map<std::string, std::string> defaults;
  std::istringstream lines(read_file(kSource / "docs" / "config.md"));
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("| `", 0) != 0) continue;
    std::vector<std::string> cells;
    std::istringstream row(line.substr(1));
    for (std::string cell; std::getline(row, cell, '|');) {
      const auto first = cell.find('`');
      const auto last = cell.rfind('`');
      cells.push_back(first == last ? "" : cell.substr(first + 1, last - first - 1));
    }
    REQUIRE(cells.size() >= 2);
    REQUIRE(defaults.emplace(cells[0], cells[1]).second);
  }
  return defaults;
}

}  // namespace

TEST_CASE("docs/config.md has every key and its default", "[experiment]") {
  const auto documented = documented_defaults();
  const auto fields = list_fields(ExperimentConfig());
  for (const auto& field : fields) {
    INFO(field.key);
    REQUIRE(documented.count(field.key) == 1);
    CHECK(documented.at(field.key) == field.value);
  }
  CHECK(documented.size() == fields.size());
}

TEST_CASE("the shipped configs are the thesis's models", "[experiment]") {
  // File names of the published tables, which spell out the settings.
  const std::map<std::string, std::string> names = {
      {"a", "SepModel_MaxMix=10_HSize=50_NLayers=1_Dropout=0_EpcLen=10_MaxEpc=1"},
      {"b", "SepModel_MaxMix=10_HSize=50_NLayers=2_Dropout=0.2_EpcLen=10_MaxEpc=1"},
      {"c", "SepModel_MaxMix=10_HSize=100_NLayers=2_Dropout=0.2_EpcLen=10_MaxEpc=1"},
      {"d", "SepModel_MaxMix=10_HSize=100_NLayers=2_Dropout=0.2_EpcLen=25_MaxEpc=3"},
      {"e", "SepModel_MaxMix=10_HSize=200_NLayers=2_Dropout=0.2_EpcLen=25_MaxEpc=3"},
      {"f", "SepModel_MaxMix=1_HSize=200_NLayers=2_Dropout=0.2_EpcLen=25_MaxEpc=3"}};
  for (const auto& [letter, name] : names) {
    INFO(letter);
    const auto config =
        read_experiment(kSource / "configs" / ("model_" + letter + ".yaml"));
    CHECK(thesis_label(config).stem() == name);
    CHECK(config.mixtures.num_validation == config.mixtures.num_train);
    CHECK(config.train.batch_size == 5);
    CHECK(config.stft.window_length == 512);
  }
}

TEST_CASE("a config holds only what differs from the defaults", "[experiment]") {
  for (const auto& entry : std::filesystem::directory_iterator(kSource / "configs")) {
    INFO(entry.path());
    const auto text = read_file(entry.path());
    int64_t num_keys = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const auto colon = line.find(':');
      if (line[0] != '#' && colon != std::string::npos && colon + 1 < line.size())
        ++num_keys;
    }
    // Keys of a kind are held against that kind's defaults, its type against the config's.
    const auto config = read_experiment(entry.path());
    const ExperimentConfig plain;
    auto defaults = plain;
    defaults.model = NetworkKind(config.model.type());
    defaults.train.optimizer = Kind<optimizers>(config.train.optimizer.type());
    defaults.train.schedule = Kind<schedules>(config.train.schedule.type());
    defaults.train.loss = {{1.0, Kind<losses>(config.train.loss.front().loss.type())}};
    const auto types = [](const ExperimentConfig& one) {
      return std::vector<std::string>{one.model.type(),
                                      one.train.optimizer.type(),
                                      one.train.schedule.type(),
                                      one.train.loss.front().loss.type()};
    };
    auto num_changed = static_cast<int64_t>(
        config_differences(list_fields(config), list_fields(defaults)).size());
    for (size_t i = 0; i < types(plain).size(); ++i) {
      num_changed += types(config)[i] == types(plain)[i] ? 0 : 1;
    }
    CHECK(num_changed == num_keys);
  }
}

TEST_CASE("what makes mixtures is read from the same files alone", "[experiment]") {
  const auto top_level = [](const std::vector<ConfigField>& fields) {
    std::set<std::string> keys;
    for (const auto& field : fields) keys.insert(field.key.substr(0, field.key.find('.')));
    return keys;
  };
  CHECK(top_level(list_fields(MixingConfig())) ==
        top_level(list_fields(ExperimentConfig())));
  for (const auto& entry : std::filesystem::directory_iterator(kSource / "configs")) {
    INFO(entry.path());
    const auto whole = read_experiment(entry.path());
    const auto part = read_config<MixingConfig>(entry.path());
    CHECK(write_config(part.mixtures) == write_config(whole.mixtures));
    CHECK(write_config(part.split) == write_config(whole.split));
    CHECK(write_config(part.data) == write_config(whole.data));
  }
}

TEST_CASE("a config written and read again is the same", "[experiment]") {
  const auto config = read_experiment(kSource / "configs" / "model_e.yaml");
  const auto again = parse_config<ExperimentConfig>(write_config(config), "config.yaml");
  CHECK(write_config(again) == write_config(config));
}

TEST_CASE("experiments refuse what is no setting, with file, line and key",
          "[experiment][failure]") {
  const auto message = [](const std::string& text) -> std::string {
    try {
      parse_config<ExperimentConfig>(text, "x.yaml");
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  };
  CHECK(message("stft:\n  hop: 3\n").find("x.yaml:2: stft.hop is no setting") == 0);
  CHECK(message("model:\n  hidden_size: 0\n")
            .find("x.yaml:2: model.hidden_size = 0: wants") == 0);
  CHECK(message("title: A\ntrain:\n  num_epochs: many\n")
            .find("x.yaml:3: train.num_epochs") == 0);
  CHECK(message("protocol: dirty\n").find("x.yaml:1: protocol = \"dirty\": wants clean") ==
        0);
  CHECK(message("seed: -1\n").find("x.yaml:1: seed = -1: wants 0 to ") == 0);
}

TEST_CASE("every number of an experiment has a bound on both sides",
          "[experiment][property][failure]") {
  const auto whole = [](const std::string& text) {
    return text.find_first_not_of("-0123456789") == std::string::npos;
  };
  const auto is_number = [](const std::string& text) {
    return text.find_first_not_of("-+.e0123456789") == std::string::npos;
  };
  int num_checked = 0;
  for (const auto& [key, value] : list_fields(ExperimentConfig())) {
    const bool is_range = value.front() == '[' && value.size() > 2;
    if (!is_range && !is_number(value)) continue;
    // The largest that a field of that type takes; a whole default may be a double's.
    std::vector<std::string> extremes = {"-1e300", "1e300"};
    if (is_range) extremes = {"[-1e300, 0]", "[0, 1e300]"};
    if (whole(value)) {
      extremes.emplace_back("-9223372036854775808");
      extremes.emplace_back("9223372036854775807");
    }
    for (const auto& extreme : extremes) {
      if (key == "seed" && extreme.front() == '9') continue;  // it is any
      INFO(key << "=" << extreme);
      try {
        parse_config<ExperimentConfig>("", "x.yaml", {parse_override(key + "=" + extreme)});
        FAIL_CHECK("was taken");
      } catch (const Error& error) {
        CHECK(std::string(error.what()).find(key) != std::string::npos);
        ++num_checked;
      }
    }
  }
  CHECK(num_checked > 60);
}

TEST_CASE("the legacy protocol's habits can be told apart", "[experiment]") {
  ExperimentConfig config;
  const auto clean = config.published_habits();
  CHECK_FALSE(clean.published_target);
  CHECK_FALSE(clean.carried_weights);
  CHECK_FALSE(clean.validation_in_training_mode);
  config.legacy.carried_weights = false;
  CHECK_THROWS_WITH(config.validate(), Catch::Contains("legacy: wants protocol legacy"));
  config.protocol = Protocol::kLegacy;
  config.validate();
  const auto habits = config.published_habits();
  CHECK(habits.published_target);
  CHECK_FALSE(habits.carried_weights);
  CHECK(habits.validation_in_training_mode);
}

TEST_CASE("scores to choose an epoch by are those of any metric", "[experiment]") {
  ExperimentConfig config;
  config.title = "x";
  for (const char* name : {"loss", "si_sdr", "snri", "bss_v3.sdr", "bss_v4.isr"}) {
    config.train.choose_by = name;
    CHECK_NOTHROW(config.validate());
  }
  config.train.choose_by = "si_sdrr";
  CHECK_THROWS_WITH(
      config.validate(),
      Catch::StartsWith("train.choose_by = si_sdrr: wants loss or a score, no "
                        "score 'si_sdrr', there are si_sdr, "));
  config.train.choose_by = "srr";
  CHECK_THROWS_AS(config.validate(), ConfigError);
}
