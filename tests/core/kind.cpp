#include "libsep/core/kind.h"

#include "libsep/core/random.h"
#include "tests/support/catch.h"

namespace {

enum class Norm { kBatch, kGlobal };

}  // namespace

template <>
struct sep::EnumNames<Norm> {
  static constexpr std::pair<Norm, std::string_view> kValues[] = {
      {Norm::kBatch, "batch"}, {Norm::kGlobal, "global"}};
};

namespace {

struct Recurrent {
  int64_t hidden_size = 50;
  double dropout = 0.3;

  void validate() const {
    if (hidden_size >= 1) return;
    throw sep::ConfigError("hidden_size",
                           fmt::format(" = {}: wants at least 1", hidden_size));
  }

  template <class Archive>
  void visit(Archive& archive) {
    archive("hidden_size", hidden_size, "units, a direction");
    archive("dropout", dropout);
  }
};

struct Convolutional {
  int64_t dilation = 2;
  Norm norm = Norm::kGlobal;
  std::vector<int64_t> channels = {64, 128};

  template <class Archive>
  void visit(Archive& archive) {
    archive("dilation", dilation);
    archive("norm", norm);
    archive("channels", channels);
  }
};

struct Untuned {
  template <class Archive>
  void visit(Archive& /*archive*/) {}
};

using Networks = sep::Registry<std::string(const std::string&)>;

Networks& networks() {
  static Networks registry("network");
  if (registry.names().empty()) {
    registry.add<Recurrent>(
        "recurrent", "an LSTM", [](const Recurrent& options, const std::string& name) {
          return fmt::format("{} {}", name, options.hidden_size);
        });
    registry.add<Convolutional>("convolutional",
                                "a TCN",
                                [](const Convolutional& options, const std::string& name) {
                                  return fmt::format("{} {}", name, options.dilation);
                                });
    registry.add<Untuned>(
        "untuned", "nothing", [](const Untuned&, const std::string& name) { return name; });
  }
  return registry;
}

struct Plain {
  template <class Archive>
  void visit(Archive& /*archive*/) {}
};

struct MultiScale {
  std::vector<double> scales = {0.5, 1.0};

  void validate() const {
    if (scales.empty()) throw sep::ConfigError("scales", " = []: wants one at least");
  }

  template <class Archive>
  void visit(Archive& archive) {
    archive("scales", scales);
  }
};

struct Permuted;  // a loss around a loss

using Losses = sep::Registry<std::string()>;
Losses& losses();

struct WeightedLoss {
  double weight = 1.0;
  sep::Kind<losses> loss;

  void validate() const {
    if (weight >= 0.0) return;
    throw sep::ConfigError("weight", fmt::format(" = {}: wants at least 0", weight));
  }

  template <class Archive>
  void visit(Archive& archive) {
    loss.visit(archive);
    archive("weight", weight, "of this term");
  }
};

struct Permuted {
  sep::Kind<losses> loss{"snr"};
  template <class Archive>
  void visit(Archive& archive) {
    archive("loss", loss);
  }
};

Losses& losses() {
  static Losses registry("loss");
  if (registry.names().empty()) {
    registry.add<Plain>("snr", "", [](const Plain&) { return std::string("snr"); });
    registry.add<Plain>("l1", "", [](const Plain&) { return std::string("l1"); });
    registry.add<MultiScale>("multi_scale", "", [](const MultiScale& options) {
      return fmt::format("multi_scale {}", options.scales.size());
    });
    registry.add<Permuted>("permuted", "", [](const Permuted& options) {
      return "permuted " + options.loss.make();
    });
  }
  return registry;
}

WeightedLoss weighted(const std::string& type, double weight) {
  WeightedLoss loss;
  loss.loss = sep::Kind<losses>(type);
  loss.weight = weight;
  return loss;
}

struct Training {
  std::vector<WeightedLoss> loss = {weighted("l1", 1.0)};
  std::vector<sep::Kind<losses>> shown = {sep::Kind<losses>("snr"),
                                          sep::Kind<losses>("multi_scale")};
  int64_t num_epochs = 1;

  template <class Archive>
  void visit(Archive& archive) {
    archive("loss", loss);
    archive("shown", shown);
    archive("num_epochs", num_epochs);
  }
};

struct Options {
  sep::Kind<networks> model{"recurrent"};
  Training train;
  std::vector<double> gains;

  template <class Archive>
  void visit(Archive& archive) {
    archive("model", model);
    archive("train", train);
    archive("gains", gains);
  }

  static sep::ConfigAliases aliases() {
    return {{"network.depth", "train.num_epochs"},
            {"network", "model"},
            {"train.weight", "train.loss[0].weight"},
            {"levels", "gains"}};
  }
};

struct Tuned {
  sep::Kind<networks> model = sep::Kind<networks>::of(Recurrent{77, 0.0});

  template <class Archive>
  void visit(Archive& archive) {
    archive("model", model);
  }
};

Options parse(const std::string& text, const std::vector<std::string>& settings = {}) {
  std::vector<sep::ConfigOverride> overrides;
  for (const auto& setting : settings) overrides.push_back(sep::parse_override(setting));
  return sep::parse_config<Options>(text, "c.yaml", overrides);
}

std::string error_of(const std::string& text,
                     const std::vector<std::string>& settings = {}) {
  try {
    parse(text, settings);
  } catch (const sep::Error& error) {
    return error.what();
  }
  return "no error";
}

const Recurrent& recurrent(const Options& options) {
  return options.model.options<Recurrent>();
}

}  // namespace

TEST_CASE("a kind is a value with the options of its type", "[core][kind]") {
  sep::Kind<networks> kind("recurrent");
  kind.options<Recurrent>().hidden_size = 7;
  auto copy = kind;
  copy.options<Recurrent>().hidden_size = 8;
  CHECK(kind.make("a") == "a 7");
  CHECK(copy.make("b") == "b 8");
  kind = copy;
  CHECK(kind.make("c") == "c 8");
  kind = sep::Kind<networks>("convolutional");
  CHECK(kind.type() == "convolutional");
  CHECK(kind.make("d") == "d 2");
  CHECK(kind.has_options<Convolutional>());
  const auto fields = sep::Kind<networks>("convolutional").fields();
  REQUIRE(fields.size() == 3);
  CHECK(fields[1].key == "norm");
  CHECK(fields[2].value == "[64, 128]");
  Recurrent options;
  options.hidden_size = 9;
  CHECK(sep::Kind<networks>::of(options).make("e") == "e 9");
  CHECK(sep::Kind<networks>::of(options).type() == "recurrent");
}

TEST_CASE("a wrong use of a kind says what it is", "[core][kind][failure]") {
  CHECK_THROWS_WITH(sep::Kind<networks>("recurent"),
                    "recurent: no network; did you mean recurrent? (there are: "
                    "convolutional, recurrent, untuned)");
  sep::Kind<networks> kind("recurrent");
  CHECK_THROWS_WITH(kind.options<Convolutional>(),
                    "wants the options of convolutional, the network is recurrent");
  CHECK_THROWS_WITH(kind.options<WeightedLoss>(),
                    "wants the options of another registry, the network is recurrent");
  CHECK_THROWS_WITH(sep::Kind<networks>().make("x"), "no network is chosen");
  CHECK_THROWS_WITH(sep::Kind<networks>().validate(), "no network is chosen");
  CHECK_THROWS_WITH(sep::Kind<networks>().options<Recurrent>(),
                    "wants the options of recurrent, the network is not chosen");
  CHECK_THROWS_WITH(sep::Kind<losses>::of(Plain()),
                    "wants options of one loss, found those of l1, snr");
  CHECK_THROWS_WITH(sep::Kind<losses>::of(Recurrent()),
                    "wants options of one loss, found those of none");
  kind.options<Recurrent>().hidden_size = 0;
  CHECK_THROWS_WITH(kind.validate(), "hidden_size = 0: wants at least 1");
}

TEST_CASE("a kind is read with its type first", "[core][kind]") {
  CHECK(parse("").model.type() == "recurrent");
  CHECK(recurrent(parse("model: {hidden_size: 3}")).hidden_size == 3);
  CHECK(recurrent(parse("model: {hidden_size: 3, type: recurrent}")).dropout == 0.3);
  const auto other =
      parse("model:\n  channels: [1, 2, 3]\n  norm: batch\n  type: convolutional\n");
  CHECK(other.model.options<Convolutional>().channels == std::vector<int64_t>{1, 2, 3});
  CHECK(other.model.options<Convolutional>().norm == Norm::kBatch);
  CHECK(parse("model: {type: untuned}").model.make("x") == "x");
  CHECK(recurrent(parse("model:\n")).hidden_size == 50);
}

namespace {

struct Stage {
  int64_t first = 1;
  sep::Kind<networks> network{"recurrent"};

  template <class Archive>
  void visit(Archive& archive) {
    archive("first", first);
    archive.kind(network, "network");
  }
};

struct Staged {
  Stage stage;

  template <class Archive>
  void visit(Archive& archive) {
    archive("stage", stage);
  }
};

Stage stage_of(const std::string& text, const std::vector<std::string>& settings = {}) {
  std::vector<sep::ConfigOverride> overrides;
  for (const auto& setting : settings) overrides.push_back(sep::parse_override(setting));
  return sep::parse_config<Staged>(text, "c.yaml", overrides).stage;
}

std::string stage_error_of(const std::string& text) {
  try {
    stage_of(text);
  } catch (const sep::Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("the type's key may be called otherwise", "[core][kind]") {
  CHECK(stage_of("").network.type() == "recurrent");
  const auto other = stage_of("stage: {network: convolutional, dilation: 4, first: 2}");
  CHECK(other.network.make("x") == "x 4");
  CHECK(other.first == 2);
  CHECK(
      stage_of("", {"stage.network=convolutional", "stage.dilation=5"}).network.make("x") ==
      "x 5");
  CHECK(stage_error_of("stage: {network: lstm}") ==
        "c.yaml:1: stage.network = lstm: no network (there are: convolutional, recurrent, "
        "untuned)");
  CHECK(stage_error_of("stage: {dilation: 4}") ==
        "c.yaml:1: stage.dilation is a key of convolutional, not of recurrent");
  CHECK(stage_error_of("stage: {type: untuned}")
            .rfind("c.yaml:1: stage.type is no setting", 0) == 0);
  CHECK(stage_error_of("stage: 3") ==
        "c.yaml:1: stage = 3: wants settings below it, {network: …}");
  Staged options;
  options.stage = other;
  const auto written = sep::write_config(options);
  CHECK(written.find("  network: convolutional\n") != std::string::npos);
  CHECK(stage_of(written).network.make("x") == "x 4");
}

TEST_CASE("overrides choose a kind and set its keys", "[core][kind]") {
  CHECK(recurrent(parse("", {"model.hidden_size=3"})).hidden_size == 3);
  const auto other =
      parse("model: {type: recurrent}", {"model.type=convolutional", "model.dilation=5"});
  CHECK(other.model.make("x") == "x 5");
  CHECK(parse("", {"model={type: convolutional, dilation: 6}"}).model.make("x") == "x 6");
  CHECK(parse("model: {type: convolutional}", {"model.dilation=7"}).model.make("x") ==
        "x 7");
}

TEST_CASE("a key of another kind is named so", "[core][kind][failure]") {
  CHECK(error_of("model:\n  hidden_size: 3\n  dilation: 2\n") ==
        "c.yaml:3: model.dilation is a key of convolutional, not of recurrent");
  CHECK(error_of("model: {type: convolutional, hidden_size: 3}") ==
        "c.yaml:1: model.hidden_size is a key of recurrent, not of convolutional");
  CHECK(error_of("model:\n  hidden_size: 3\n", {"model.type=convolutional"}) ==
        "c.yaml:2: model.hidden_size is a key of recurrent, not of convolutional");
  CHECK(error_of("model: {type: untuned}", {"model.norm=batch"}) ==
        "--set model.norm=batch: model.norm is a key of convolutional, not of untuned");
  CHECK(error_of("train: {loss: {type: snr, loss: {type: l1}}}") ==
        "c.yaml:1: train.loss.loss is a key of permuted, not of snr");
  CHECK(error_of("model: {hiden_size: 3}") ==
        "c.yaml:1: model.hiden_size is no setting; did you mean model.hidden_size?");
  CHECK(error_of("model: {typ: recurrent}") ==
        "c.yaml:1: model.typ is no setting; did you mean model.type?");
}

TEST_CASE("a type that there is not is refused", "[core][kind][failure]") {
  CHECK(error_of("model:\n  hidden_size: 3\n  type: convolutionl\n") ==
        "c.yaml:3: model.type = convolutionl: no network; did you mean convolutional? "
        "(there are: convolutional, recurrent, untuned)");
  CHECK(error_of("model: {type: transformer}") ==
        "c.yaml:1: model.type = transformer: no network (there are: convolutional, "
        "recurrent, untuned)");
  CHECK(error_of("", {"model.type=lstm"}) ==
        "--set model.type=lstm: model.type = lstm: no network (there are: convolutional, "
        "recurrent, untuned)");
  const std::string choices = "one of convolutional, recurrent, untuned";
  CHECK(error_of("model: {type: [recurrent]}") ==
        "c.yaml:1: model.type = [\"recurrent\"]: wants " + choices);
  CHECK(error_of("model: {type: }") ==
        "c.yaml:1: model.type has no value: wants " + choices);
  CHECK(error_of("model: recurrent") ==
        "c.yaml:1: model = \"recurrent\": wants settings below it, {type: …}");
  CHECK(error_of("model: {type: a\xC2\xA0"
                 "b}")
            .find("c.yaml:1: model.type = a\xC2\xA0") == 0);
}

TEST_CASE("what a kind's validate() refuses has a place", "[core][kind][failure]") {
  CHECK(error_of("model:\n  hidden_size: 0\n") ==
        "c.yaml:2: model.hidden_size = 0: wants at least 1");
  CHECK(error_of("train:\n  loss:\n    - type: snr\n    - type: l1\n      weight: -1\n") ==
        "c.yaml:5: train.loss[1].weight = -1: wants at least 0");
  CHECK(error_of("train:\n  loss:\n    type: snr\n    weight: -1\n") ==
        "c.yaml:4: train.loss.weight = -1: wants at least 0");
}

TEST_CASE("a kind beside other keys is validated too", "[core][kind][failure]") {
  CHECK(error_of("train:\n  loss:\n    type: multi_scale\n    scales: []\n") ==
        "c.yaml:4: train.loss.scales = []: wants one at least");
}

TEST_CASE("the field's own default stays where the type is the same", "[core][kind]") {
  const auto hidden_size = [](const std::string& text) {
    const auto tuned = sep::parse_config<Tuned>(text, "c.yaml");
    return tuned.model.options<Recurrent>().hidden_size;
  };
  CHECK(hidden_size("") == 77);
  CHECK(hidden_size("model: {dropout: 0}") == 77);
  CHECK(hidden_size("model: {type: recurrent}") == 77);
}

TEST_CASE("kinds stand in lists, keys beside them", "[core][kind]") {
  const auto two =
      parse(
          "train:\n  loss: [{type: snr, weight: 2}, {weight: 0.1, type: multi_scale, "
          "scales: [1, 2, 3]}]\n")
          .train.loss;
  REQUIRE(two.size() == 2);
  CHECK(two[0].loss.type() == "snr");
  CHECK(two[0].weight == 2.0);
  CHECK(two[1].loss.make() == "multi_scale 3");
  CHECK(two[1].weight == 0.1);
  const auto one = parse("train: {loss: {type: snr}}").train;
  REQUIRE(one.loss.size() == 1);
  CHECK(one.loss[0].loss.type() == "snr");
  REQUIRE(one.shown.size() == 2);
  CHECK(parse("train: {loss: []}").train.loss.empty());
  CHECK(parse("train: {shown: [{type: l1}]}").train.shown[0].type() == "l1");
  const auto nested =
      parse("train: {loss: {type: permuted, loss: {type: permuted, loss: {type: l1}}}}");
  CHECK(nested.train.loss[0].loss.make() == "permuted permuted l1");
}

TEST_CASE("overrides reach items of lists", "[core][kind]") {
  const std::string file = "train: {loss: [{type: snr}, {type: l1, weight: 3}]}";
  CHECK(parse(file, {"train.loss[0].weight=2"}).train.loss[0].weight == 2.0);
  CHECK(parse(file, {"train.loss[0].weight=2"}).train.loss[1].weight == 3.0);
  CHECK(parse(file, {"train.loss[1].type=snr"}).train.loss[1].loss.type() == "snr");
  CHECK(parse(file, {"train.loss=[{type: snr}]"}).train.loss.size() == 1);
  CHECK(parse(file, {"train.loss={type: snr}"}).train.loss.size() == 1);
  CHECK(parse(file, {"train.loss=[]"}).train.loss.empty());
  CHECK(parse(file, {"train.loss[1]={weight: 4}"}).train.loss[1].weight == 4.0);
  // The default list, its items kept but for what is set.
  CHECK(parse("", {"train.loss.weight=5"}).train.loss[0].weight == 5.0);
  CHECK(parse("", {"train.loss[0].weight=5"}).train.loss[0].loss.type() == "l1");
  const auto shown = parse("", {"train.shown[1].scales=[3]"}).train.shown;
  REQUIRE(shown.size() == 2);
  CHECK(shown[0].type() == "snr");
  CHECK(shown[1].options<MultiScale>().scales == std::vector<double>{3.0});
  CHECK(parse("", {"train.shown[1].scales[0]=3"})
            .train.shown[1]
            .options<MultiScale>()
            .scales == std::vector<double>{3.0, 1.0});
  // One item, however it is written.
  for (const char* loss : {"{type: snr}", "[{type: snr}]"}) {
    const std::string one = "train: {loss: " + std::string(loss) + "}";
    CHECK(parse(one, {"train.loss.weight=6"}).train.loss[0].weight == 6.0);
    CHECK(parse(one, {"train.loss[0].weight=6"}).train.loss[0].weight == 6.0);
  }
  CHECK(parse("gains: [1, 2]", {"gains[1]=3"}).gains == std::vector<double>{1.0, 3.0});
}

TEST_CASE("faults in lists name the item", "[core][kind][failure]") {
  CHECK(error_of("train:\n  loss:\n    - type: snr\n    - type: l1\n      wieght: 1\n") ==
        "c.yaml:5: train.loss[1].wieght is no setting; did you mean train.loss[1].weight?");
  CHECK(error_of("train: {loss: {type: snr, wieght: 1}}") ==
        "c.yaml:1: train.loss.wieght is no setting; did you mean train.loss.weight?");
  CHECK(error_of("train:\n  loss:\n  - type: snr\n  - type: l2\n") ==
        "c.yaml:4: train.loss[1].type = l2: no loss; did you mean l1? (there are: l1, "
        "multi_scale, permuted, snr)");
  CHECK(
      error_of("train: {loss: [{weight: 1}]}") ==
      "c.yaml:1: train.loss[0].type is not given: wants one of l1, multi_scale, permuted, "
      "snr");
  CHECK(error_of("train: {loss: [snr]}") ==
        "c.yaml:1: train.loss[0] = \"snr\": wants settings below it");
  CHECK(error_of("train: {loss: snr}") ==
        "c.yaml:1: train.loss = \"snr\": wants a list of settings, [{…}, {…}]");
  CHECK(error_of("train: {loss: }") ==
        "c.yaml:1: train.loss has no value: wants a list of settings, [{…}, {…}]");
  CHECK(error_of("train: {loss: [{type: snr, weight: x}]}") ==
        "c.yaml:1: train.loss[0].weight = \"x\": wants a finite number");
  CHECK(error_of("train: {loss: [{type: snr, type: l1}]}") ==
        "c.yaml:1: train.loss[0].type is given twice");
  CHECK(error_of("train: {\"loss[0]\": {weight: 1}}") ==
        "c.yaml:1: train.loss[0] is no setting; did you mean train.loss?");
  CHECK(error_of("gains: [1, x]") ==
        "c.yaml:1: gains = [1, \"x\"]: wants a list of finite numbers, [0.5, 1]");
  CHECK(error_of("model: {type: convolutional, channels: [1.5]}") ==
        "c.yaml:1: model.channels = [1.5]: wants a list of whole numbers, [1, 2]");
}

TEST_CASE("an override of no item is refused", "[core][kind][failure]") {
  const std::string file = "train: {loss: [{type: snr}, {type: l1}]}";
  const auto fault = [](const std::string& text, const std::string& setting) {
    const std::string error = error_of(text, {setting});
    const std::string origin = "--set " + setting + ": ";
    return error.rfind(origin, 0) == 0 ? error.substr(origin.size())
                                       : "not of it: " + error;
  };
  const std::string two = " is no item: the list has 2, counted from 0";
  CHECK(fault(file, "train.loss[2].weight=1") == "train.loss[2]" + two);
  CHECK(fault("", "train.shown[2].type=l1") == "train.shown[2]" + two);
  CHECK(fault("train: {loss: {type: snr}}", "train.loss[1].weight=1") ==
        "train.loss[1] is no item: the list has 1, counted from 0");
  CHECK(fault(file, "train.loss.weight=1") ==
        "train.loss is a list: wants the number of the item, train.loss[0]");
  CHECK(fault("", "train.shown.type=l1") ==
        "train.shown: wants the number of one of 2 items, shown[0]");
  CHECK(fault("", "train[0].num_epochs=1") == "train = […]: wants settings below it");
  CHECK(fault("", "train.num_epochs[0]=1") ==
        "train.num_epochs = […]: wants a whole number");
  CHECK(fault("", "gains[0]=1") == "gains = […]: wants a list of finite numbers, [0.5, 1]");
  CHECK(fault("", "train.loss[x].weight=1") ==
        "train.loss[x] is no setting; did you mean train.loss?");
  CHECK(fault("", "train.loss[-1].weight=1").find("train.loss[-1] is no setting") == 0);
  CHECK(fault("", "train.loss[99999999999999999999].weight=1").find("is no setting") !=
        std::string::npos);
  CHECK(fault("train: {num_epochs: 3}", "train.num_epochs.x=1") ==
        "train.num_epochs = 3 (c.yaml:1) has no settings below it");
  CHECK(fault("gains: [1, 2]", "gains[1].x=3") ==
        "gains[1] = 2 (c.yaml:1) has no settings below it");
  CHECK(fault("gains: [1]", "gains.x=3") ==
        "gains[0] = 1 (c.yaml:1) has no settings below it");
  CHECK(fault("train: 3", "train.num_epochs=1") ==
        "train = 3 (c.yaml:1) has no settings below it");
  CHECK(fault("train: {loss: 3}", "train.loss[0].weight=1") ==
        "train.loss = 3 (c.yaml:1) has no settings below it");
}

TEST_CASE("kinds and lists are written as they are read", "[core][kind]") {
  Options options;
  CHECK(sep::write_config(options) ==
        "model:\n  type: recurrent\n  hidden_size: 50\n  dropout: 0.3\n"
        "train:\n  loss:\n    - type: l1\n      weight: 1\n"
        "  shown:\n    - type: snr\n    - type: multi_scale\n      scales: [0.5, 1]\n"
        "  num_epochs: 1\n"
        "gains: []\n");
  options.train.loss.clear();
  options.train.shown = {sep::Kind<losses>("permuted")};
  options.gains = {0.1, -2.0};
  CHECK(sep::write_config(options) ==
        "model:\n  type: recurrent\n  hidden_size: 50\n  dropout: 0.3\n"
        "train:\n  loss: []\n"
        "  shown:\n    - type: permuted\n      loss:\n        type: snr\n"
        "  num_epochs: 1\n"
        "gains: [0.1, -2]\n");
  const auto fields = sep::list_fields(options);
  CHECK(fields[4].key == "train.shown[0].type");
  CHECK(fields[5].key == "train.shown[0].loss.type");
}

TEST_CASE("any kinds written read back equal", "[core][kind][property]") {
  sep::RandomStream random(1, "test/kind");
  const auto any = [&](const std::vector<std::string>& names) {
    return names[static_cast<size_t>(random.index(static_cast<int64_t>(names.size())))];
  };
  for (int i = 0; i < 300; ++i) {
    Options options;
    options.model = sep::Kind<networks>(any(networks().names()));
    if (options.model.has_options<Recurrent>()) {
      options.model.options<Recurrent>().dropout = random.normal();
    }
    options.train.loss.clear();
    for (int64_t n = random.index(4); n > 0; --n) {
      options.train.loss.push_back(weighted(any(losses().names()), random.uniform()));
      auto& loss = options.train.loss.back().loss;
      if (!loss.has_options<Permuted>()) continue;
      loss.options<Permuted>().loss = sep::Kind<losses>(any(losses().names()));
    }
    options.train.shown.assign(static_cast<size_t>(random.index(3)),
                               sep::Kind<losses>("l1"));
    options.gains.assign(static_cast<size_t>(random.index(3)), random.normal());
    const std::string text = sep::write_config(options);
    INFO(text);
    const Options read = parse(text);
    REQUIRE(sep::write_config(read) == text);
    REQUIRE(read.train.loss.size() == options.train.loss.size());
    REQUIRE(read.gains == options.gains);
    REQUIRE(
        sep::config_differences(sep::list_fields(options), sep::list_fields(read)).empty());
  }
}

TEST_CASE("configs with other kinds and lists differ by key", "[core][kind]") {
  Options wanted;
  Options found;
  found.model = sep::Kind<networks>("untuned");
  found.train.loss.push_back(weighted("snr", 2.0));
  CHECK(sep::config_differences(sep::list_fields(wanted), sep::list_fields(found)) ==
        std::vector<std::string>{"model.type: recurrent wanted, untuned found",
                                 "model.hidden_size: 50 wanted, nothing found",
                                 "model.dropout: 0.3 wanted, nothing found",
                                 "train.loss[1].type: nothing wanted, snr found",
                                 "train.loss[1].weight: nothing wanted, 2 found"});
}

TEST_CASE("earlier names are read as the new ones", "[core][kind][alias]") {
  const auto options = parse(
      "network:\n  hidden_size: 4\n  depth: 5\n"
      "train:\n  weight: 2\nlevels: [1, 2]\n");
  CHECK(recurrent(options).hidden_size == 4);
  CHECK(options.train.num_epochs == 5);
  CHECK(options.train.loss[0].weight == 2.0);
  CHECK(options.train.loss[0].loss.type() == "l1");
  CHECK(options.gains == std::vector<double>{1.0, 2.0});
  CHECK(
      recurrent(parse("model: {hidden_size: 3}", {"network.hidden_size=6"})).hidden_size ==
      6);
  CHECK(parse("network: {depth: 7}").train.num_epochs == 7);
  CHECK(recurrent(parse("model: {hidden_size: 3}\nnetwork: {depth: 7}")).hidden_size == 3);
  CHECK(parse("network: {depth: 7}", {"train.num_epochs=8"}).train.num_epochs == 8);
  CHECK(parse("train: {loss: {type: snr}}", {"train.weight=8"}).train.loss[0].weight ==
        8.0);
  CHECK(parse("train: {weight: 4, loss: [{type: snr}]}").train.loss[0].weight == 4.0);
}

TEST_CASE("a fault of an earlier name bears that name", "[core][kind][alias][failure]") {
  CHECK(
      error_of("train:\n  num_epochs: 3\nnetwork:\n  depth: 5\n") ==
      "c.yaml:4: network.depth is the earlier name of train.num_epochs, which is given too "
      "(c.yaml:2)");
  CHECK(error_of("model: {}\nnetwork: {hidden_size: 1}\n") ==
        "c.yaml:2: network is the earlier name of model, which is given too (c.yaml:1)");
  CHECK(error_of("\nnetwork:\n  depth: x\n") ==
        "c.yaml:3: network.depth = \"x\": wants a whole number");
  CHECK(error_of("network:\n  hidden_size: 0\n") ==
        "c.yaml:2: network.hidden_size = 0: wants at least 1");
  CHECK(error_of("network: {hidden_sise: 1}") ==
        "c.yaml:1: network.hidden_sise is no setting; did you mean network.hidden_size?");
  CHECK(error_of("network: {dilation: 1}") ==
        "c.yaml:1: network.dilation is a key of convolutional, not of recurrent");
  CHECK(error_of("network: 3") ==
        "c.yaml:1: network = 3: wants settings below it, {type: …}");
  CHECK(error_of("train: {weight: x}") ==
        "c.yaml:1: train.weight = \"x\": wants a finite number");
  CHECK(error_of("", {"levels=x"}) ==
        "--set levels=x: levels = \"x\": wants a list of finite numbers, [0.5, 1]");
  CHECK(error_of("train: 3\nnetwork: {depth: 1}") ==
        "c.yaml:2: train = 3 (c.yaml:1) has no settings below it");
}

TEST_CASE("damaged kinds end in an error or a config", "[core][kind][failure]") {
  Options options;
  options.train.loss.push_back(weighted("permuted", 2.0));
  const std::string whole = sep::write_config(options);
  const std::vector<std::string> paths = {"model",
                                          "model.type",
                                          "train",
                                          "train.loss",
                                          "train.loss[0]",
                                          "train.loss[1].loss",
                                          "train.shown.type",
                                          "train.weight",
                                          "network",
                                          "network.depth",
                                          "gains[0]",
                                          "train[0].loss[0]"};
  const std::vector<std::string> values = {
      "", "~", "3", "l1", "[]", "{}", "[{}]", "{type: snr}", "[{type: l1}]", "[[1]]"};
  const std::string letters = "[]{}:,-0a \n";
  sep::RandomStream random(2, "test/kind/damage");
  const auto index = [&](size_t size) {
    return static_cast<size_t>(random.index(static_cast<int64_t>(size)));
  };
  for (int i = 0; i < 3000; ++i) {
    std::string text = whole;
    for (size_t n = index(4); n > 0; --n)
      text[index(text.size())] = letters[index(letters.size())];
    std::vector<std::string> settings;
    for (size_t n = index(4); n > 0; --n) {
      settings.push_back(paths[index(paths.size())] + "=" + values[index(values.size())]);
    }
    INFO(text);
    const std::string error = error_of(text, settings);
    INFO(error);
    const bool has_place = error.rfind("c.yaml", 0) == 0 || error.rfind("--set ", 0) == 0;
    REQUIRE((error == "no error" || has_place));
    REQUIRE(error.find('\n') == std::string::npos);
  }
}
