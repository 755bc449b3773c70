#include "libsep/model/open_unmix.h"

#include <numeric>

#include "libsep/core/error.h"
#include "libsep/dsp/window.h"
#include "libsep/model/model_file.h"
#include "tests/support/catch_torch.h"
#include "tests/support/golden.h"

using namespace sep;

namespace {

/// A network as a vector's, its input divided by what the network multiplies it by.
struct Golden {
  explicit Golden(const GoldenFile& golden_file) : file(golden_file) {
    NetworkInput input;
    input.stft.window_length = 2 * (file.integer("nb_bins") - 1);
    const auto window = make_window(input.stft.window, input.stft.window_length);
    scale = std::accumulate(window.begin(), window.end(), 0.0);
    OpenUnmixOptions options;
    options.num_bins = file.integer("max_bin");
    options.hidden_size = file.integer("hidden_size");
    options.num_layers = file.integer("nb_layers");
    options.dropout = 0.0;
    network = std::make_shared<OpenUnmix>(input, options);
    std::map<std::string, TensorData> state;
    for (const auto& [name, data] : file.content.tensors) {
      if (name.rfind("state.", 0) == 0) state[name.substr(6)] = data;
    }
    state_from_data(*network, state, file.name());
  }

  torch::Tensor bins(const std::string& name) const {  // (B, 1, F, T) as (B, T, F)
    return tensor_from_data(file.content.at(name)).squeeze(1).transpose(1, 2);
  }

  torch::Tensor estimate() const {
    const auto magnitude = bins("input");
    return (*network)(magnitude / scale).squeeze(1) * magnitude;
  }

  const GoldenFile& file;
  double scale = 1.0;
  std::shared_ptr<OpenUnmix> network;
};

double relative(const torch::Tensor& found, const torch::Tensor& wanted, double scale) {
  return (found.detach() - wanted).abs().max().item<double>() / scale;
}

double largest(const torch::Tensor& tensor) { return tensor.abs().max().item<double>(); }

std::vector<GoldenFile> files() {
  std::vector<GoldenFile> mono;
  for (auto& file : golden_files(GoldenKind::kOpenUnmix)) {
    const auto& metadata = file.content.metadata;
    if (file.integer("nb_channels") == 1 && metadata.at("unidirectional") == "false") {
      mono.push_back(file);
    }
  }
  return mono;
}

}  // namespace

// Single precision beside double through a recurrent network: 1e-5 of the peak (the
// vectors' README), of gradients 1e-4 of the tensor's largest.

TEST_CASE("estimates are Open-Unmix's", "[model][golden]") {
  for (const auto& file : files()) {
    INFO(file.name());
    const Golden golden(file);
    golden.network->eval();
    const auto wanted = golden.bins("eval.output");
    CHECK(relative(golden.estimate(), wanted, largest(wanted)) <= 1e-5);
  }
}

TEST_CASE("a training pass and its gradients are Open-Unmix's", "[model][golden]") {
  for (const auto& file : files()) {
    INFO(file.name());
    const Golden golden(file);
    golden.network->train();
    const auto estimate = golden.estimate();
    const auto wanted = golden.bins("train.output");
    CHECK(relative(estimate, wanted, largest(wanted)) <= 1e-5);
    const auto loss = torch::mse_loss(estimate, golden.bins("target"));
    const auto wanted_loss = tensor_from_data(file.content.at("train.loss")).item<double>();
    CHECK(loss.item<double>() == Approx(wanted_loss).epsilon(1e-5));
    loss.backward();
    double most = 0.0;
    for (const auto& item : golden.network->named_parameters()) {
      most =
          std::max(most, largest(tensor_from_data(file.content.at("grad." + item.key()))));
    }
    for (const auto& item : golden.network->named_parameters()) {
      INFO(item.key());
      const auto gradient = tensor_from_data(file.content.at("grad." + item.key()));
      // Batch norm removes a constant: input_mean's gradient is zero but for rounding.
      const double scale = item.key() == "input_mean" ? most : largest(gradient);
      CHECK(relative(item.value().grad(), gradient, scale) <= 1e-4);
    }
    for (const auto& item : golden.network->named_buffers()) {
      INFO(item.key());
      const auto after = tensor_from_data(file.content.at("train.after." + item.key()));
      CHECK(relative(item.value().to(torch::kFloat64),
                     after.view(item.value().sizes()),
                     1.0) <= 1e-5 * std::max(1.0, largest(after.to(torch::kFloat64))));
    }
  }
}

TEST_CASE("Open-Unmix is a kind of network", "[model]") {
  ModelDescription description;
  description.type = "open_unmix";
  description.network = "hidden_size: 6\nnum_layers: 1\n";
  description.stft = {64, 16, StftWindow::kHann};
  const auto network = make_model(description);
  network->init_parameters(RandomStream(1));
  CHECK(network->splitting() == nullptr);
  CHECK(network->carrying() == nullptr);
  const auto masks = (*network)(torch::rand({2, 5, 33}));
  CHECK(masks.sizes() == torch::IntArrayRef({2, 1, 5, 33}));
  CHECK(masks.min().item<float>() >= 0.0F);
  description.stems = {"bassoon", "violin"};
  CHECK_THROWS_WITH(make_model(description), Catch::Contains("gives one stem"));
  description.stems = {};
  description.network = "hidden_size: 7\n";
  CHECK_THROWS_WITH(make_model(description), Catch::Contains("wants an even number"));
}
