// Scale-invariant error in dB, bounded where a stem is good enough and where it rests:
//
//     10 log10((|e - a s|^2 + t |a s|^2 + q) / (|a s|^2 + q)),   a = <e, s> / (|s|^2 + q)
//
// e the estimate, s the target, t = 10^(-enough_db / 10), q = 1e-3 |mixture|^2 + 1e-8.
#include <libsep/core/bounds.h>
#include <libsep/train/losses.h>

#include <cmath>

#include "my_kinds.h"

namespace {

struct MyLossOptions {
  double enough_db = 30.0;

  void validate() const { sep::check_bounds("enough_db", enough_db, 0.0, 100.0); }

  template <class Archive>
  void visit(Archive& archive) {
    archive("enough_db", enough_db, "where a stem is good enough, 0 … 100");
  }
};

class MyLoss : public sep::StemLoss {
 public:
  explicit MyLoss(const MyLossOptions& options)
      : tolerated_(std::pow(10.0, -options.enough_db / 10.0)) {}

  sep::LossNeeds needs(sep::EstimateForm) const override {
    sep::LossNeeds needs;
    needs.waveforms = true;
    return needs;
  }

  torch::Tensor stem_costs(const sep::LossInput& input) const override {
    const auto estimate = input.estimate_waves.flatten(2);  // (B, S, C N)
    const auto target = input.target_waves.flatten(2);      // (B, S, C N)
    const auto floor = input.mixture_waves.square().sum({1, 2}).unsqueeze(1) * 1e-3 + 1e-8;
    const auto scale = (estimate * target).sum(2) / (target.square().sum(2) + floor);
    const auto wanted = scale.unsqueeze(2) * target;
    const auto signal = wanted.square().sum(2);  // (B, S)
    const auto error = (estimate - wanted).square().sum(2) + tolerated_ * signal;
    return 10.0 * torch::log10((error + floor) / (signal + floor));  // (B, S)
  }

 private:
  double tolerated_;
};

}  // namespace

void add_my_loss() {
  sep::losses().add<MyLossOptions>(
      "my_loss", "scale-invariant, bounded", [](const MyLossOptions& options) {
        return std::make_shared<MyLoss>(options);
      });
}
