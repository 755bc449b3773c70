// my_train with a loss that is not a number from its 4th batch on, for the test.
#include <libsep/commands/train_command.h>
#include <libsep/train/losses.h>
#include <torch/torch.h>

#include <atomic>
#include <cmath>

#include "my_kinds.h"

namespace {

struct NoOptions {
  template <class Archive>
  void visit(Archive&) {}
};

class Breaking : public sep::Loss {
 public:
  sep::LossNeeds needs(sep::EstimateForm) const override {
    sep::LossNeeds needs;
    needs.waveforms = true;
    return needs;
  }
  torch::Tensor operator()(const sep::LossInput& input) const override {
    const auto loss = (input.estimate_waves - input.target_waves).square().mean();
    return ++num_calls_ < 4 ? loss : loss * std::nan("");
  }

 private:
  mutable std::atomic<int> num_calls_{0};
};

}  // namespace

int main(int argc, char** argv) {
  add_my_kinds();
  sep::losses().add<NoOptions>("breaking", "no number", [](const NoOptions&) {
    return std::make_shared<Breaking>();
  });
  return sep::train_command(argc, argv);
}
