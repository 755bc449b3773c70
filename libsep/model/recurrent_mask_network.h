#pragma once

#include "libsep/model/network.h"

namespace sep {

/// A mask network around an LSTM: begins and ends frame by frame (but for batch norm in
/// training), and what lies between offers both abilities. A network of its kind says
/// begin_layers(), run_layers(), end_layers() and run_layer().
class RecurrentMaskNetwork : public Network, public BatchSplitting, public StateCarrying {
 public:
  NetworkDomain domain() const override { return NetworkDomain::kMagnitude; }
  torch::Tensor forward(const torch::Tensor& magnitude,
                        const DropoutPlace& dropout = {}) override {
    return end_layers(run_layers(begin_layers(magnitude), dropout));
  }
  torch::Tensor begin(const torch::Tensor& magnitude) override {
    return begin_layers(magnitude);
  }
  torch::Tensor end(const torch::Tensor& hidden) override { return end_layers(hidden); }
  BatchSplitting* splitting() override { return this; }
  StateCarrying* carrying() override { return this; }
};

}  // namespace sep
