// test_my_network FOLDER: the network held against the golden vectors of the Clarity
// Challenge's Conv-TasNet with global layer norm, its gradients too.
#include <libsep/core/safetensors.h>
#include <libsep/model/networks.h>

#include <cstdio>
#include <filesystem>

#include "my_kinds.h"

namespace {

/// The metadata's `config`, JSON that is YAML too.
struct Recorded {
  int64_t B = 0, C = 0, H = 0, L = 0, N = 0, P = 0, R = 0, X = 0;
  int64_t audio_channels = 0, samplerate = 0;
  bool causal = false;
  std::string mask_nonlinear, norm_type;

  template <class Archive>
  void visit(Archive& archive) {
    archive("B", B), archive("C", C), archive("H", H), archive("L", L), archive("N", N);
    archive("P", P), archive("R", R), archive("X", X);
    archive("audio_channels", audio_channels), archive("samplerate", samplerate);
    archive("causal", causal);
    archive("mask_nonlinear", mask_nonlinear), archive("norm_type", norm_type);
  }
};

struct Chosen {
  sep::NetworkKind model;

  template <class Archive>
  void visit(Archive& archive) {
    archive("model", model);
  }
};

std::shared_ptr<sep::Network> make_network(const Recorded& recorded) {
  const auto text = fmt::format(
      "model: {{type: my_conv_tasnet, num_filters: {}, filter_length: {}, num_channels: "
      "{}, "
      "bottleneck_size: {}, hidden_size: {}, kernel_size: {}, num_blocks: {}, "
      "num_repeats: {}, mask: {}}}",
      recorded.N,
      recorded.L,
      recorded.audio_channels,
      recorded.B,
      recorded.H,
      recorded.P,
      recorded.X,
      recorded.R,
      recorded.mask_nonlinear);
  sep::NetworkInput input;
  input.num_stems = recorded.C;
  return sep::parse_config<Chosen>(text, "test").model.make(input);
}

torch::Tensor tensor_of(const sep::TensorData& data) {
  if (data.dtype == sep::Dtype::kF64) {
    auto values = sep::to_values<double>(data);
    return torch::from_blob(values.data(), data.shape, torch::kDouble).clone();
  }
  auto values = sep::to_values<float>(data);
  return torch::from_blob(values.data(), data.shape).clone().to(torch::kDouble);
}

/// The largest difference as a part of the largest value.
double difference(const torch::Tensor& found, const torch::Tensor& wanted) {
  SEP_CHECK(found.sizes() == wanted.sizes(), "another shape");
  return ((found - wanted).abs().max() / wanted.abs().max()).item<double>();
}

/// Both in double, sums of at most some thousand terms in another order: 1e-10 of the
/// largest value (that of all gradients, since single ones cancel) is far above rounding
/// and far below what a wrong formula gives.
constexpr double kTolerance = 1e-10;

bool check(const sep::Safetensors& file) {
  const auto recorded =
      sep::parse_config<Recorded>(file.metadata.at("config"), "the metadata's config");
  const auto network = make_network(recorded);
  network->init_parameters(sep::RandomStream(0));
  network->to(torch::kDouble);
  const auto of = [&](const std::string& name) { return tensor_of(file.tensors.at(name)); };
  auto parameters = network->named_parameters();
  size_t num_states = 0;
  for (const auto& [name, data] : file.tensors) num_states += name.rfind("state.", 0) == 0;
  SEP_CHECK(parameters.size() == num_states, "{} parameters", parameters.size());
  {
    const torch::NoGradGuard no_gradients;
    for (auto& named : parameters) named.value().copy_(of("state." + named.key()));
  }
  const auto input = of("input").requires_grad_();
  const auto output = (*network)(input);
  const auto loss = (output - of("target")).abs().mean();
  loss.backward();
  double largest = 0.0, gradients = 0.0;
  for (const auto& named : parameters) {
    const auto wanted = of("grad." + named.key());
    largest = std::max(largest, wanted.abs().max().item<double>());
    gradients =
        std::max(gradients, (named.value().grad() - wanted).abs().max().item<double>());
  }
  const double outputs = difference(output, of("output"));
  const double of_input = difference(input.grad(), of("grad_input"));
  std::printf("golden: output %.1e, gradients %.1e, of the input %.1e\n",
              outputs,
              gradients / largest,
              of_input);
  return outputs < kTolerance && gradients / largest < kTolerance && of_input < kTolerance;
}

}  // namespace

int main(int, char** argv) {
  add_my_kinds();
  int num_checked = 0;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    if (entry.path().extension() != ".safetensors") continue;
    const auto file = sep::read_safetensors(entry.path());
    const auto is = [&](const char* key, const char* value) {
      const auto found = file.metadata.find(key);
      return found != file.metadata.end() && found->second == value;
    };
    if (!is("kind", "conv_tasnet") || !is("flavour", "clarity")) continue;
    if (file.metadata.at("config").find("\"gLN\"") == std::string::npos) continue;
    std::printf("%s: ", entry.path().filename().c_str());
    if (!check(file)) return 1;
    ++num_checked;
  }
  return num_checked > 0 ? 0 : 1;
}
