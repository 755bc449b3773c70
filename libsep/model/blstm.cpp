#include "libsep/model/blstm.h"

#include <fmt/ranges.h>
#include <torch/version.h>

#include <cmath>

#include "libsep/core/random.h"
#include "libsep/core/threads.h"
#include "libsep/model/detail/quiet_warnings.h"
#ifdef LIBSEP_HAS_ONEDNN
#include "libsep/model/detail/onednn_blstm.h"
#include "libsep/model/detail/onednn_lstm.h"
#endif

namespace sep {
namespace {

constexpr double kTwoTo53 = 9007199254740992.0;

// SplitMix64 (Steele, Lea, Flood 2014), as a function of place instead of state.
uint64_t mix(uint64_t seed, uint64_t place) {
  uint64_t z = seed + (place + 1) * 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

// Where an element of a part (T, b, H) stands in the whole (T, B, H).
struct Places {
  Places(const torch::Tensor& part, const DropoutPlace& dropout) {
    const bool is_whole = dropout.batch_size == 0 || part.dim() != 3;
    const int64_t width = is_whole ? 0 : part.size(2);
    row = is_whole ? std::max<int64_t>(1, part.numel()) : part.size(1) * width;
    stride = is_whole ? row : dropout.batch_size * width;
    offset = dropout.first_sequence * width;
  }
  int64_t row, stride, offset;
};

// Kept elements times 1 / (1 - p), the others zero; no mask is stored.
torch::Tensor apply_dropout(const torch::Tensor& input,
                            double p,
                            const DropoutPlace& place) {
  const auto host = input.contiguous();
  auto output = torch::empty_like(host);
  const float* from = host.data_ptr<float>();
  float* to = output.data_ptr<float>();
  const Places places(host, place);
  const auto threshold = static_cast<uint64_t>(std::ceil(p * kTwoTo53));
  const auto scale = static_cast<float>(1.0 / (1.0 - p));
  constexpr int64_t kBlock = 1 << 16;
  const int64_t count = host.numel();
  parallel_for((count + kBlock - 1) / kBlock, 0, [&](int64_t block) {
    const int64_t end = std::min(count, (block + 1) * kBlock);
    for (int64_t i = block * kBlock; i < end;) {
      const int64_t row_end = std::min(end, (i / places.row + 1) * places.row);
      const int64_t shift = i / places.row * (places.stride - places.row) + places.offset;
      for (; i < row_end; ++i) {
        const auto random = mix(place.seed, static_cast<uint64_t>(i + shift));
        to[i] = (random >> 11) >= threshold ? from[i] * scale : 0.0F;
      }
    }
  });
  return output;
}

// a >> bits of 64 bits without sign.
torch::Tensor shift_right(const torch::Tensor& a, int64_t bits) {
  const auto low = (int64_t{1} << (64 - bits)) - 1;
  return torch::bitwise_right_shift(a, bits).bitwise_and_(low);
}

// mix() of many places, on their device; whole numbers wrap around there as well.
torch::Tensor mix(uint64_t seed, const torch::Tensor& places) {
  const auto word = [](uint64_t bits) { return static_cast<int64_t>(bits); };
  auto z = (places + 1).mul_(word(0x9E3779B97F4A7C15U)).add_(word(seed));
  z.bitwise_xor_(shift_right(z, 30)).mul_(word(0xBF58476D1CE4E5B9U));
  z.bitwise_xor_(shift_right(z, 27)).mul_(word(0x94D049BB133111EBU));
  return z.bitwise_xor_(shift_right(z, 31));
}

// What apply_dropout() multiplies by, made on the device of the input.
torch::Tensor dropout_factors(const torch::Tensor& input,
                              double p,
                              const DropoutPlace& place) {
  const Places places(input, place);
  auto numbers = torch::arange(input.numel(), input.options().dtype(torch::kInt64));
  if (places.stride != places.row) {
    const auto rows = torch::div(numbers, places.row, "floor");
    numbers.add_(rows.mul_(places.stride - places.row)).add_(places.offset);
  }
  const auto threshold = static_cast<int64_t>(std::ceil(p * kTwoTo53));
  const auto kept = shift_right(mix(place.seed, numbers), 11).ge_(threshold);
  const auto scale = static_cast<float>(1.0 / (1.0 - p));
  return kept.to(input.scalar_type()).mul_(scale).view(input.sizes());
}

class Dropout : public torch::autograd::Function<Dropout> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context,
                               const torch::Tensor& input,
                               double p,
                               int64_t seed,
                               int64_t first_sequence,
                               int64_t batch_size) {
    context->saved_data["p"] = p;
    context->saved_data["place"] = std::vector<int64_t>{seed, first_sequence, batch_size};
    return apply_dropout(
        input, p, {static_cast<uint64_t>(seed), first_sequence, batch_size});
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const double p = context->saved_data["p"].toDouble();
    const auto place = context->saved_data["place"].toIntVector();
    torch::autograd::variable_list result(5);
    result[0] = apply(gradients[0], p, place[0], place[1], place[2]);
    return result;
  }
};

}  // namespace

bool has_onednn() {
#ifdef LIBSEP_HAS_ONEDNN
  return true;
#else
  return false;
#endif
}

bool has_fast_bfloat16(const torch::Device& device) {
#ifdef LIBSEP_HAS_ONEDNN
  if (device.is_cpu()) return onednn::has_bfloat16();
#endif
  return device.is_cuda();
}

void check_lstm_backend(LstmBackend backend) {
  if (backend == LstmBackend::kOneDnn && !has_onednn()) {
    throw ConfigError("lstm", " = onednn: this libsep was built without oneDNN");
  }
}

BlstmImpl::BlstmImpl(const BlstmOptions& options) : options_(options) {
  SEP_CHECK(options.input_size >= 1 && options.hidden_size >= 1 && options.num_layers >= 1,
            "an LSTM of input size {}, hidden size {}, {} layers: each wants at least 1",
            options.input_size,
            options.hidden_size,
            options.num_layers);
  SEP_CHECK(options.dropout >= 0.0 && options.dropout < 1.0,
            "dropout = {}: wants 0 to below 1",
            options.dropout);
  SEP_CHECK(options.backend != LstmBackend::kOneDnn || has_onednn(),
            "lstm = onednn: this libsep was built without oneDNN");
  for (int64_t layer = 0; layer < options.num_layers; ++layer) {
    auto forwards = register_direction(layer, "");
    auto backwards = register_direction(layer, "_reverse");
    layers_.push_back({std::move(forwards), std::move(backwards)});
  }
#ifdef LIBSEP_HAS_ONEDNN
  buffers_ = std::make_shared<onednn::BufferPool>();
#endif
}

BlstmImpl::Direction BlstmImpl::register_direction(int64_t layer_index,
                                                   const std::string& suffix) {
  const int64_t gates = 4 * options_.hidden_size;
  const int64_t inputs = layer_index == 0 ? options_.input_size : 2 * options_.hidden_size;
  const auto add = [&](const char* name, std::vector<int64_t> shape) {
    return register_parameter(fmt::format("{}_l{}{}", name, layer_index, suffix),
                              torch::empty(shape));
  };
  Direction direction;
  direction.weight_ih = add("weight_ih", {gates, inputs});
  direction.weight_hh = add("weight_hh", {gates, options_.hidden_size});
  direction.bias_ih = add("bias_ih", {gates});
  direction.bias_hh = add("bias_hh", {gates});
  return direction;
}

torch::Tensor BlstmImpl::forward(const torch::Tensor& input, const DropoutPlace& dropout) {
  SEP_CHECK(input.dim() == 3 && input.size(0) > 0 && input.size(1) > 0 &&
                input.size(2) == options_.input_size,
            "an LSTM wants input of (batch, frames, {}), got ({})",
            options_.input_size,
            fmt::join(input.sizes().vec(), ", "));
  auto hidden = input.transpose(0, 1);  // (T, B, I), after each layer (T, B, 2H)
  for (size_t l = 0; l < layers_.size(); ++l) {
    if (l > 0 && is_training() && options_.dropout > 0.0) {
      auto place = dropout;
      place.seed = stream_seed(dropout.seed, "dropout", {static_cast<int64_t>(l)});
      hidden = seeded_dropout(hidden, options_.dropout, place);
    }
    hidden = run_both(layers_[l], hidden);
  }
  return hidden.transpose(0, 1);
}

bool BlstmImpl::uses_onednn(const torch::Device& device) const {
  return has_onednn() && options_.backend != LstmBackend::kTorch && device.is_cpu() &&
         (!bfloat16_ || has_fast_bfloat16(device));
}

torch::Tensor BlstmImpl::run_torch(const Layer& layer, const torch::Tensor& input) const {
  const auto type = bfloat16_ ? torch::kBFloat16 : input.scalar_type();
  const auto zeros =
      torch::zeros({2, input.size(1), options_.hidden_size}, input.options().dtype(type));
  std::vector<torch::Tensor> weights;
  for (const Direction& d : layer) {
    for (const auto* weight : {&d.weight_ih, &d.weight_hh, &d.bias_ih, &d.bias_hh}) {
      weights.push_back(weight->to(type));
    }
  }
  const QuietWarnings quiet;  // cuDNN wants the weights in one piece, and copies them there
  const auto result = torch::lstm(input.to(type),
                                  {zeros, zeros},
                                  weights,
                                  /*has_biases=*/true,
                                  /*num_layers=*/1,
                                  /*dropout=*/0.0,
                                  is_training(),
                                  /*bidirectional=*/true,
                                  /*batch_first=*/false);
  return std::get<0>(result).to(input.scalar_type());
}

torch::Tensor BlstmImpl::run_both(const Layer& layer, const torch::Tensor& input) const {
#ifdef LIBSEP_HAS_ONEDNN
  if (uses_onednn(input.device()) && input.scalar_type() == torch::kFloat32) {
    const auto direction = [](const Direction& d) {
      return onednn::Direction{d.weight_ih, d.weight_hh, d.bias_ih, d.bias_hh};
    };
    return onednn::blstm_layer(
        input, {direction(layer[0]), direction(layer[1])}, buffers_, bfloat16_);
  }
#endif
  return run_torch(layer, input);
}

torch::Tensor BlstmImpl::run_layer(int64_t layer_index,
                                   LstmDirection direction,
                                   const torch::Tensor& input,
                                   LstmState& state) const {
  const bool reversed = direction == LstmDirection::kBackward;
  const auto& weights = layers_.at(static_cast<size_t>(layer_index))[reversed ? 1 : 0];
  const torch::NoGradGuard no_gradients;
#ifdef LIBSEP_HAS_ONEDNN
  if (uses_onednn(input.device()) && input.scalar_type() == torch::kFloat32) {
    auto result = onednn::lstm_direction(
        input,
        {weights.weight_ih, weights.weight_hh, weights.bias_ih, weights.bias_hh},
        reversed,
        state.hidden,
        state.cell);
    state = {result.hidden, result.cell};
    return result.output;
  }
#endif
  const auto first = [&](const torch::Tensor& given) {
    return given.defined()
               ? given.unsqueeze(0)
               : torch::zeros({1, input.size(1), options_.hidden_size}, input.options());
  };
  const QuietWarnings quiet;  // as in run_torch()
  const auto result =
      torch::lstm(reversed ? input.flip(0) : input,
                  {first(state.hidden), first(state.cell)},
                  {weights.weight_ih, weights.weight_hh, weights.bias_ih, weights.bias_hh},
                  /*has_biases=*/true,
                  /*num_layers=*/1,
                  /*dropout=*/0.0,
                  /*train=*/false,
                  /*bidirectional=*/false,
                  /*batch_first=*/false);
  state = {std::get<1>(result).squeeze(0), std::get<2>(result).squeeze(0)};
  return reversed ? std::get<0>(result).flip(0) : std::get<0>(result);
}

std::string BlstmImpl::backend_name(const torch::Device& device) const {
#ifdef LIBSEP_HAS_ONEDNN
  if (uses_onednn(device)) return "oneDNN " + onednn::version();
#endif
  static_cast<void>(device);
  return "LibTorch " TORCH_VERSION;
}

torch::Tensor seeded_dropout(const torch::Tensor& input,
                             double p,
                             const DropoutPlace& place) {
  SEP_CHECK(p >= 0.0 && p < 1.0, "dropout = {}: wants 0 to below 1", p);
  if (p == 0.0) return input;
  if (input.is_cpu() && input.scalar_type() == torch::kFloat32) {
    return Dropout::apply(
        input, p, static_cast<int64_t>(place.seed), place.first_sequence, place.batch_size);
  }
  return input * dropout_factors(input, p, place);
}

}  // namespace sep
