#include "libsep/train/optimizer.h"

#include "tests/support/catch_torch.h"
#include "tests/support/golden_json.h"
#include "tests/support/messages.h"

using namespace sep;
using nlohmann::json;

namespace {

using Maker = std::function<std::unique_ptr<Optimizer>(const torch::nn::Module&)>;

/// |A p - b|^2 / 2 of one parameter vector.
struct Quadratic : torch::nn::Module {
  explicit Quadratic(const torch::Tensor& start) {
    p = register_parameter("p", start.clone());
  }
  torch::Tensor p;
};

torch::Tensor tensor_of(const json& values, torch::Dtype dtype) {
  std::vector<torch::Tensor> rows;
  if (!values.at(0).is_array()) {
    return torch::tensor(golden_numbers(values), torch::kFloat64).to(dtype);
  }
  for (const auto& row : values) rows.push_back(tensor_of(row, dtype));
  return torch::stack(rows);
}

AdamOptions adam_options(const json& run) {
  AdamOptions options;
  options.learning_rate = run.at("lr");
  options.beta1 = run.at("betas")[0];
  options.beta2 = run.at("betas")[1];
  options.eps = run.at("eps");
  options.weight_decay = run.at("weight_decay");
  options.amsgrad = run.value("amsgrad", false);
  return options;
}

Maker maker_of(const json& run) {
  if (run.at("name") == "sgd") {
    SgdOptions options;
    options.learning_rate = run.at("lr");
    options.momentum = run.at("momentum");
    options.dampening = run.at("dampening");
    options.weight_decay = run.at("weight_decay");
    options.nesterov = run.at("nesterov");
    return [=](const torch::nn::Module& model) { return make_sgd(options, model); };
  }
  const auto options = adam_options(run);
  if (run.at("name") == "adam") {
    return [=](const torch::nn::Module& model) { return make_adam(options, model); };
  }
  AdamWOptions decoupled;
  static_cast<AdamOptions&>(decoupled) = options;
  return [=](const torch::nn::Module& model) { return make_adamw(decoupled, model); };
}

/// Every kind of optimizer, and of what it keeps.
std::vector<Maker> all_makers() {
  std::vector<Maker> makers;
  for (const bool flag : {false, true}) {
    AdamOptions adam;
    adam.amsgrad = flag;
    AdamWOptions adamw;
    adamw.amsgrad = flag;
    SgdOptions sgd;
    sgd.momentum = flag ? 0.9 : 0.0;
    makers.push_back([=](const auto& model) { return make_adam(adam, model); });
    makers.push_back([=](const auto& model) { return make_adamw(adamw, model); });
    makers.push_back([=](const auto& model) { return make_sgd(sgd, model); });
  }
  return makers;
}

/// Two layers; the second has no gradient in the updates before `second_from`.
struct TwoLayers : torch::nn::Module {
  TwoLayers() {
    first = register_module("first", torch::nn::Linear(3, 2));
    second = register_module("second", torch::nn::Linear(2, 1));
    const torch::NoGradGuard no_gradients;
    double value = 0.1;
    for (auto& p : parameters())
      p.copy_(torch::linspace(value += 0.1, 1.0, p.numel()).view_as(p));
  }

  void update(Optimizer& optimizer, int64_t i, int64_t second_from) {
    for (auto& p : parameters()) p.mutable_grad() = torch::Tensor();
    const auto input = torch::arange(3 * i, 3 * i + 3, torch::kFloat32).sin().view({1, 3});
    const auto hidden = first->forward(input);
    (i < second_from ? hidden : second->forward(hidden)).square().sum().backward();
    optimizer.step();
  }

  torch::nn::Linear first{nullptr}, second{nullptr};
};

OptimizerState copy_of(const OptimizerState& state) {
  OptimizerState copy;
  copy.step = state.step;
  for (const auto& [name, tensor] : state.tensors)
    copy.tensors.emplace(name, tensor.clone());
  return copy;
}

struct Recipe {
  Kind<optimizers> optimizer{"adam"};
  template <class Archive>
  void visit(Archive& archive) {
    archive("optimizer", optimizer, "what moves the weights");
  }
};

}  // namespace

TEST_CASE("updates are PyTorch's", "[train][golden]") {
  WorstDifference doubles("parameters in double", "of the largest", 1e-12);
  WorstDifference singles("parameters in single precision", "of the largest", 1e-5);
  for (const auto& content : golden_schedule_files("runs")) {
    for (const auto& run : content.at("runs")) {
      const bool is_double = run.at("dtype") == "float64";
      auto& worst = is_double ? doubles : singles;
      const auto dtype = is_double ? torch::kFloat64 : torch::kFloat32;
      const auto a = tensor_of(content.at("A"), dtype);
      const auto b = tensor_of(content.at("b"), dtype);
      Quadratic model(tensor_of(content.at("start"), dtype));
      const auto optimizer = maker_of(run)(model);
      CHECK(optimizer->base_learning_rate() == run.at("lr").get<double>());
      for (size_t i = 0; i < run.at("parameters").size(); ++i) {
        optimizer->zero_grad();
        ((a.matmul(model.p) - b).square().sum() / 2).backward();
        const auto gradient = tensor_of(run.at("gradients")[i], dtype);
        const auto error = (model.p.grad() - gradient).abs().max() / gradient.abs().max();
        CHECK(error.item<double>() <= worst.tolerance());
        optimizer->step();
        const auto wanted = tensor_of(run.at("parameters")[i], dtype);
        const auto off = (model.p - wanted).abs().max() / wanted.abs().max();
        CHECK(worst.add(off.item<double>(), run.at("name")) <= worst.tolerance());
      }
    }
  }
}

TEST_CASE("Adam is LibTorch's to the bit", "[train]") {
  TwoLayers ours;
  TwoLayers theirs;
  const auto optimizer = make_adam({}, ours);
  torch::optim::Adam adam(theirs.parameters(), torch::optim::AdamOptions(1e-3));
  struct Wrapped : Optimizer {
    explicit Wrapped(torch::optim::Adam& of) : adam(&of) {}
    void step() override { adam->step(); }
    void zero_grad() override {}
    void set_learning_rate(double) override {}
    double base_learning_rate() const override { return 0.0; }
    std::string name() const override { return ""; }
    OptimizerState state() const override { return {}; }
    void load_state(const OptimizerState&, const std::string&) override {}
    torch::optim::Adam* adam;
  } wrapped(adam);
  for (int64_t i = 0; i < 5; ++i) {
    optimizer->set_learning_rate(1e-3);
    ours.update(*optimizer, i, 0);
    theirs.update(wrapped, i, 0);
  }
  const auto wanted = theirs.parameters();
  for (size_t i = 0; i < wanted.size(); ++i) {
    CHECK(torch::equal(ours.parameters()[i], wanted[i]));
  }
}

TEST_CASE("an optimizer goes on from its state with the same bits", "[train][property]") {
  const int64_t second_from = GENERATE(0, 2, 6, 99);
  const int64_t stop = GENERATE(0, 1, 4);
  for (const auto& make : all_makers()) {
    TwoLayers whole;
    const auto optimizer = make(whole);
    for (int64_t i = 0; i < 8; ++i) whole.update(*optimizer, i, second_from);

    TwoLayers stopped;
    const auto before = make(stopped);
    for (int64_t i = 0; i < stop; ++i) stopped.update(*before, i, second_from);
    const auto state = copy_of(before->state());
    CHECK(state.step == stop);
    const auto after = make(stopped);
    after->load_state(state, "state");
    for (int64_t i = stop; i < 8; ++i) stopped.update(*after, i, second_from);

    for (size_t i = 0; i < whole.parameters().size(); ++i) {
      CHECK(torch::equal(whole.parameters()[i], stopped.parameters()[i]));
    }
    const auto wanted = optimizer->state();
    const auto found = after->state();
    CHECK(found.step == wanted.step);
    REQUIRE(found.tensors.size() == wanted.tensors.size());
    for (const auto& [name, tensor] : wanted.tensors) {
      INFO(name);
      REQUIRE(found.tensors.count(name) == 1);
      CHECK(torch::equal(found.tensors.at(name), tensor));
    }
  }
}

TEST_CASE("a state's tensors have names", "[train]") {
  const auto names_after = [](const Maker& make, int64_t second_from) {
    TwoLayers model;
    const auto optimizer = make(model);
    CHECK(optimizer->state().tensors.empty());
    for (int64_t i = 0; i < 2; ++i) model.update(*optimizer, i, second_from);
    std::vector<std::string> names;
    for (const auto& [name, unused] : optimizer->state().tensors) names.push_back(name);
    return names;
  };
  using Names = std::vector<std::string>;
  CHECK(names_after([](const auto& m) { return make_adam({}, m); }, 0) ==
        Names{"adam.exp_avg.first.bias",
              "adam.exp_avg.first.weight",
              "adam.exp_avg.second.bias",
              "adam.exp_avg.second.weight",
              "adam.exp_avg_sq.first.bias",
              "adam.exp_avg_sq.first.weight",
              "adam.exp_avg_sq.second.bias",
              "adam.exp_avg_sq.second.weight"});
  CHECK(names_after([](const auto& m) { return make_sgd({}, m); }, 2) ==
        Names{"sgd.momentum_buffer.first.bias",
              "sgd.momentum_buffer.first.weight",
              "sgd.step.second.bias",
              "sgd.step.second.weight"});
}

TEST_CASE("the rate is that of the updates to come", "[train]") {
  for (const auto& make : all_makers()) {
    TwoLayers still;
    const auto optimizer = make(still);
    const auto before = still.first->weight.clone();
    optimizer->set_learning_rate(0.0);
    still.update(*optimizer, 0, 0);
    CHECK(torch::equal(still.first->weight, before));
    optimizer->set_learning_rate(0.1);
    still.update(*optimizer, 1, 0);
    CHECK_FALSE(torch::equal(still.first->weight, before));
    CHECK(optimizer->base_learning_rate() < 0.1);
  }
}

TEST_CASE("a state that is not the optimizer's is refused", "[train][failure]") {
  TwoLayers model;
  const auto adam = make_adam({}, model);
  model.update(*adam, 0, 0);
  const auto good = copy_of(adam->state());
  const auto refusal = [&](const OptimizerState& state) {
    return message_of([&] { adam->load_state(state, "s"); });
  };
  auto state = good;
  state.tensors.erase("adam.exp_avg_sq.first.bias");
  CHECK(refusal(state) == "s: tensor \"adam.exp_avg_sq.first.bias\" is missing");
  state = good;
  state.tensors["adam.exp_avg.first.bias"] = torch::zeros({3});
  CHECK(refusal(state) ==
        "s: tensor \"adam.exp_avg.first.bias\": has another type or shape "
        "than the parameter");
  state.tensors["adam.exp_avg.first.bias"] = torch::zeros({2}, torch::kFloat64);
  CHECK_FALSE(refusal(state) == "no error");
  state = good;
  state.tensors["adam.step.first.bias"] = torch::zeros({1});
  CHECK(refusal(state) == "s: tensor \"adam.step.first.bias\": is not one I64");
  CHECK_FALSE(message_of([&] { make_sgd({}, model)->load_state(good, "s"); }) ==
              "no error");
  for (const auto& [name, tensor] : adam->state().tensors) {
    CHECK(torch::equal(tensor, good.tensors.at(name)));
  }
}

TEST_CASE("optimizers refuse what is out of bounds", "[train][failure]") {
  AdamOptions adam;
  adam.learning_rate = 0.0;
  CHECK(message_of([&] { adam.validate(); }) ==
        "learning_rate = 0: wants above 0, at most 10");
  adam = {};
  adam.beta2 = 1.0;
  CHECK(message_of([&] { adam.validate(); }) == "beta2 = 1: wants 0 to below 1");
  SgdOptions sgd;
  sgd.nesterov = true;
  sgd.dampening = 0.1;
  CHECK(message_of([&] { sgd.validate(); }) ==
        "nesterov = true: wants momentum above 0 and dampening 0");
  sgd.dampening = 0.0;
  CHECK(message_of([&] { sgd.validate(); }) == "no error");
  sgd.momentum = 0.0;
  const TwoLayers model;
  CHECK_FALSE(message_of([&] { make_sgd(sgd, model); }) == "no error");
}

TEST_CASE("an optimizer is chosen in YAML", "[train]") {
  const auto read = [](const std::string& text) {
    return parse_config<Recipe>(text, "x.yaml").optimizer;
  };
  const TwoLayers model;
  CHECK(read("").make(model)->base_learning_rate() == 1e-3);
  const auto adamw = read("optimizer: {type: adamw, learning_rate: 0.1, amsgrad: true}");
  CHECK(adamw.options<AdamWOptions>().weight_decay == 0.01);
  CHECK(adamw.options<AdamWOptions>().amsgrad);
  CHECK(adamw.make(model)->base_learning_rate() == 0.1);
  CHECK(message_of([&] { read("optimizer: {momentum: 0.9}"); }) ==
        "x.yaml:1: optimizer.momentum is a key of sgd, not of adam");
  CHECK(message_of([&] { read("optimizer:\n  type: sgd\n  momentum: 1"); }) ==
        "x.yaml:3: optimizer.momentum = 1: wants 0 to below 1");
}

TEST_CASE("every key of an optimizer has a meaning", "[train]") {
  for (const auto& kind : list_kinds(optimizers())) {
    CHECK_FALSE(kind.meaning.empty());
    CHECK(kind.keys.size() >= 5);
    for (const auto& key : kind.keys) {
      INFO(kind.name << "." << key.key);
      CHECK_FALSE(key.meaning.empty());
    }
  }
}
