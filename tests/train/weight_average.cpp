#include "libsep/train/weight_average.h"

#include "libsep/train/gradients.h"
#include "tests/support/catch_torch.h"
#include "tests/support/golden_json.h"
#include "tests/support/messages.h"

using namespace sep;
using nlohmann::json;

namespace {

torch::Tensor tensor_of(const json& values, torch::Dtype dtype) {
  std::vector<torch::Tensor> rows;
  if (!values.at(0).is_array()) {
    return torch::tensor(golden_numbers(values), torch::kFloat64).to(dtype);
  }
  for (const auto& row : values) rows.push_back(tensor_of(row, dtype));
  return torch::stack(rows);
}

struct Parameters : torch::nn::Module {
  void add(const torch::Tensor& values) {
    register_parameter(fmt::format("p{}", parameters().size()), values.clone());
  }
};

void set_values(torch::nn::Module& module, double value) {
  const torch::NoGradGuard no_gradients;
  for (auto& p : module.parameters()) p.fill_(value);
  for (auto& b : module.buffers()) b.fill_(value);
}

std::vector<torch::Tensor> values_of(const torch::nn::Module& module) {
  std::vector<torch::Tensor> values;
  for (const auto& p : module.parameters()) values.push_back(p.detach().clone());
  for (const auto& b : module.buffers()) values.push_back(b.clone());
  return values;
}

bool equal(const std::vector<torch::Tensor>& a, const std::vector<torch::Tensor>& b) {
  bool same = a.size() == b.size();
  for (size_t i = 0; same && i < a.size(); ++i) same = torch::equal(a[i], b[i]);
  return same;
}

AverageRule rule_of(const std::string& name) {
  if (name == "first update copies") return AverageRule::kCopyFirst;
  if (name == "start from the initial weights") return AverageRule::kConstant;
  if (name == "unbiased") return AverageRule::kUnbiased;
  throw std::runtime_error("an unknown rule: " + name);
}

}  // namespace

TEST_CASE("gradients are clipped as PyTorch clips them", "[train][golden]") {
  WorstDifference doubles("clipped gradients in double", "of the largest", 1e-12);
  // PyTorch's norm and factor are in single precision, each a few eps = 6e-8 off.
  WorstDifference singles("clipped gradients in single", "of the largest", 1e-6);
  for (const auto& entry : golden_schedules("clips")) {
    const bool is_double = entry.at("dtype") == "float64";
    auto& worst = is_double ? doubles : singles;
    const auto dtype = is_double ? torch::kFloat64 : torch::kFloat32;
    Parameters module;
    for (const auto& gradient : entry.at("gradients")) {
      const auto values = tensor_of(gradient, dtype);
      module.add(torch::zeros_like(values));
      module.parameters().back().mutable_grad() = values.clone();
    }
    const double norm = gradient_norm(module);
    CHECK(norm == Approx(entry.at("norm").get<double>()).epsilon(worst.tolerance()));
    clip_gradient_norm(module, entry.at("max_norm"), norm);
    for (size_t i = 0; i < entry.at("clipped").size(); ++i) {
      const auto wanted = tensor_of(entry.at("clipped")[i], dtype);
      const auto found = module.parameters()[i].grad();
      const auto off = (found - wanted).abs().max() / wanted.abs().max();
      CHECK(worst.add(off.item<double>(), entry.at("dtype")) <= worst.tolerance());
    }
  }
}

TEST_CASE("a gradient below the norm keeps its bits", "[train]") {
  Parameters module;
  module.add(torch::zeros({3}));
  module.add(torch::zeros({3}));  // without a gradient
  const auto gradient = torch::tensor({0.1F, 0.2F, 0.3F});
  module.parameters()[0].mutable_grad() = gradient.clone();
  CHECK(clip_gradient_norm(module, 5.0, gradient_norm(module)) == 1.0);
  CHECK(torch::equal(module.parameters()[0].grad(), gradient));
  CHECK(clip_gradient_norm(module, 0.1, gradient_norm(module)) < 0.3);
  CHECK(gradient_norm(module) == Approx(0.1).epsilon(1e-4));
}

TEST_CASE("clipping wants numbers", "[train][failure]") {
  Parameters module;
  CHECK(message_of([&] { clip_gradient_norm(module, 0.0, 1.0); }) ==
        "clipping to a norm of 0: wants above 0");
  CHECK(message_of([&] { clip_gradient_norm(module, 1.0, std::nan("")); }) ==
        "clipping a gradient of norm nan: wants a number");
}

TEST_CASE("averages are those of other tools", "[train][golden]") {
  // A few roundings an update, in double.
  WorstDifference worst("averaged weights", "of the largest", 1e-12);
  for (const auto& entry : golden_schedules("averages")) {
    Parameters module;
    const auto& initial =
        entry.contains("initial") ? entry.at("initial") : entry.at("weights")[0];
    module.add(torch::full_like(tensor_of(initial, torch::kFloat64), 9.0));
    if (entry.contains("initial")) {
      module.parameters()[0].detach().copy_(tensor_of(initial, torch::kFloat64));
    }
    WeightAverage average(module, entry.at("decay"), rule_of(entry.at("rule")));
    for (size_t i = 0; i < entry.at("weights").size(); ++i) {
      module.parameters()[0].detach().copy_(
          tensor_of(entry.at("weights")[i], torch::kFloat64));
      average.update(module);
      const auto wanted = tensor_of(entry.at("averages")[i], torch::kFloat64);
      const auto off =
          (average.tensors().at("p0") - wanted).abs().max() / wanted.abs().max();
      CHECK(worst.add(off.item<double>(), entry.at("rule")) <= worst.tolerance());
    }
  }
}

TEST_CASE("a ramp forgets fast at first", "[train]") {
  CHECK(average_decay(AverageRule::kRamp, 0.99, 0) == 0.1);
  CHECK(average_decay(AverageRule::kRamp, 0.99, 8) == 0.5);
  CHECK(average_decay(AverageRule::kRamp, 0.99, 890) == Approx(0.99));
  CHECK(average_decay(AverageRule::kRamp, 0.99, 891) == 0.99);
  CHECK(average_decay(AverageRule::kRamp, 0.0, 100) == 0.0);
}

TEST_CASE("parameters are averaged and buffers copied", "[train]") {
  torch::nn::BatchNorm1d module(2);
  set_values(*module, 1.0);
  WeightAverage average(*module, 0.99);
  set_values(*module, 3.0);
  average.update(*module);
  const auto mean = [&](const char* name) {
    return average.tensors().at(name).to(torch::kFloat64).mean().item<double>();
  };
  CHECK(mean("weight") == Approx(0.1 * 1.0 + 0.9 * 3.0));
  CHECK(mean("bias") == Approx(2.8));
  CHECK(mean("running_mean") == 3.0);
  CHECK(mean("running_var") == 3.0);
  CHECK(mean("num_batches_tracked") == 3.0);
}

TEST_CASE("a module has averaged weights for a while", "[train]") {
  torch::nn::BatchNorm1d module(2);
  set_values(*module, 1.0 / 3.0);
  WeightAverage average(*module, 0.5);
  set_values(*module, 0.7);
  average.update(*module);
  const auto own = values_of(*module);
  const auto kept = average.tensors().at("weight").clone();
  {
    const AveragedWeights averaged(average, *module);
    CHECK(torch::equal(module->weight, kept));
    CHECK_FALSE(torch::equal(module->weight, own[0]));
    CHECK(module->weight.requires_grad());
  }
  CHECK(equal(values_of(*module), own));
  CHECK(torch::equal(average.tensors().at("weight"), kept));
}

TEST_CASE("an average goes on from its state with the same bits", "[train]") {
  torch::nn::BatchNorm1d module(2);
  set_values(*module, 1.0);
  WeightAverage whole(*module, 0.9);
  WeightAverage stopped(*module, 0.9);
  for (int i = 0; i < 3; ++i) {
    set_values(*module, 0.1 * i);
    whole.update(*module);
    stopped.update(*module);
  }
  WeightAverage resumed(*module, 0.9);
  resumed.load(stopped.tensors(), stopped.num_updates(), "state");
  for (int i = 3; i < 6; ++i) {
    set_values(*module, 0.1 * i);
    whole.update(*module);
    resumed.update(*module);
  }
  CHECK(resumed.num_updates() == 6);
  for (const auto& [name, tensor] : whole.tensors()) {
    CHECK(torch::equal(tensor, resumed.tensors().at(name)));
  }
}

TEST_CASE("an average refuses what is not its module's", "[train][failure]") {
  torch::nn::BatchNorm1d module(2);
  CHECK(message_of([&] { WeightAverage(*module, 1.0); }) ==
        "an average's decay of 1: wants 0 to below 1");
  WeightAverage average(*module, 0.9);
  auto tensors = average.tensors();
  tensors.erase("weight");
  CHECK(message_of([&] { average.load(tensors, 1, "s"); }) ==
        "s: tensor \"weight\" is missing");
  tensors["weight"] = torch::ones({3});
  CHECK(message_of([&] { average.load(tensors, 1, "s"); }) ==
        "s: tensor \"weight\": has another type or shape than the model's");
  CHECK(average.num_updates() == 0);
}
