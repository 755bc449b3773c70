#include "libsep/train/detail/loss_input.h"

#include <torch/torch.h>

#include <sstream>
#include <vector>

#include "libsep/core/error.h"

namespace sep::detail {
namespace {

std::string shape_of(c10::IntArrayRef sizes) {
  std::ostringstream text;
  text << sizes;
  return text.str();
}

void check_shape(const torch::Tensor& tensor,
                 c10::IntArrayRef wanted,
                 const std::string& name,
                 const std::string& loss) {
  SEP_CHECK(tensor.defined(), "loss {}: was given no {}", loss, name);
  SEP_CHECK(tensor.sizes() == wanted,
            "loss {}: {} of {}, wants {}",
            loss,
            name,
            shape_of(tensor.sizes()),
            shape_of(wanted));
}

// The sizes of a tensor of B, S and two more axes, which the others follow.
std::vector<int64_t> sizes_of(const torch::Tensor& tensor,
                              const std::string& name,
                              const std::string& loss) {
  SEP_CHECK(tensor.defined(), "loss {}: was given no {}", loss, name);
  SEP_CHECK(tensor.dim() == 4 && tensor.numel() > 0,
            "loss {}: {} of {}, wants four axes and an element",
            loss,
            name,
            shape_of(tensor.sizes()));
  return tensor.sizes().vec();
}

}  // namespace

void check_masks(const LossInput& input,
                 const torch::Tensor& target,
                 const std::string& target_name,
                 const std::string& loss) {
  const auto sizes = sizes_of(input.masks, "masks", loss);
  check_shape(target, sizes, target_name, loss);
  check_shape(input.mixture, {sizes[0], sizes[2], sizes[3]}, "mixture", loss);
}

void check_phase(const LossInput& input, const std::string& loss) {
  check_masks(input, input.projections, "projections", loss);
  const auto sizes = input.masks.sizes();
  check_shape(input.target_energies, {sizes[0], sizes[1]}, "target energies", loss);
  check_shape(input.mixture_energy, {sizes[0]}, "mixture energy", loss);
}

void check_waveforms(const LossInput& input, const std::string& loss) {
  const auto sizes = sizes_of(input.estimate_waves, "estimates' waveforms", loss);
  check_shape(input.target_waves, sizes, "targets' waveforms", loss);
  check_shape(
      input.mixture_waves, {sizes[0], sizes[2], sizes[3]}, "mixture's waveforms", loss);
}

torch::Tensor mixture_of_each_stem(const LossInput& input) {
  return input.mixture.unsqueeze(1).expand_as(input.masks);
}

}  // namespace sep::detail
