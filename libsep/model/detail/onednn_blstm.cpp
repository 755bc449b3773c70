#include "libsep/model/detail/onednn_blstm.h"

#include <torch/torch.h>

#include <algorithm>
#include <utility>

#include "libsep/core/error.h"
#include "libsep/core/threads.h"
#include "libsep/model/detail/onednn_lstm.h"
#include "libsep/model/serial_math.h"

namespace sep::onednn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// For autograd, which keeps what it knows by name.
struct HeldPool : torch::CustomClassHolder {
  explicit HeldPool(std::shared_ptr<BufferPool> held) : pool(std::move(held)) {}
  std::shared_ptr<BufferPool> pool;
};

torch::Tensor buffer_of(size_t bytes) {
  return torch::empty({static_cast<int64_t>(bytes)}, torch::kByte);
}

using Layer = std::array<Direction, 2>;

LstmShape shape_of(const torch::Tensor& input, const Layer& layer, size_t direction) {
  LstmShape shape;
  shape.num_frames = input.size(0);
  shape.batch_size = input.size(1);
  shape.input_size = input.size(2);
  shape.hidden_size = layer[0].weight_hh.size(1);
  shape.output_stride = 2 * shape.hidden_size;
  shape.reversed = direction == 1;
  shape.bfloat16 = input.scalar_type() == torch::kBFloat16;
  return shape;
}

LstmWeights weights_of(const Direction& direction) {
  return {direction.weight_ih.data_ptr<float>(),
          direction.weight_hh.data_ptr<float>(),
          direction.bias_ih.data_ptr<float>(),
          direction.bias_hh.data_ptr<float>()};
}

// Work for both directions, each on a thread of its own that it keeps to.
template <class Work>
void for_each_direction(Work work) {
  parallel_for(2, 0, [&](int64_t direction) {
    const SerialThread serial;
    work(static_cast<size_t>(direction));
  });
}

/// A direction's half of (T, B, 2H).
void* half_of(const torch::Tensor& values, size_t direction, int64_t hidden_size) {
  return static_cast<char*>(values.data_ptr()) +
         static_cast<int64_t>(direction) * hidden_size * values.element_size();
}

struct ForwardResult {
  torch::Tensor output;                     // (T, B, 2H), of the input's type
  std::array<torch::Tensor, 2> workspaces;  // empty where nothing is kept
};

// Without a pool nothing is kept for a gradient.
ForwardResult run_forward(const torch::Tensor& input,
                          const Layer& layer,
                          BufferPool* pool) {
  const int64_t hidden_size = layer[0].weight_hh.size(1);
  ForwardResult result;
  result.output =
      torch::empty({input.size(0), input.size(1), 2 * hidden_size}, input.options());
  for_each_direction([&](size_t direction) {
    using Keep = LstmForward::Keep;
    const LstmForward lstm(shape_of(input, layer, direction),
                           pool == nullptr ? Keep::kNothing : Keep::kWorkspace);
    const auto take = [&](size_t bytes) {
      return pool == nullptr ? buffer_of(bytes) : pool->take(bytes);
    };
    const auto scratch = take(lstm.scratch_bytes());
    auto& workspace = result.workspaces[direction];
    workspace = take(lstm.workspace_bytes());
    lstm.run(input.data_ptr(),
             weights_of(layer[direction]),
             half_of(result.output, direction, hidden_size),
             workspace.data_ptr(),
             scratch.data_ptr());
  });
  return result;
}

struct DirectionGradients {
  torch::Tensor input, weight_ih, weight_hh, bias;
};

DirectionGradients run_backward(size_t direction,
                                const torch::Tensor& input,
                                const Layer& layer,
                                const torch::Tensor& output,
                                const torch::Tensor& output_gradient,
                                const torch::Tensor& workspace,
                                BufferPool& pool) {
  const auto shape = shape_of(input, layer, direction);
  const auto& weights = layer[direction];
  const DirectionGradients gradients{torch::empty(input.sizes(), torch::kFloat32),
                                     torch::empty_like(weights.weight_ih),
                                     torch::empty_like(weights.weight_hh),
                                     torch::empty_like(weights.bias_ih)};
  const LstmBackward lstm(shape);
  const auto scratch = pool.take(lstm.scratch_bytes());
  const auto* gradient = half_of(output_gradient, direction, shape.hidden_size);
  lstm.run(input.data_ptr(),
           weights_of(weights),
           half_of(output, direction, shape.hidden_size),
           static_cast<const float*>(gradient),
           {gradients.input.data_ptr<float>(),
            gradients.weight_ih.data_ptr<float>(),
            gradients.weight_hh.data_ptr<float>(),
            gradients.bias.data_ptr<float>()},
           workspace.data_ptr(),
           scratch.data_ptr());
  return gradients;
}

class BlstmLayer : public torch::autograd::Function<BlstmLayer> {
 public:
  static torch::Tensor forward(AutogradContext* context,
                               const torch::Tensor& input,
                               const torch::Tensor& weight_ih,
                               const torch::Tensor& weight_hh,
                               const torch::Tensor& bias_ih,
                               const torch::Tensor& bias_hh,
                               const torch::Tensor& weight_ih_reverse,
                               const torch::Tensor& weight_hh_reverse,
                               const torch::Tensor& bias_ih_reverse,
                               const torch::Tensor& bias_hh_reverse,
                               const std::shared_ptr<BufferPool>& pool,
                               bool bfloat16) {
    const Layer layer = {
        Direction{weight_ih, weight_hh, bias_ih, bias_hh},
        Direction{weight_ih_reverse, weight_hh_reverse, bias_ih_reverse, bias_hh_reverse}};
    const auto taken = bfloat16 ? input.to(torch::kBFloat16) : input;
    auto result = run_forward(taken, layer, pool.get());
    context->saved_data["pool"] =
        c10::IValue::make_capsule(c10::make_intrusive<HeldPool>(pool));
    context->save_for_backward({taken,
                                weight_ih,
                                weight_hh,
                                bias_ih,
                                bias_hh,
                                weight_ih_reverse,
                                weight_hh_reverse,
                                bias_ih_reverse,
                                bias_hh_reverse,
                                result.output,
                                result.workspaces[0],
                                result.workspaces[1]});
    return result.output.to(torch::kFloat32);
  }

  static variable_list backward(AutogradContext* context, variable_list output_gradients) {
    SEP_CHECK(!torch::GradMode::is_enabled(), "oneDNN's LSTM has no second derivatives");
    const auto saved = context->get_saved_variables();
    const Layer layer = {Direction{saved[1], saved[2], saved[3], saved[4]},
                         Direction{saved[5], saved[6], saved[7], saved[8]}};
    const auto output_gradient = output_gradients[0].contiguous();
    const auto held = context->saved_data["pool"].toCapsule();
    auto& pool = *static_cast<HeldPool&>(*held).pool;
    std::array<DirectionGradients, 2> gradients;
    for_each_direction([&](size_t direction) {
      gradients[direction] = run_backward(direction,
                                          saved[0],
                                          layer,
                                          saved[9],
                                          output_gradient,
                                          saved[10 + direction],
                                          pool);
    });
    variable_list result = {gradients[0].input.add_(gradients[1].input)};
    for (const auto& g : gradients) {
      result.insert(result.end(), {g.weight_ih, g.weight_hh, g.bias, g.bias.clone()});
    }
    result.resize(result.size() + 2);  // of pool and precision
    return result;
  }
};

bool wants_gradient(const torch::Tensor& input, const Layer& layer) {
  if (!torch::GradMode::is_enabled()) return false;
  bool wanted = input.requires_grad();
  for (const Direction& d : layer) {
    for (const auto* tensor : {&d.weight_ih, &d.weight_hh, &d.bias_ih, &d.bias_hh}) {
      wanted = wanted || tensor->requires_grad();
    }
  }
  return wanted;
}

}  // namespace

torch::Tensor BufferPool::take(size_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++now_;
  for (auto& entry : entries_) {
    if (entry.buffer.use_count() == 1 && entry.buffer.nbytes() == bytes) {
      entry.last_use = now_;
      return entry.buffer;
    }
  }
  give_back_old();
  entries_.push_back({buffer_of(bytes), now_});
  return entries_.back().buffer;
}

void BufferPool::give_back_old() {
  const size_t patience = 16 + 4 * entries_.size();
  const auto old = [&](const Entry& entry) {
    return entry.buffer.use_count() == 1 && now_ - entry.last_use > patience;
  };
  entries_.erase(std::remove_if(entries_.begin(), entries_.end(), old), entries_.end());
}

torch::Tensor blstm_layer(const torch::Tensor& input,
                          const Layer& layer,
                          const std::shared_ptr<BufferPool>& buffers,
                          bool bfloat16) {
  const auto dense = input.contiguous();
  if (!wants_gradient(input, layer)) {
    const auto taken = bfloat16 ? dense.to(torch::kBFloat16) : dense;
    return run_forward(taken, layer, nullptr).output.to(torch::kFloat32);
  }
  return BlstmLayer::apply(dense,
                           layer[0].weight_ih,
                           layer[0].weight_hh,
                           layer[0].bias_ih,
                           layer[0].bias_hh,
                           layer[1].weight_ih,
                           layer[1].weight_hh,
                           layer[1].bias_ih,
                           layer[1].bias_hh,
                           buffers,
                           bfloat16);
}

DirectionResult lstm_direction(const torch::Tensor& input,
                               const Direction& direction,
                               bool reversed,
                               const torch::Tensor& hidden,
                               const torch::Tensor& cell) {
  const SerialThread serial;
  const auto dense = input.contiguous();
  const std::array<torch::Tensor, 2> first = {
      hidden.defined() ? hidden.contiguous() : hidden,
      cell.defined() ? cell.contiguous() : cell};
  auto shape = shape_of(dense, {direction, direction}, reversed ? 1 : 0);
  shape.output_stride = shape.hidden_size;
  const LstmForward lstm(shape, LstmForward::Keep::kStates);
  const auto scratch = buffer_of(lstm.scratch_bytes());
  const auto room = [&](std::vector<int64_t> sizes) {
    return torch::empty(sizes, dense.options());
  };
  DirectionResult result{room({shape.num_frames, shape.batch_size, shape.hidden_size}),
                         room({shape.batch_size, shape.hidden_size}),
                         room({shape.batch_size, shape.hidden_size})};
  lstm.run(dense.data_ptr<float>(),
           weights_of(direction),
           result.output.data_ptr<float>(),
           nullptr,
           scratch.data_ptr(),
           {first[0].defined() ? first[0].data_ptr<float>() : nullptr,
            first[1].defined() ? first[1].data_ptr<float>() : nullptr,
            result.hidden.data_ptr<float>(),
            result.cell.data_ptr<float>()});
  return result;
}

}  // namespace sep::onednn
