#include "libsep/model/joint_blstm.h"

#include "libsep/core/error.h"
#include "tests/support/catch_torch.h"

using namespace sep;

namespace {

NetworkInput input_of(int64_t num_stems) {
  NetworkInput input;
  input.stft = {64, 16, StftWindow::kHann};
  input.num_stems = num_stems;
  return input;
}

JointBlstmOptions small_options() {
  JointBlstmOptions options;
  options.num_bins = 20;
  options.num_features = 7;
  options.hidden_size = 5;
  options.dropout = 0.3;
  return options;
}

std::shared_ptr<JointBlstm> small_network(int64_t num_stems,
                                          const JointBlstmOptions& options) {
  auto network = std::make_shared<JointBlstm>(input_of(num_stems), options);
  network->init_parameters(RandomStream(1));
  return network;
}

torch::Tensor magnitudes(const std::vector<int64_t>& shape) {
  return torch::rand(shape, at::detail::createCPUGenerator(3)) + 1e-3;
}

}  // namespace

TEST_CASE("the quartet's network has the prototype's size", "[model]") {
  NetworkInput input;
  input.stft = {4096, 1024, StftWindow::kHann};
  input.num_stems = 4;
  JointBlstm network(input, {});
  int64_t count = 0;
  for (const auto& parameter : network.parameters()) count += parameter.numel();
  // batch norm 2 x 1024; 1024 x 300 + 300; LSTM 2 (4 256 (300 + 256 + 2)) and
  // 2 (4 256 (512 + 256 + 2)); 512 x 4096 + 4096
  CHECK(count == 2048 + 307500 + 1142784 + 1576960 + 2101248);
  CHECK(network.num_bins() == 1024);
  CHECK(network.level() == InputLevel::kUnitRms);
  // 32 GFLOP for 8 x 3 s, as the prototype's was reckoned: 131 frames each.
  CHECK(3.0 * 8 * 131 * network.cost().operations == Approx(32e9).epsilon(0.05));
}

TEST_CASE("masks of all stems add up to one", "[model][property]") {
  const auto num_stems = GENERATE(int64_t{2}, 3);
  const auto batch = GENERATE(int64_t{1}, 3);
  const auto training = GENERATE(false, true);
  const auto network = small_network(num_stems, small_options());
  network->train(training);
  const auto masks = (*network)(magnitudes({batch, 9, 20}), 4);
  REQUIRE(masks.sizes() == torch::IntArrayRef({batch, num_stems, 9, 20}));
  CHECK(masks.min().item<float>() >= 0.0F);
  // Rounding of S quotients, each below one.
  CHECK((masks.sum(1) - 1.0).abs().max().item<double>() <= 1e-6);
}

TEST_CASE("a network hears no more bins than there are", "[model]") {
  auto options = small_options();
  for (const int64_t bins : {0, 33, 1000}) {
    options.num_bins = bins;
    CHECK(small_network(2, options)->num_bins() == 33);
  }
}

TEST_CASE("dropout and initial values follow from their seeds", "[model]") {
  const auto network = small_network(2, small_options());
  network->train();
  const auto input = magnitudes({2, 6, 20});
  CHECK(torch::equal((*network)(input, 5), (*network)(input, 5)));
  CHECK_FALSE(torch::equal((*network)(input, 5), (*network)(input, 6)));
  network->eval();
  CHECK(torch::equal((*network)(input, 5), (*network)(input, 6)));
  const auto again = small_network(2, small_options());
  const auto named = again->named_parameters();
  for (const auto& item : network->named_parameters()) {
    INFO(item.key());
    CHECK(torch::equal(item.value(), named[item.key()]));
    CHECK(item.value().isfinite().all().item<bool>());
  }
}

TEST_CASE("blocks with carried states are the whole", "[model]") {
  const auto network = small_network(3, small_options());
  network->eval();
  const torch::NoGradGuard no_gradients;
  const auto input = magnitudes({2, 24, 20});
  const auto whole = (*network)(input);
  auto& states = *network->carrying();
  auto hidden = states.begin(input);  // (T, B, I)
  for (int64_t layer = 0; layer < states.num_layers(); ++layer) {
    LstmState forward, backward;
    std::vector<torch::Tensor> ahead(3), behind(3);
    for (int64_t k = 0; k < 3; ++k) {
      const auto block = hidden.narrow(0, 8 * k, 8);
      ahead[static_cast<size_t>(k)] =
          states.run_layer(layer, LstmDirection::kForward, block, forward);
      const auto last = hidden.narrow(0, 8 * (2 - k), 8);
      behind[static_cast<size_t>(2 - k)] =
          states.run_layer(layer, LstmDirection::kBackward, last, backward);
    }
    hidden = torch::cat({torch::cat(ahead, 0), torch::cat(behind, 0)}, 2);
  }
  // The same operations on other shapes of matrices: a few roundings of masks below 1.
  CHECK((states.end(hidden) - whole).abs().max().item<double>() <= 1e-6);
}

TEST_CASE("in bfloat16 masks and gradients are near those in float", "[model]") {
  const auto network = small_network(3, small_options());
  network->train();
  const auto input = magnitudes({2, 12, 20});
  const auto weights = magnitudes({2, 3, 12, 20});  // of masks, or they would add up to one
  const auto masks_and_gradients = [&](bool bfloat16) {
    network->use_bfloat16(bfloat16);
    network->zero_grad();
    const auto masks = (*network)(input, 5);
    (masks.square() * weights).sum().backward();
    std::vector<torch::Tensor> result = {masks.detach()};
    for (const auto& parameter : network->parameters()) {
      result.push_back(parameter.grad().clone());
    }
    return result;
  };
  const auto wanted = masks_and_gradients(false);
  const auto found = masks_and_gradients(true);
  CHECK(found.front().scalar_type() == torch::kFloat32);
  CHECK_FALSE(torch::equal(found.front(), wanted.front()));
  for (size_t i = 0; i < wanted.size(); ++i) {
    // Eight bits of mantissa, rounded at each of some 50 steps on the way (12 frames, two
    // layers, there and back): 50 * 2^-9 of the tensor's largest magnitude.
    const auto error = (found[i] - wanted[i]).abs().max().item<double>();
    CHECK(error < 0.1 * wanted[i].abs().max().item<double>());
  }
  // The same twice, in float as before.
  CHECK(torch::equal(masks_and_gradients(true).back(), found.back()));
  CHECK(torch::equal(masks_and_gradients(false).back(), wanted.back()));
}

TEST_CASE("options and input out of their bounds are refused", "[model][failure]") {
  auto options = small_options();
  options.dropout = 1.0;
  CHECK_THROWS_WITH(JointBlstm(input_of(2), options),
                    Catch::Contains("dropout = 1: wants 0 to below 1"));
  CHECK_THROWS_WITH(JointBlstm(input_of(1), small_options()),
                    Catch::Contains("wants 2 or more"));
  const auto network = small_network(2, small_options());
  CHECK_THROWS_WITH((*network)(torch::zeros({2, 4, 21})), Catch::Contains("(2, 4, 21)"));
}
