#pragma once

#include <torch/torch.h>

#include <memory>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "libsep/core/error.h"
#include "libsep/train/optimizer.h"

namespace sep::detail {

using StateMap = std::decay_t<decltype(std::declval<torch::optim::Optimizer>().state())>;

/// LibTorch 1.13 finds a parameter's state by text, 2.x by address.
template <class Key>
Key state_key(const torch::Tensor& parameter) {
  if constexpr (std::is_same_v<Key, std::string>) {
    std::ostringstream text;
    text << parameter.unsafeGetTensorImpl();
    return text.str();
  } else {
    return parameter.unsafeGetTensorImpl();
  }
}

/// A tensor that an optimizer keeps of each parameter.
template <class State>
struct Slot {
  const char* name;
  torch::Tensor& (*of)(State&);
};

// What differs between LibTorch's optimizers: their name here, what they keep, and whether
// they count the updates of each parameter.

template <class Torch, class ParamState>
struct AdamTraits {
  using Optim = Torch;
  using State = ParamState;
  static constexpr bool kCounts = true;

  static std::vector<Slot<State>> slots(bool amsgrad) {
    std::vector<Slot<State>> all = {
        {"exp_avg", [](State& state) -> torch::Tensor& { return state.exp_avg(); }},
        {"exp_avg_sq", [](State& state) -> torch::Tensor& { return state.exp_avg_sq(); }}};
    if (amsgrad) {
      all.push_back({"max_exp_avg_sq", [](State& state) -> torch::Tensor& {
                       return state.max_exp_avg_sq();
                     }});
    }
    return all;
  }
  static int64_t count(const State& state) { return state.step(); }
  static void set_count(State& state, int64_t count) { state.step(count); }
};

struct SgdTraits {
  using Optim = torch::optim::SGD;
  using State = torch::optim::SGDParamState;
  static constexpr bool kCounts = false;

  static std::vector<Slot<State>> slots(bool has_momentum) {
    if (!has_momentum) return {};
    return {{"momentum_buffer",
             [](State& state) -> torch::Tensor& { return state.momentum_buffer(); }}};
  }
  static int64_t count(const State&) { return 0; }
  static void set_count(State&, int64_t) {}
};

template <class Traits>
class TorchOptimizer : public Optimizer {
 public:
  using State = typename Traits::State;

  template <class Options>
  TorchOptimizer(const torch::nn::Module& model,
                 const Options& options,
                 std::string name,
                 std::vector<Slot<State>> slots)
      : model_(&model),
        name_(std::move(name)),
        slots_(std::move(slots)),
        base_rate_(options.lr()),
        optim_(model.parameters(), options) {}

  void step() override {
    optim_.step();
    step_ += 1;
  }
  void zero_grad() override { optim_.zero_grad(); }
  void set_learning_rate(double rate) override {
    for (auto& group : optim_.param_groups()) group.options().set_lr(rate);
  }
  double base_learning_rate() const override { return base_rate_; }
  std::string name() const override { return name_; }

  OptimizerState state() const override {
    OptimizerState all;
    all.step = step_;
    if (step_ == 0 || slots_.empty()) return all;
    for (const auto& item : model_->named_parameters()) {
      auto* state = state_of(item.value());
      const int64_t count = state == nullptr ? 0 : count_of(*state);
      if (count != step_) {
        all.tensors.emplace(full_name("step", item.key()), torch::tensor(count));
      }
      if (state == nullptr) continue;
      for (const auto& slot : slots_) {
        all.tensors.emplace(full_name(slot.name, item.key()), slot.of(*state));
      }
    }
    return all;
  }

  void load_state(const OptimizerState& state, const std::string& place) override {
    std::vector<std::pair<torch::Tensor, std::unique_ptr<State>>> loaded;
    if (state.step > 0 && !slots_.empty()) {
      for (const auto& item : model_->named_parameters()) {
        const int64_t count = stored_count(state, item.key(), place);
        if (count == 0) continue;
        loaded.emplace_back(item.value(), stored_state(state, item, count, place));
      }
    }
    optim_.state().clear();
    for (auto& [parameter, found] : loaded) {
      optim_.state()[state_key<StateMap::key_type>(parameter)] = std::move(found);
    }
    step_ = state.step;
  }

 private:
  std::string full_name(const std::string& what, const std::string& parameter) const {
    return fmt::format("{}.{}.{}", name_, what, parameter);
  }

  /// nullptr where no update has moved the parameter.
  State* state_of(const torch::Tensor& parameter) const {
    const auto& all = optim_.state();
    const auto found = all.find(state_key<StateMap::key_type>(parameter));
    return found == all.end() ? nullptr : static_cast<State*>(found->second.get());
  }

  int64_t count_of(const State& state) const {
    return Traits::kCounts ? Traits::count(state) : step_;
  }

  int64_t stored_count(const OptimizerState& state,
                       const std::string& parameter,
                       const std::string& place) const {
    const auto name = full_name("step", parameter);
    const auto found = state.tensors.find(name);
    if (found == state.tensors.end()) return state.step;
    SEP_CHECK(found->second.scalar_type() == torch::kInt64 && found->second.numel() == 1,
              "{}: tensor \"{}\": is not one I64",
              place,
              name);
    return found->second.template item<int64_t>();
  }

  std::unique_ptr<State> stored_state(
      const OptimizerState& state,
      const torch::OrderedDict<std::string, torch::Tensor>::Item& parameter,
      int64_t count,
      const std::string& place) const {
    const auto& values = parameter.value();
    auto loaded = std::make_unique<State>();
    Traits::set_count(*loaded, count);
    for (const auto& slot : slots_) {
      const auto name = full_name(slot.name, parameter.key());
      const auto found = state.tensors.find(name);
      SEP_CHECK(found != state.tensors.end(), "{}: tensor \"{}\" is missing", place, name);
      SEP_CHECK(found->second.scalar_type() == values.scalar_type() &&
                    found->second.sizes() == values.sizes(),
                "{}: tensor \"{}\": has another type or shape than the parameter",
                place,
                name);
      slot.of(*loaded) =
          found->second.detach().to(values.device(), values.scalar_type(), false, true);
    }
    return loaded;
  }

  const torch::nn::Module* model_;
  std::string name_;
  std::vector<Slot<State>> slots_;
  double base_rate_;
  typename Traits::Optim optim_;
  int64_t step_ = 0;
};

}  // namespace sep::detail
