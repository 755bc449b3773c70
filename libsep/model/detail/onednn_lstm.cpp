#include "libsep/model/detail/onednn_lstm.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "libsep/model/detail/onednn_engine.h"
#include "libsep/model/detail/onednn_thread.h"

namespace sep::onednn {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;
using Dims = memory::dims;

constexpr auto kFloat = memory::data_type::f32;

memory wrap(const memory::desc& desc, const void* data) {
  return memory(desc, cpu(), const_cast<void*>(data));
}

float* floats(const memory& m) { return static_cast<float*>(m.get_data_handle()); }

// Descriptors of one layer in one direction. oneDNN's weights are (layers, directions,
// inputs, gates, outputs); its gates have LibTorch's order. The state before the first
// frame is given, though it is zero: left to itself, oneDNN 2.6 takes memory that is not
// its own for that frame's part of weight_hh's gradient, from left to right
// (https://github.com/uxlfoundation/oneDNN/issues/1436).
struct Descs {
  explicit Descs(const LstmShape& s)
      : type(s.bfloat16 ? memory::data_type::bf16 : kFloat),
        input(input_of(s, type)),
        output(output_of(s, type)),
        weight_ih({1, 1, s.input_size, 4, s.hidden_size}, kFloat, Tag::ldgoi),
        weight_hh({1, 1, s.hidden_size, 4, s.hidden_size}, kFloat, Tag::ldgoi),
        any_ih({1, 1, s.input_size, 4, s.hidden_size}, type, Tag::any),
        any_hh({1, 1, s.hidden_size, 4, s.hidden_size}, type, Tag::any),
        bias({1, 1, 4, s.hidden_size}, kFloat, Tag::ldgo),
        hidden({1, 1, s.batch_size, s.hidden_size}, type, Tag::ldnc),
        cell({1, 1, s.batch_size, s.hidden_size}, kFloat, Tag::ldnc),
        input_gradient(input_of(s, kFloat)),
        output_gradient(output_of(s, kFloat)),
        gradient_ih({1, 1, s.input_size, 4, s.hidden_size}, kFloat, Tag::any),
        gradient_hh({1, 1, s.hidden_size, 4, s.hidden_size}, kFloat, Tag::any),
        direction(s.reversed ? dnnl::rnn_direction::unidirectional_right2left
                             : dnnl::rnn_direction::unidirectional_left2right) {}

  static memory::desc input_of(const LstmShape& s, memory::data_type type) {
    return {{s.num_frames, s.batch_size, s.input_size}, type, Tag::tnc};
  }
  static memory::desc output_of(const LstmShape& s, memory::data_type type) {
    return {Dims{s.num_frames, s.batch_size, s.hidden_size},
            type,
            Dims{s.batch_size * s.output_stride, s.output_stride, 1}};
  }

  memory::data_type type;  // of what flows forward, and of the products
  memory::desc input, output, weight_ih, weight_hh, any_ih, any_hh, bias;
  memory::desc hidden, cell;  // before the first frame; a gradient of either is as `cell`
  memory::desc none;          // the final state, where it is not asked for
  memory::desc input_gradient, output_gradient, gradient_ih, gradient_hh;
  dnnl::rnn_direction direction;
};

dnnl::lstm_forward::primitive_desc forward_desc(const Descs& d,
                                                dnnl::prop_kind kind,
                                                bool final_states = false) {
  const auto make = [&](auto... arguments) {
#if DNNL_VERSION_MAJOR >= 3
    return dnnl::lstm_forward::primitive_desc(cpu(), arguments..., with_user_scratch());
#else
    return dnnl::lstm_forward::primitive_desc(
        dnnl::lstm_forward::desc(arguments...), with_user_scratch(), cpu());
#endif
  };
  return make(kind,
              d.direction,
              d.input,
              d.hidden,
              d.cell,
              d.any_ih,
              d.any_hh,
              d.bias,
              d.output,
              final_states ? d.hidden : d.none,
              final_states ? d.cell : d.none);
}

dnnl::lstm_backward::primitive_desc backward_desc(
    const Descs& d, const dnnl::lstm_forward::primitive_desc& hint) {
  const auto make = [&](auto... arguments) {
#if DNNL_VERSION_MAJOR >= 3
    return dnnl::lstm_backward::primitive_desc(
        cpu(), arguments..., hint, with_user_scratch());
#else
    return dnnl::lstm_backward::primitive_desc(
        dnnl::lstm_backward::desc(arguments...), with_user_scratch(), cpu(), hint);
#endif
  };
  return make(dnnl::prop_kind::backward,
              d.direction,
              d.input,
              d.hidden,
              d.cell,
              d.any_ih,
              d.any_hh,
              d.bias,
              d.output,
              d.none,
              d.none,
              d.input_gradient,
              d.cell,
              d.cell,
              d.gradient_ih,
              d.gradient_hh,
              d.bias,
              d.output_gradient,
              d.none,
              d.none);
}

// `data` as `wanted` asks for it.
memory reordered(dnnl::stream& stream,
                 const memory::desc& desc,
                 const float* data,
                 const memory::desc& wanted) {
  memory source = wrap(desc, data);
  if (wanted == desc) return source;
  memory result(wanted, cpu());
  dnnl::reorder(source, result).execute(stream, source, result);
  return result;
}

// oneDNN has one bias.
memory summed_bias(const Descs& d, const LstmWeights& weights) {
  memory bias(d.bias, cpu());
  const auto count = d.bias.get_size() / sizeof(float);
  std::transform(weights.bias_ih,
                 weights.bias_ih + count,
                 weights.bias_hh,
                 floats(bias),
                 [](float a, float b) { return a + b; });
  return bias;
}

// oneDNN adds to what is there.
memory zeros(const memory::desc& desc) {
  memory result(desc, cpu());
  std::fill_n(static_cast<char*>(result.get_data_handle()), desc.get_size(), char{0});
  return result;
}

}  // namespace

struct LstmForward::State {
  State(const LstmShape& shape, Keep keep)
      : descs(shape),
        desc(forward_desc(descs,
                          keep == Keep::kWorkspace ? dnnl::prop_kind::forward_training
                                                   : dnnl::prop_kind::forward_inference,
                          keep == Keep::kStates)),
        primitive(desc) {}

  Descs descs;
  dnnl::lstm_forward::primitive_desc desc;
  dnnl::lstm_forward primitive;
};

LstmForward::LstmForward(const LstmShape& shape, Keep keep)
    : state_(std::make_unique<State>(shape, keep)) {}
LstmForward::~LstmForward() = default;

size_t LstmForward::workspace_bytes() const {
  return state_->desc.workspace_desc().get_size();
}

size_t LstmForward::scratch_bytes() const {
  return state_->desc.scratchpad_desc().get_size();
}

void LstmForward::run(const void* input,
                      const LstmWeights& weights,
                      void* output,
                      void* workspace,
                      void* scratch,
                      const LstmStates& states) const {
  const Descs& d = state_->descs;
  const auto& desc = state_->desc;
  const SignalsHeld signals_held;
  const auto first = [&](const memory::desc& state, const void* values) {
    return values == nullptr ? zeros(state) : wrap(state, values);
  };
  dnnl::stream stream(cpu());
  const auto weight_ih =
      reordered(stream, d.weight_ih, weights.weight_ih, desc.weights_layer_desc());
  const auto weight_hh =
      reordered(stream, d.weight_hh, weights.weight_hh, desc.weights_iter_desc());
  std::unordered_map<int, memory> arguments = {
      {DNNL_ARG_SRC_LAYER, wrap(d.input, input)},
      {DNNL_ARG_SRC_ITER, first(d.hidden, states.first_hidden)},
      {DNNL_ARG_SRC_ITER_C, first(d.cell, states.first_cell)},
      {DNNL_ARG_WEIGHTS_LAYER, weight_ih},
      {DNNL_ARG_WEIGHTS_ITER, weight_hh},
      {DNNL_ARG_BIAS, summed_bias(d, weights)},
      {DNNL_ARG_DST_LAYER, wrap(d.output, output)},
      {DNNL_ARG_SCRATCHPAD, wrap(desc.scratchpad_desc(), scratch)}};
  if (states.last_hidden != nullptr) {
    arguments.insert({DNNL_ARG_DST_ITER, wrap(d.hidden, states.last_hidden)});
    arguments.insert({DNNL_ARG_DST_ITER_C, wrap(d.cell, states.last_cell)});
  }
  if (workspace_bytes() > 0) {
    arguments.insert({DNNL_ARG_WORKSPACE, wrap(desc.workspace_desc(), workspace)});
  }
  state_->primitive.execute(stream, arguments);
  stream.wait();
}

struct LstmBackward::State {
  explicit State(const LstmShape& shape)
      : descs(shape),
        forward(forward_desc(descs, dnnl::prop_kind::forward_training)),
        desc(backward_desc(descs, forward)),
        primitive(desc) {}

  Descs descs;
  dnnl::lstm_forward::primitive_desc forward;
  dnnl::lstm_backward::primitive_desc desc;
  dnnl::lstm_backward primitive;
};

LstmBackward::LstmBackward(const LstmShape& shape)
    : state_(std::make_unique<State>(shape)) {}
LstmBackward::~LstmBackward() = default;

size_t LstmBackward::scratch_bytes() const {
  return state_->desc.scratchpad_desc().get_size();
}

void LstmBackward::run(const void* input,
                       const LstmWeights& weights,
                       const void* output,
                       const float* output_gradient,
                       const LstmGradients& gradients,
                       void* workspace,
                       void* scratch) const {
  const Descs& d = state_->descs;
  const auto& desc = state_->desc;
  const SignalsHeld signals_held;
  dnnl::stream stream(cpu());
  auto gradient_ih = zeros(desc.diff_weights_layer_desc());
  auto gradient_hh = zeros(desc.diff_weights_iter_desc());
  std::fill_n(gradients.bias, d.bias.get_size() / sizeof(float), 0.0F);
  state_->primitive.execute(
      stream,
      {{DNNL_ARG_SRC_LAYER, wrap(d.input, input)},
       {DNNL_ARG_SRC_ITER, zeros(d.hidden)},
       {DNNL_ARG_SRC_ITER_C, zeros(d.cell)},
       {DNNL_ARG_WEIGHTS_LAYER,
        reordered(stream, d.weight_ih, weights.weight_ih, desc.weights_layer_desc())},
       {DNNL_ARG_WEIGHTS_ITER,
        reordered(stream, d.weight_hh, weights.weight_hh, desc.weights_iter_desc())},
       {DNNL_ARG_BIAS, summed_bias(d, weights)},
       {DNNL_ARG_DST_LAYER, wrap(d.output, output)},
       {DNNL_ARG_WORKSPACE, wrap(state_->forward.workspace_desc(), workspace)},
       {DNNL_ARG_DIFF_SRC_LAYER, wrap(d.input_gradient, gradients.input)},
       {DNNL_ARG_DIFF_DST_LAYER, wrap(d.output_gradient, output_gradient)},
       {DNNL_ARG_DIFF_SRC_ITER, memory(d.cell, cpu())},
       {DNNL_ARG_DIFF_SRC_ITER_C, memory(d.cell, cpu())},
       {DNNL_ARG_DIFF_WEIGHTS_LAYER, gradient_ih},
       {DNNL_ARG_DIFF_WEIGHTS_ITER, gradient_hh},
       {DNNL_ARG_DIFF_BIAS, wrap(d.bias, gradients.bias)},
       {DNNL_ARG_SCRATCHPAD, wrap(desc.scratchpad_desc(), scratch)}});
  auto weight_ih = wrap(d.weight_ih, gradients.weight_ih);
  auto weight_hh = wrap(d.weight_hh, gradients.weight_hh);
  dnnl::reorder(gradient_ih, weight_ih).execute(stream, gradient_ih, weight_ih);
  dnnl::reorder(gradient_hh, weight_hh).execute(stream, gradient_hh, weight_hh);
  stream.wait();
}

bool has_bfloat16() {
  const auto isa = static_cast<unsigned>(dnnl::get_effective_cpu_isa());
  const auto wanted = static_cast<unsigned>(dnnl::cpu_isa::avx512_core_bf16);
  return (isa & wanted) == wanted;
}

std::string version() {
  const auto* v = dnnl::version();
  return fmt::format("{}.{}.{}", v->major, v->minor, v->patch);
}

}  // namespace sep::onednn
