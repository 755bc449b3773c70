#include "libsep/model/network.h"

#include "libsep/core/error.h"
#include "libsep/model/device.h"

namespace sep {

std::string Network::backend_name(const torch::Device& /*device*/) const {
  return "LibTorch " + torch_version();
}

void Network::use_bfloat16(bool on) {
  if (on) throw ConfigError("mixed_precision", " = true: this network has none");
}

}  // namespace sep
