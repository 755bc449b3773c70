// Conv-TasNet (Luo and Mesgarani, IEEE/ACM TASLP 27(8), 2019): masks on what a learnt
// filter bank gives, in the time domain, with global layer norm. Parameters have the names
// and shapes of the Clarity Challenge's code, so that its weights fit.
#include <fmt/format.h>
#include <libsep/core/bounds.h>
#include <libsep/core/error.h>
#include <libsep/model/networks.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "my_kinds.h"

enum class MyMask { kRelu, kSoftmax };
template <>
struct sep::EnumNames<MyMask> {
  static constexpr std::pair<MyMask, std::string_view> kValues[] = {
      {MyMask::kRelu, "relu"}, {MyMask::kSoftmax, "softmax"}};
};

namespace {

struct MyNetworkOptions {
  int64_t num_filters = 128, filter_length = 16, num_channels = 1;
  int64_t bottleneck_size = 64, hidden_size = 128, kernel_size = 3;
  int64_t num_blocks = 6, num_repeats = 2;
  MyMask mask = MyMask::kRelu;

  void validate() const {
    for (const auto& [key, value] : {std::pair{"num_filters", num_filters},
                                     std::pair{"num_channels", num_channels},
                                     std::pair{"bottleneck_size", bottleneck_size},
                                     std::pair{"hidden_size", hidden_size}}) {
      sep::check_bounds(key, value, 1, 4096);
    }
    sep::check_bounds("filter_length", filter_length, 2, 4096);
    sep::check_bounds("kernel_size", kernel_size, 1, 31);
    sep::check_bounds("num_blocks", num_blocks, 1, 16);
    sep::check_bounds("num_repeats", num_repeats, 1, 16);
    if (kernel_size % 2 == 0) throw sep::ConfigError("kernel_size", ": wants an odd one");
  }

  template <class Archive>
  void visit(Archive& archive) {
    archive("num_filters", num_filters, "of the filter bank, 1 … 4096");
    archive("filter_length", filter_length, "samples, twice the hop, 2 … 4096");
    archive("num_channels", num_channels, "heard together; 1: each alone, 1 … 4096");
    archive("bottleneck_size", bottleneck_size, "channels between blocks, 1 … 4096");
    archive("hidden_size", hidden_size, "channels within a block, 1 … 4096");
    archive("kernel_size", kernel_size, "frames, odd, 1 … 31");
    archive("num_blocks", num_blocks, "of dilation 1, 2, 4, …, 1 … 16");
    archive("num_repeats", num_repeats, "of those blocks, 1 … 16");
    archive("mask", mask, "what makes masks: relu, or softmax over the stems");
  }
};

/// A parameter and the modules that its dotted name goes through; no value yet.
torch::Tensor put(torch::nn::Module& root,
                  const std::string& name,
                  torch::IntArrayRef shape) {
  const auto dot = name.find('.');
  if (dot == std::string::npos) return root.register_parameter(name, torch::empty(shape));
  const auto first = name.substr(0, dot);
  const auto children = root.named_children();
  const auto* found = children.find(first);
  const auto child =
      found != nullptr ? *found
                       : root.register_module(first, std::make_shared<torch::nn::Module>());
  return put(*child, name.substr(dot + 1), shape);
}

struct Norm {
  Norm(torch::nn::Module& root, const std::string& name, int64_t size)
      : gamma(put(root, name + ".gamma", {1, size, 1})),
        beta(put(root, name + ".beta", {1, size, 1})) {}

  torch::Tensor over_all(const torch::Tensor& x) const {
    return torch::group_norm(x, 1, gamma.flatten(), beta.flatten(), 1e-8);
  }
  torch::Tensor over_channels(const torch::Tensor& x) const {
    const auto rows = x.transpose(1, 2);
    return torch::layer_norm(rows, {x.size(1)}, gamma.flatten(), beta.flatten(), 1e-8)
        .transpose(1, 2);
  }

  torch::Tensor gamma, beta;
};

/// 1x1 convolution, then one a channel over frames `dilation` apart, then 1x1; added.
struct Block {
  Block(torch::nn::Module& root,
        const std::string& name,
        const MyNetworkOptions& o,
        int64_t dilation)
      : dilation(dilation),
        enter(put(root, name + ".0.weight", {o.hidden_size, o.bottleneck_size, 1})),
        slope(put(root, name + ".1.weight", {1})),
        norm(root, name + ".2", o.hidden_size),
        depthwise(put(root, name + ".3.net.0.weight", {o.hidden_size, 1, o.kernel_size})),
        second_slope(put(root, name + ".3.net.1.weight", {1})),
        second_norm(root, name + ".3.net.2", o.hidden_size),
        leave(put(root, name + ".3.net.3.weight", {o.bottleneck_size, o.hidden_size, 1})) {}

  torch::Tensor operator()(const torch::Tensor& x) const {  // (B, b, K)
    const auto within = norm.over_all(torch::prelu(torch::conv1d(x, enter), slope));
    const int64_t padding = (depthwise.size(2) - 1) * dilation / 2;
    const auto spread =
        torch::conv1d(within, depthwise, {}, 1, padding, dilation, within.size(1));
    const auto after = second_norm.over_all(torch::prelu(spread, second_slope));
    return x + torch::conv1d(after, leave);
  }

  int64_t dilation;
  torch::Tensor enter, slope;
  Norm norm;
  torch::Tensor depthwise, second_slope;
  Norm second_norm;
  torch::Tensor leave;
};

class MyNetwork : public sep::Network {
 public:
  MyNetwork(const MyNetworkOptions& options, int64_t num_stems)
      : o_(options),
        num_stems_(num_stems),
        encoder_(put(*this,
                     "encoder.conv1d_U.weight",
                     {o_.num_filters, o_.num_channels, o_.filter_length})),
        norm_(*this, "separator.network.0", o_.num_filters),
        enter_(put(
            *this, "separator.network.1.weight", {o_.bottleneck_size, o_.num_filters, 1})) {
    for (int64_t r = 0; r < o_.num_repeats; ++r) {
      for (int64_t x = 0; x < o_.num_blocks; ++x) {
        const auto name = fmt::format("separator.network.2.{}.{}.net", r, x);
        blocks_.emplace_back(*this, name, o_, int64_t{1} << x);
      }
    }
    leave_ = put(*this,
                 "separator.network.3.weight",
                 {num_stems * o_.num_filters, o_.bottleneck_size, 1});
    decoder_ = put(*this,
                   "decoder.basis_signals.weight",
                   {o_.num_channels * o_.filter_length, o_.num_filters});
  }

  sep::NetworkDomain domain() const override { return sep::NetworkDomain::kWaveform; }
  int64_t num_stems() const override { return num_stems_; }
  int64_t num_bins() const override { return 0; }  // of the other domains
  sep::InputLevel level() const override { return sep::InputLevel::kUnitRms; }

  torch::Tensor forward(const torch::Tensor& mixture, const sep::DropoutPlace&) override {
    SEP_CHECK(mixture.dim() == 3 && mixture.size(1) % o_.num_channels == 0,
              "my_conv_tasnet: wants (batch, {} channels, samples)",
              o_.num_channels);
    const int64_t num_samples = mixture.size(2);
    const auto heard = mixture.reshape({-1, o_.num_channels, num_samples});  // (B, a, N)
    const auto padding = std::max<int64_t>(o_.filter_length - num_samples, 0);
    const auto encoded =
        torch::conv1d(torch::constant_pad_nd(heard, {0, padding}), encoder_, {}, hop())
            .relu();                                          // (B, F, K)
    const auto kept = encoded.unsqueeze(1) * masks(encoded);  // (B, S, F, K)
    const auto basis = decoder_.t().reshape({o_.num_filters, o_.num_channels, -1});
    const auto waves = torch::conv_transpose1d(kept.flatten(0, 1), basis, {}, hop());
    const auto missing = num_samples - waves.size(2);
    return torch::constant_pad_nd(waves, {0, missing})  // (B S, a, N)
        .view({mixture.size(0), -1, num_stems_, o_.num_channels, num_samples})
        .transpose(1, 2)
        .reshape({mixture.size(0), num_stems_, mixture.size(1), num_samples});
  }

  void init_parameters(sep::RandomStream random) override {
    const torch::NoGradGuard no_gradients;
    for (auto& named : named_parameters()) {
      auto& tensor = named.value();
      const auto name = named.key().substr(named.key().rfind('.') + 1);
      if (name != "weight") {
        tensor.fill_(name == "gamma" ? 1.0 : 0.0);
      } else if (tensor.dim() == 1) {
        tensor.fill_(0.25);
      } else {  // Xavier's normal distribution
        const auto taps = double(tensor.numel()) / double(tensor.size(0) * tensor.size(1));
        const auto ends = double(tensor.size(0) + tensor.size(1)) * taps;
        float* values = tensor.data_ptr<float>();
        for (int64_t i = 0; i < tensor.numel(); ++i) {
          values[i] = float(std::sqrt(2.0 / ends) * random.normal());
        }
      }
    }
  }

  /// A sample of one channel.
  sep::NetworkCost cost() const override {
    const auto frames = 1.0 / double(hop());
    const auto of_block =
        double(o_.hidden_size * (2 * o_.bottleneck_size + o_.kernel_size));
    const auto blocks = double(o_.num_blocks * o_.num_repeats);
    const auto ends = double(o_.num_filters * ((1 + num_stems_) * o_.filter_length +
                                               (1 + num_stems_) * o_.bottleneck_size));
    sep::NetworkCost cost;
    cost.operations = 2.0 * frames * (blocks * of_block + ends);
    cost.bytes = 4.0 * (frames * (blocks * double(7 * o_.hidden_size + o_.bottleneck_size) +
                                  double((4 + 3 * num_stems_) * o_.num_filters)) +
                        double(3 * num_stems_));
    return cost;
  }

 private:
  int64_t hop() const { return o_.filter_length / 2; }

  torch::Tensor masks(const torch::Tensor& encoded) const {
    auto x = torch::conv1d(norm_.over_channels(encoded), enter_);  // (B, b, K)
    for (const auto& block : blocks_) x = block(x);
    const auto logits = torch::conv1d(x, leave_).view(
        {x.size(0), num_stems_, o_.num_filters, x.size(2)});  // (B, S, F, K)
    return o_.mask == MyMask::kRelu ? logits.relu() : logits.softmax(1);
  }

  MyNetworkOptions o_;
  int64_t num_stems_;
  torch::Tensor encoder_;
  Norm norm_;
  torch::Tensor enter_, leave_, decoder_;
  std::vector<Block> blocks_;
};

}  // namespace

void add_my_network() {
  sep::networks().add<MyNetworkOptions>(
      "my_conv_tasnet",
      "waveforms: masks on a learnt filter bank",
      [](const MyNetworkOptions& options, const sep::NetworkInput& input) {
        return std::make_shared<MyNetwork>(options, input.num_stems);
      });
}
