#include "libsep/model/networks.h"

#include "libsep/model/joint_blstm.h"
#include "libsep/model/mask_inference.h"
#include "libsep/model/open_unmix.h"

namespace sep {
namespace {

struct ChosenNetwork {
  NetworkKind kind;

  template <class Archive>
  void visit(Archive& archive) {
    kind.visit(archive);
  }
};

}  // namespace

NetworkRegistry& networks() {
  static auto* const registry = [] {
    auto* made = new NetworkRegistry("network");
    add_networks(*made);
    return made;
  }();
  return *registry;
}

void add_networks(NetworkRegistry& registry) {
  registry.add<MaskInferenceOptions>(
      "mask_inference",
      "the thesis's, after nussl: one stem, an LSTM on decibels",
      [](const MaskInferenceOptions& options, const NetworkInput& input) {
        if (input.num_stems != 1) {
          throw ConfigError("type",
                            " = mask_inference: gives one stem, wants targets: each");
        }
        return std::make_shared<MaskInference>(input.stft.num_bins(), options);
      });
  registry.add<JointBlstmOptions>(
      "joint_blstm",
      "masks of all stems that add up to one, an LSTM on log power",
      [](const JointBlstmOptions& options, const NetworkInput& input) {
        return std::make_shared<JointBlstm>(input, options);
      });
  registry.add<OpenUnmixOptions>(
      "open_unmix",
      "one stem, Open-Unmix's: an LSTM between linear layers",
      [](const OpenUnmixOptions& options, const NetworkInput& input) {
        return std::make_shared<OpenUnmix>(input, options);
      });
}

NetworkKind network_kind(const ModelDescription& description) {
  if (description.type == "mask_inference") {
    return NetworkKind::of(description.mask_inference);
  }
  if (!networks().contains(description.type)) {
    throw ConfigError(
        "type", " = " + description.type + ": " + networks().unknown(description.type));
  }
  const auto text = fmt::format("type: {}\n{}", description.type, description.network);
  return parse_config<ChosenNetwork>(text, "network").kind;
}

void describe_network(const NetworkKind& kind, ModelDescription& description) {
  description.type = kind.type();
  if (kind.has_options<MaskInferenceOptions>()) {
    description.mask_inference = kind.options<MaskInferenceOptions>();
  } else {
    description.network = detail::fields_to_yaml(kind.fields());
  }
}

}  // namespace sep
