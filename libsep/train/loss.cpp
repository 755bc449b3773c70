#include "libsep/train/loss.h"

#include <torch/torch.h>

namespace sep {

torch::Tensor masked_magnitude_l1(const torch::Tensor& mask,
                                  const torch::Tensor& mixture,
                                  const torch::Tensor& target) {
  return torch::l1_loss(mask * mixture, target);
}

}  // namespace sep
