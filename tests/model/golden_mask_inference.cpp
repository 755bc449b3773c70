#include "libsep/model/mask_inference.h"
#include "libsep/model/model_file.h"
#include "tests/support/catch_torch.h"
#include "tests/support/golden.h"

namespace {

const std::string kPrefix = "layers.model.";

// Frames of (B, T, F, 1) or masks of (B, T, F, 1, 1) as (B, T, F).
torch::Tensor bins_of(const GoldenFile& file, const std::string& name) {
  const auto tensor = sep::tensor_from_data(file.content.at(name));
  return tensor.flatten(2);
}

// The tensors whose names begin so, without that beginning.
std::map<std::string, sep::TensorData> below(const GoldenFile& file,
                                             const std::string& prefix) {
  std::map<std::string, sep::TensorData> result;
  for (const auto& [name, data] : file.content.tensors) {
    if (name.rfind(prefix, 0) == 0) result[name.substr(prefix.size())] = data;
  }
  return result;
}

// A model with the state the vectors were made from.
std::shared_ptr<sep::MaskInference> initial_model(const GoldenFile& file,
                                                  sep::LstmBackend backend) {
  sep::MaskInferenceOptions options;
  options.hidden_size = file.integer("hidden_size");
  options.num_layers = file.integer("num_layers");
  options.lstm = backend;
  auto model = std::make_shared<sep::MaskInference>(file.integer("num_features"), options);
  sep::state_from_data(*model, below(file, "init." + kPrefix), file.name());
  return model;
}

double largest(const torch::Tensor& difference) {
  const auto value = difference.abs().max().item<double>();
  return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
}

// Of the tensor's largest magnitude. Single gradients are near zero.
double relative(const torch::Tensor& found, const torch::Tensor& wanted) {
  const double scale = largest(wanted);
  const double difference = largest(found.detach().view(wanted.sizes()) - wanted);
  return scale > 0.0 ? difference / scale : difference;
}

std::vector<sep::LstmBackend> backends() {
  std::vector<sep::LstmBackend> result = {sep::LstmBackend::kTorch};
  if (sep::has_onednn()) result.push_back(sep::LstmBackend::kOneDnn);
  return result;
}

std::string place_of(const GoldenFile& file, sep::LstmBackend backend) {
  return file.name() + ", " + sep::enum_name(backend);
}

torch::Tensor step_loss(sep::MaskInference& model, const GoldenFile& file) {
  const auto mixture = bins_of(file, "mix_magnitude");
  const auto estimate = model.forward(mixture).squeeze(1) * mixture;
  return torch::l1_loss(estimate, bins_of(file, "target_magnitude"));
}

// Calls check(file, backend) for each of both.
template <class Check>
void for_each_model(Check check) {
  for (const auto& file : golden_files(GoldenKind::kMaskInference)) {
    for (const auto backend : backends()) {
      INFO(place_of(file, backend));
      check(file, backend);
    }
  }
}

}  // namespace

// Tolerances are those the vectors were published with (tests/golden/README.md).

TEST_CASE("the mask in evaluation mode is nussl's", "[model][golden]") {
  WorstDifference mask_worst("mask", "absolute", 1e-5);
  WorstDifference estimate_worst("estimates", "of the peak", 1e-5);
  for_each_model([&](const GoldenFile& file, sep::LstmBackend backend) {
    const auto model = initial_model(file, backend);
    model->eval();
    const auto mixture = bins_of(file, "mix_magnitude");
    const auto place = place_of(file, backend);
    const auto mask = model->forward(mixture).squeeze(1);
    CHECK(mask_worst.add(largest(mask - bins_of(file, "eval.mask")), place) <=
          mask_worst.tolerance());
    const auto difference = relative(mask * mixture, bins_of(file, "eval.estimates"));
    CHECK(estimate_worst.add(difference, place) <= estimate_worst.tolerance());
  });
}

TEST_CASE("the mask in training mode and all gradients are nussl's", "[model][golden]") {
  WorstDifference mask_worst("training mask", "absolute", 1e-5);
  WorstDifference gradient_worst("gradients", "of the tensor's largest", 1e-4);
  for_each_model([&](const GoldenFile& file, sep::LstmBackend backend) {
    const auto model = initial_model(file, backend);
    const auto place = place_of(file, backend);
    const auto mask = model->forward(bins_of(file, "mix_magnitude")).squeeze(1);
    CHECK(mask_worst.add(largest(mask - bins_of(file, "train.mask")), place) <=
          mask_worst.tolerance());
    const auto again = initial_model(file, backend);
    step_loss(*again, file).backward();
    const auto wanted = below(file, "grad." + kPrefix);
    const auto parameters = again->named_parameters();
    REQUIRE(parameters.size() == wanted.size());
    for (const auto& item : parameters) {
      const auto difference =
          relative(item.value().grad(), sep::tensor_from_data(wanted.at(item.key())));
      INFO(item.key());
      CHECK(gradient_worst.add(difference, place + ", " + item.key()) <=
            gradient_worst.tolerance());
    }
  });
}

TEST_CASE("three steps of Adam end where nussl's do", "[model][golden]") {
  WorstDifference loss_worst("losses", "of the loss", 1e-4);
  WorstDifference state_worst("state after three steps", "of the tensor's largest", 1e-4);
  for_each_model([&](const GoldenFile& file, sep::LstmBackend backend) {
    const auto model = initial_model(file, backend);
    const auto place = place_of(file, backend);
    torch::optim::Adam adam(model->parameters(), torch::optim::AdamOptions(1e-3));
    for (const double wanted : sep::to_values<double>(file.content.at("losses"))) {
      const auto loss = step_loss(*model, file);
      const double difference = std::abs(loss.item<double>() - wanted) / wanted;
      CHECK(loss_worst.add(difference, place) <= loss_worst.tolerance());
      adam.zero_grad();
      loss.backward();
      adam.step();
    }
    const auto wanted = below(file, "after3." + kPrefix);
    const auto found = sep::state_to_data(*model);
    REQUIRE(found.size() == wanted.size());
    for (const auto& [name, data] : wanted) {
      INFO(name);
      const auto tensor = sep::tensor_from_data(data).to(torch::kFloat64);
      const auto ours = sep::tensor_from_data(found.at(name)).to(torch::kFloat64);
      CHECK(state_worst.add(relative(ours, tensor), place + ", " + name) <=
            state_worst.tolerance());
    }
  });
}
