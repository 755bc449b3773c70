#include "libsep/train/detail/spectral_products.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <vector>

#include "libsep/core/threads.h"

namespace sep::detail {
namespace {

constexpr int64_t kBlock = 1 << 15;  // bins that a thread takes at a time, about
constexpr int64_t kLanes = 16;
constexpr int64_t kRun = 8 * kLanes;  // bins that are summed in their own precision

/// Where the bins of frame (item, stem, frame) begin.
template <class Real>
class Rows {
 public:
  explicit Rows(const torch::Tensor& tensor)  // (B, S, T, F), bins side by side
      : data_(tensor.data_ptr<Real>()),
        item_(tensor.stride(0)),
        stem_(tensor.stride(1)),
        frame_(tensor.stride(2)) {}

  Real* at(int64_t item, int64_t stem, int64_t frame) const {
    return data_ + item * item_ + stem * stem_ + frame * frame_;
  }

 private:
  Real* data_;
  int64_t item_, stem_, frame_;
};

// Blocks of frames of one stem of one item, the same whatever threads there are.
class Blocks {
 public:
  explicit Blocks(const torch::Tensor& masks)
      : num_stems_(masks.size(1)),
        num_frames_(masks.size(2)),
        frames_each_(std::max<int64_t>(1, kBlock / masks.size(3))),
        of_each_stem_((num_frames_ + frames_each_ - 1) / frames_each_),
        count_(masks.size(0) * num_stems_ * of_each_stem_) {}

  int64_t of_each_stem() const { return of_each_stem_; }
  int64_t count() const { return count_; }

  /// Calls work(block, item, stem, frame) for every frame.
  template <class Work>
  void for_each_frame(Work work) const {
    parallel_for(count_, 0, [&](int64_t block) {
      const int64_t pair = block / of_each_stem_;
      const int64_t first = block % of_each_stem_ * frames_each_;
      const int64_t end = std::min(num_frames_, first + frames_each_);
      for (int64_t frame = first; frame < end; ++frame) {
        work(block, pair / num_stems_, pair % num_stems_, frame);
      }
    });
  }

 private:
  int64_t num_stems_, num_frames_, frames_each_, of_each_stem_, count_;
};

struct Sums {
  double energy = 0.0;   // of P^2
  double product = 0.0;  // of P Q
};

// Side by side in lanes, so that it can be vectorized: eight values a lane in their own
// precision, all else in double.
template <class Real>
Sums run_sums(const Real* mask, const Real* mixture, const Real* projection) {
  std::array<Real, size_t(kLanes)> energy{}, product{};
  for (int64_t i = 0; i < kRun; i += kLanes) {
    for (int64_t k = 0; k < kLanes; ++k) {
      const Real masked = mask[i + k] * mixture[i + k];
      energy[size_t(k)] += masked * masked;
      product[size_t(k)] += masked * projection[i + k];
    }
  }
  Sums sums;
  for (const Real lane : energy) sums.energy += double(lane);
  for (const Real lane : product) sums.product += double(lane);
  return sums;
}

template <class Real>
void add_frame(Sums& sums,
               const Real* mask,
               const Real* mixture,
               const Real* projection,
               int64_t num_bins) {
  int64_t i = 0;
  for (; i + kRun <= num_bins; i += kRun) {
    const auto run = run_sums(mask + i, mixture + i, projection + i);
    sums.energy += run.energy;
    sums.product += run.product;
  }
  for (; i < num_bins; ++i) {
    const double masked = double(mask[i]) * double(mixture[i]);
    sums.energy += masked * masked;
    sums.product += masked * double(projection[i]);
  }
}

template <class Real>
torch::Tensor sum_products(const torch::Tensor& masks,
                           const torch::Tensor& mixture,
                           const torch::Tensor& projections) {
  const Blocks blocks(masks);
  const Rows<Real> mask(masks), mix(mixture), projection(projections);
  std::vector<Sums> sums(static_cast<size_t>(blocks.count()));
  blocks.for_each_frame([&](int64_t block, int64_t b, int64_t s, int64_t t) {
    add_frame(sums[static_cast<size_t>(block)],
              mask.at(b, s, t),
              mix.at(b, 0, t),
              projection.at(b, s, t),
              masks.size(3));
  });
  auto result = torch::zeros({masks.size(0), masks.size(1), 2}, torch::kFloat64);
  double* values = result.data_ptr<double>();
  for (int64_t block = 0; block < blocks.count(); ++block) {
    double* const pair = values + 2 * (block / blocks.of_each_stem());
    pair[0] += sums[static_cast<size_t>(block)].energy;
    pair[1] += sums[static_cast<size_t>(block)].product;
  }
  return result;
}

// Of c0 P^2 + c1 P Q to M: |X| (2 c0 P + c1 Q), coefficients (B, S, 2).
template <class Real>
torch::Tensor mask_gradient(const torch::Tensor& masks,
                            const torch::Tensor& mixture,
                            const torch::Tensor& projections,
                            const torch::Tensor& coefficients) {
  auto gradient = masks.is_non_overlapping_and_dense()
                      ? torch::empty_like(masks)
                      : torch::empty(masks.sizes(), masks.options());
  const Rows<Real> mask(masks), mix(mixture), projection(projections), result(gradient);
  const auto factors = coefficients.accessor<double, 3>();
  Blocks(masks).for_each_frame([&](int64_t, int64_t b, int64_t s, int64_t t) {
    const auto of_energy = static_cast<Real>(2.0 * factors[b][s][0]);
    const auto of_product = static_cast<Real>(factors[b][s][1]);
    const Real* m = mask.at(b, s, t);
    const Real* x = mix.at(b, 0, t);
    const Real* q = projection.at(b, s, t);
    Real* out = result.at(b, s, t);
    for (int64_t i = 0; i < masks.size(3); ++i) {
      out[i] = x[i] * (of_energy * (m[i] * x[i]) + of_product * q[i]);
    }
  });
  return gradient;
}

// One pass forward and one back, and no memory but the gradient.
class SpectralProducts : public torch::autograd::Function<SpectralProducts> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context,
                               const torch::Tensor& masks,
                               const torch::Tensor& mixture,
                               const torch::Tensor& projections) {
    context->save_for_backward({masks, mixture, projections});
    return masks.scalar_type() == torch::kFloat32
               ? sum_products<float>(masks, mixture, projections)
               : sum_products<double>(masks, mixture, projections);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto& masks = saved[0];
    const auto gradient =
        masks.scalar_type() == torch::kFloat32
            ? mask_gradient<float>(masks, saved[1], saved[2], gradients[0])
            : mask_gradient<double>(masks, saved[1], saved[2], gradients[0]);
    return {gradient, torch::Tensor(), torch::Tensor()};
  }
};

bool can_fuse(const torch::Tensor& masks,
              const torch::Tensor& mixture,
              const torch::Tensor& projections) {
  const auto type = masks.scalar_type();
  const auto suits = [&](const torch::Tensor& x) {
    return x.is_cpu() && x.scalar_type() == type && (x.stride(3) == 1 || x.size(3) == 1);
  };
  return (type == torch::kFloat32 || type == torch::kFloat64) && suits(masks) &&
         suits(mixture) && suits(projections) && !mixture.requires_grad() &&
         !projections.requires_grad();
}

}  // namespace

torch::Tensor spectral_products(const torch::Tensor& masks,
                                const torch::Tensor& mixture,
                                const torch::Tensor& projections) {
  const auto of_stems = mixture.unsqueeze(1);  // (B, 1, T, F)
  if (!can_fuse(masks, of_stems, projections)) {
    return plain_spectral_products(masks, mixture, projections);
  }
  return SpectralProducts::apply(masks, of_stems, projections);
}

torch::Tensor plain_spectral_products(const torch::Tensor& masks,
                                      const torch::Tensor& mixture,
                                      const torch::Tensor& projections) {
  const auto masked = masks * mixture.unsqueeze(1);
  const auto sum = [](const torch::Tensor& x) {
    return x.sum({2, 3}, /*keepdim=*/false, torch::kFloat64);
  };
  return torch::stack({sum(masked.square()), sum(masked * projections)}, 2);
}

}  // namespace sep::detail
