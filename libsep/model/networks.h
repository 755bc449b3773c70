#pragma once

#include <memory>

#include "libsep/checkpoint/stored_model.h"
#include "libsep/core/kind.h"
#include "libsep/core/registry.h"
#include "libsep/model/network.h"

namespace sep {

/// The networks there are, by the name that a config's model.type and a model file's
/// metadata give: options and a maker each. A program adds its own before it trains, loads
/// or separates:
///
///     sep::networks().add<ConvTasNetOptions>("conv_tasnet", "time domain, …",
///     make_conv_tasnet);
///
/// A maker throws ConfigError for options that this libsep cannot run.
using NetworkRegistry = Registry<std::shared_ptr<Network>(const NetworkInput&)>;
NetworkRegistry& networks();

/// Adds those of libsep: mask_inference, joint_blstm, open_unmix.
void add_networks(NetworkRegistry& registry);

using NetworkKind = Kind<networks>;

/// The kind of a description and its options. Throws ConfigError for a kind that there is
/// not, and an option that it lacks or refuses.
NetworkKind network_kind(const ModelDescription& description);

/// Writes a kind into a description: the reverse.
void describe_network(const NetworkKind& kind, ModelDescription& description);

}  // namespace sep
