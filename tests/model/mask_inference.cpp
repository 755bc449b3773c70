#include "libsep/model/mask_inference.h"

#include <set>

#include "libsep/model/model_file.h"
#include "tests/support/catch_torch.h"

namespace {

sep::MaskInferenceOptions small_options() {
  sep::MaskInferenceOptions options;
  options.hidden_size = 5;
  options.num_layers = 2;
  options.dropout = 0.25;
  return options;
}

std::set<std::string> keys(const torch::OrderedDict<std::string, torch::Tensor>& dict) {
  std::set<std::string> result;
  for (const auto& item : dict) result.insert(item.key());
  return result;
}

torch::Tensor magnitudes(torch::IntArrayRef shape) {
  const auto generator = at::detail::createCPUGenerator(7);
  return torch::rand(shape, generator) * 1e-2;
}

}  // namespace

TEST_CASE("parameters and buffers bear nussl's names", "[model]") {
  auto options = small_options();
  options.num_layers = 1;
  const sep::MaskInference model(9, options);
  const std::string lstm = "recurrent_stack.rnn.";
  CHECK(keys(model.named_parameters()) ==
        std::set<std::string>{"input_normalization.batch_norm.weight",
                              "input_normalization.batch_norm.bias",
                              lstm + "weight_ih_l0",
                              lstm + "weight_hh_l0",
                              lstm + "bias_ih_l0",
                              lstm + "bias_hh_l0",
                              lstm + "weight_ih_l0_reverse",
                              lstm + "weight_hh_l0_reverse",
                              lstm + "bias_ih_l0_reverse",
                              lstm + "bias_hh_l0_reverse",
                              "embedding.linear.weight",
                              "embedding.linear.bias"});
  CHECK(keys(model.named_buffers()) ==
        std::set<std::string>{"input_normalization.batch_norm.running_mean",
                              "input_normalization.batch_norm.running_var",
                              "input_normalization.batch_norm.num_batches_tracked"});
}

TEST_CASE("mask_inference_tensors() lists what there is", "[model][property]") {
  const auto hidden = GENERATE(int64_t{1}, 3, 50);
  const auto layers = GENERATE(int64_t{1}, 2, 3);
  const auto bins = GENERATE(int64_t{2}, 257);
  sep::MaskInferenceOptions options;
  options.hidden_size = hidden;
  options.num_layers = layers;
  const sep::MaskInference model(bins, options);
  const auto listed = sep::mask_inference_tensors(bins, options);
  const auto state = sep::state_to_data(model);
  REQUIRE(listed.size() == state.size());
  for (const auto& [name, tensor] : state) {
    INFO(name);
    REQUIRE(listed.count(name) == 1);
    CHECK(listed.at(name).shape == tensor.shape);
    CHECK(listed.at(name).dtype == tensor.dtype);
  }
}

TEST_CASE("models A to F have the thesis's numbers of parameters", "[model]") {
  const auto count = [](int64_t hidden, int64_t layers) {
    sep::MaskInferenceOptions options;
    options.hidden_size = hidden;
    options.num_layers = layers;
    int64_t sum = 0;
    for (const auto& parameter : sep::MaskInference(257, options).parameters()) {
      sum += parameter.numel();
    }
    return sum;
  };
  CHECK(count(50, 1) == 150071);    // A
  CHECK(count(50, 2) == 210871);    // B
  CHECK(count(100, 2) == 580971);   // C, D
  CHECK(count(200, 2) == 1801171);  // E, F
}

TEST_CASE("the mask has the input's shape and lies in [0, 1]", "[model][property]") {
  const auto batch = GENERATE(int64_t{1}, 3);
  const auto frames = GENERATE(int64_t{2}, 17);
  const auto training = GENERATE(false, true);
  sep::MaskInference model(9, small_options());
  model.init_parameters(sep::RandomStream(1));
  model.train(training);
  const auto mask = model.forward(magnitudes({batch, frames, 9}));
  CHECK(mask.sizes() == torch::IntArrayRef({batch, 1, frames, 9}));
  CHECK(mask.min().item<float>() >= 0.0F);
  CHECK(mask.max().item<float>() <= 1.0F);
}

TEST_CASE("evaluation changes nothing, training the running statistics", "[model]") {
  sep::MaskInference model(9, small_options());
  model.init_parameters(sep::RandomStream(1));
  const auto input = magnitudes({2, 8, 9});
  const auto mean = [&] {
    return model.named_buffers()["input_normalization.batch_norm.running_mean"].clone();
  };
  const auto before = mean();
  model.eval();
  model.forward(input);
  CHECK(torch::equal(mean(), before));
  model.train();
  model.forward(input);
  // Momentum 0.1 from 0 towards the batch's mean in decibels.
  const auto decibels = input.square().clamp_min(1e-8).log10() * 10.0;
  CHECK(torch::allclose(mean(), decibels.mean(torch::IntArrayRef{0, 1}) * 0.1, 1e-5, 1e-5));
}

TEST_CASE("initial values follow from the stream", "[model]") {
  sep::MaskInference model(9, small_options());
  model.init_parameters(sep::RandomStream(3));
  sep::MaskInference again(9, small_options());
  again.init_parameters(sep::RandomStream(3));
  const auto parameters = model.named_parameters();
  for (const auto& item : again.named_parameters()) {
    CHECK(torch::equal(item.value(), parameters[item.key()]));
  }
  CHECK(torch::equal(parameters["recurrent_stack.rnn.bias_hh_l1_reverse"],
                     torch::cat({torch::zeros(5), torch::ones(5), torch::zeros(10)})));
  CHECK(torch::equal(parameters["embedding.linear.bias"], torch::zeros(9)));
}

TEST_CASE("matrices are Xavier normal over the whole matrix", "[model]") {
  auto options = small_options();
  options.hidden_size = 64;
  sep::MaskInference model(257, options);
  model.init_parameters(sep::RandomStream(3));
  const auto weights = model.named_parameters()["recurrent_stack.rnn.weight_ih_l0"];
  const double wanted = std::sqrt(2.0 / (256.0 + 257.0));
  // 65,792 values: the deviation's own standard error is 0.28 %; 4 of them.
  CHECK(weights.std().item<double>() == Approx(wanted).epsilon(0.011));
  // The mean's standard error is wanted / sqrt(65792); 4 of them.
  CHECK(std::abs(weights.mean().item<double>()) < 4.0 * wanted / 256.0);
}

TEST_CASE("options out of bounds are refused by name", "[model][failure]") {
  auto options = small_options();
  SECTION("hidden_size") {
    options.hidden_size = GENERATE(int64_t{0}, 8193);
    CHECK_THROWS_WITH(options.validate(), Catch::Contains("hidden_size"));
  }
  SECTION("num_layers") {
    options.num_layers = GENERATE(int64_t{0}, 33);
    CHECK_THROWS_WITH(options.validate(), Catch::Contains("num_layers"));
  }
  SECTION("dropout") {
    options.dropout = GENERATE(-0.1, 1.0, std::numeric_limits<double>::quiet_NaN());
    CHECK_THROWS_WITH(sep::MaskInference(9, options), Catch::Contains("dropout"));
  }
}

TEST_CASE("input of another shape is refused", "[model][failure]") {
  sep::MaskInference model(9, small_options());
  model.init_parameters(sep::RandomStream(1));
  CHECK_THROWS_WITH(model.forward(torch::zeros({2, 4, 8})), Catch::Contains("(2, 4, 8)"));
  CHECK_THROWS_AS(model.forward(torch::zeros({4, 9})), sep::Error);
  CHECK_THROWS_AS(model.forward(torch::zeros({0, 4, 9})), sep::Error);
}

TEST_CASE("in bfloat16 the mask and its gradients are near those in float", "[model]") {
  sep::MaskInference model(9, small_options());
  model.init_parameters(sep::RandomStream(1));
  const auto input = magnitudes({3, 12, 9});
  const auto mask_and_gradient = [&](bool bfloat16) {
    model.use_bfloat16(bfloat16);
    model.zero_grad();
    const auto mask = model.forward(input, 5);
    mask.square().sum().backward();
    std::vector<torch::Tensor> result = {mask.detach()};
    for (const auto& parameter : model.parameters()) {
      result.push_back(parameter.grad().clone());
    }
    return result;
  };
  const auto wanted = mask_and_gradient(false);
  const auto found = mask_and_gradient(true);
  CHECK(found.front().scalar_type() == torch::kFloat32);
  CHECK(!torch::equal(found.front(), wanted.front()));
  for (size_t i = 0; i < wanted.size(); ++i) {
    // Eight bits of mantissa, rounded at each of some 50 steps on the way (12 frames, two
    // layers, there and back): 50 * 2^-9 of the tensor's largest magnitude.
    const auto error = (found[i] - wanted[i]).abs().max().item<double>();
    CHECK(error < 0.1 * wanted[i].abs().max().item<double>());
  }
}
