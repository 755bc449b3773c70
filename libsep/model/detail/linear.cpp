#include "libsep/model/detail/linear.h"

#include <torch/torch.h>

#include <unordered_map>

#include "libsep/core/error.h"
#include "libsep/model/blstm.h"
#ifdef LIBSEP_HAS_ONEDNN
#include "libsep/model/detail/onednn_engine.h"
#include "libsep/model/detail/onednn_thread.h"
#endif

namespace sep::detail {

#ifdef LIBSEP_HAS_ONEDNN
namespace {

using dnnl::memory;
using onednn::cpu;

memory::desc desc_of(const torch::Tensor& matrix) {
  return {matrix.sizes().vec(),
          matrix.scalar_type() == torch::kBFloat16 ? memory::data_type::bf16
                                                   : memory::data_type::f32,
          matrix.strides().vec()};
}

dnnl::matmul::primitive_desc product_desc(const torch::Tensor& left,
                                          const torch::Tensor& right,
                                          const torch::Tensor& result,
                                          const torch::Tensor& bias) {
  const auto attributes = onednn::with_user_scratch();
  const auto none = memory::desc();
  const auto row = bias.defined() ? desc_of(bias.unsqueeze(0)) : none;
#if DNNL_VERSION_MAJOR >= 3
  return {cpu(), desc_of(left), desc_of(right), row, desc_of(result), attributes};
#else
  return {dnnl::matmul::desc(desc_of(left), desc_of(right), row, desc_of(result)),
          attributes,
          cpu()};
#endif
}

/// Of matrices in bfloat16, transposed or not; `bias` a row that is added, or undefined.
torch::Tensor product(const torch::Tensor& left,
                      const torch::Tensor& right,
                      const torch::Tensor& bias = {}) {
  auto result = torch::empty({left.size(0), right.size(1)}, torch::kFloat32);
  const auto desc = product_desc(left, right, result, bias);
  const auto scratch =
      torch::empty({static_cast<int64_t>(desc.scratchpad_desc().get_size())}, torch::kByte);
  const auto wrap = [](const torch::Tensor& tensor) {
    return memory(desc_of(tensor), cpu(), tensor.data_ptr());
  };
  std::unordered_map<int, memory> arguments = {
      {DNNL_ARG_SRC, wrap(left)},
      {DNNL_ARG_WEIGHTS, wrap(right)},
      {DNNL_ARG_DST, wrap(result)},
      {DNNL_ARG_SCRATCHPAD, memory(desc.scratchpad_desc(), cpu(), scratch.data_ptr())}};
  if (bias.defined()) arguments.insert({DNNL_ARG_BIAS, wrap(bias.unsqueeze(0))});
  const onednn::SignalsHeld signals_held;
  dnnl::stream stream(cpu());
  dnnl::matmul(desc).execute(stream, arguments);
  stream.wait();
  return result;
}

class LinearBfloat16 : public torch::autograd::Function<LinearBfloat16> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context,
                               const torch::Tensor& input,
                               const torch::Tensor& weight,
                               const torch::Tensor& bias) {
    const auto rows = input.to(torch::kBFloat16).contiguous();
    const auto columns = weight.to(torch::kBFloat16).contiguous();
    context->save_for_backward({rows, columns});
    return product(rows, columns.t(), bias);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    SEP_CHECK(!torch::GradMode::is_enabled(),
              "a layer in bfloat16 has no second derivatives");
    const auto saved = context->get_saved_variables();
    const auto gradient = gradients[0].to(torch::kBFloat16).contiguous();
    return {
        product(gradient, saved[1]), product(gradient.t(), saved[0]), gradients[0].sum(0)};
  }
};

}  // namespace
#endif

torch::Tensor linear_bfloat16(const torch::Tensor& input,
                              const torch::Tensor& weight,
                              const torch::Tensor& bias) {
#ifdef LIBSEP_HAS_ONEDNN
  if (input.is_cpu() && has_fast_bfloat16(input.device()) &&
      input.scalar_type() == torch::kFloat32) {
    return LinearBfloat16::apply(input, weight, bias);
  }
#endif
  return torch::linear(input.to(torch::kBFloat16),
                       weight.to(torch::kBFloat16),
                       bias.to(torch::kBFloat16))
      .to(input.scalar_type());
}

}  // namespace sep::detail
