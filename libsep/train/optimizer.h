#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "libsep/core/kind.h"

/// How gradients move weights; LibTorch's own optimizers (torch::optim) behind one
/// interface, with their state by names.
///
/// When to choose which (docs/training.md has more):
/// adam   the default, and the published one. Leave it for a reason.
/// adamw  where weights are to be decayed: in Adam, decay that is added to the gradient is
///        divided by its size, and so hardly decays weights with large gradients.
/// sgd    to repeat recipes of others. It wants its rate found anew, 10 to 100 times
/// Adam's.
namespace sep {

/// An optimizer's memory of earlier updates, by name: `adam.exp_avg.<parameter>`,
/// `adam.exp_avg_sq.<parameter>`, `sgd.momentum_buffer.<parameter>`, …, each of its
/// parameter's shape and dtype. A parameter that has been in fewer updates than `step` (it
/// had no gradient in some) has its own count besides, `adam.step.<parameter>`, one I64; of
/// one that never was in any, this stands alone, and is 0.
struct OptimizerState {
  std::map<std::string, torch::Tensor> tensors;
  int64_t step = 0;  ///< updates made
};

class Optimizer {
 public:
  virtual ~Optimizer() = default;

  /// One update of the parameters that have a gradient.
  virtual void step() = 0;
  virtual void zero_grad() = 0;

  /// The rate of the updates to come. At first that of the options.
  virtual void set_learning_rate(double rate) = 0;
  /// That of the options, which a schedule (schedule.h) is in proportion to.
  virtual double base_learning_rate() const = 0;

  /// What its tensors' names begin with, "adam".
  virtual std::string name() const = 0;

  /// The tensors are the optimizer's own: copy what is to outlive the next update.
  virtual OptimizerState state() const = 0;

  /// Goes on from a state with the same bits; tensors are copied, to the parameters'
  /// device. Tensors of other names are left alone, so that a whole file may be given.
  /// Throws Error that begins with `place`, and changes nothing, where a tensor is missing
  /// or does not fit its parameter.
  virtual void load_state(const OptimizerState& state, const std::string& place) = 0;
};

/// Kingma, Ba, "Adam: a method for stochastic optimization", ICLR 2015. With g the gradient
/// (plus weight_decay p, where there is any), k the update from 1,
///
///   m = b1 m + (1 - b1) g           v = b2 v + (1 - b2) g^2
///   p -= rate / (1 - b1^k) m / (sqrt(v / (1 - b2^k)) + eps)
///
/// amsgrad: the largest v so far in place of v (Reddi et al., ICLR 2018).
struct AdamOptions {
  /// That paper's and the published one. Higher for a small network and few updates
  /// (configs/quickstart.yaml: 1e-2), lower where the loss jumps about or comes to be no
  /// number.
  double learning_rate = 1e-3;  ///< above 0, at most 10
  double beta1 = 0.9;           ///< 0 … below 1
  double beta2 = 0.999;         ///< 0 … below 1
  double eps = 1e-8;            ///< above 0, at most 1
  double weight_decay = 0.0;    ///< 0 … 10
  bool amsgrad = false;

  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("learning_rate", learning_rate, "above 0, at most 10");
    archive("beta1", beta1, "decay of the gradients' mean; 0 … below 1");
    archive("beta2", beta2, "decay of their squares' mean; 0 … below 1");
    archive("eps", eps, "beside the root of the squares' mean; above 0, at most 1");
    archive("weight_decay", weight_decay, "of the weights, into the gradient; 0 … 10");
    archive("amsgrad", amsgrad, "the largest mean of squares so far instead of the last");
  }
};

/// As Adam without decay, and before each update p *= 1 - rate weight_decay (Loshchilov,
/// Hutter, "Decoupled weight decay regularization", ICLR 2019). All parameters decay, those
/// of norms and biases too, as PyTorch's.
struct AdamWOptions : AdamOptions {
  AdamWOptions() { weight_decay = 0.01; }
};

/// With g the gradient plus weight_decay p,
///
///   b = momentum b + (1 - dampening) g     the first b is g itself, without dampening
///   p -= rate b                            nesterov: rate (g + momentum b)
struct SgdOptions {
  double learning_rate = 1e-2;  ///< above 0, at most 10
  double momentum = 0.9;        ///< 0 … below 1
  double dampening = 0.0;       ///< 0 … 1
  double weight_decay = 0.0;    ///< 0 … 10
  bool nesterov = false;        ///< wants momentum, and no dampening

  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("learning_rate", learning_rate, "above 0, at most 10");
    archive("momentum", momentum, "of the last step that goes on; 0 … below 1");
    archive("dampening", dampening, "of the gradient that is left out; 0 … 1");
    archive("weight_decay", weight_decay, "of the weights, into the gradient; 0 … 10");
    archive("nesterov", nesterov, "the gradient where the momentum leads; no dampening");
  }
};

/// The optimizers there are, by the names above. Ours are in it from its first use; a
/// program adds its own before it reads a config:
///
///     sep::optimizers().add<LionOptions>("lion", "Adam's sign alone", make_lion);
using OptimizerRegistry = Registry<std::unique_ptr<Optimizer>(const torch::nn::Module&)>;
OptimizerRegistry& optimizers();

/// Adds ours to a registry.
void add_optimizers(OptimizerRegistry& registry);

/// An optimizer of all parameters of a module, which must outlive it. Each throws
/// ConfigError where options.validate() does.
std::unique_ptr<Optimizer> make_adam(const AdamOptions& options,
                                     const torch::nn::Module& model);
std::unique_ptr<Optimizer> make_adamw(const AdamWOptions& options,
                                      const torch::nn::Module& model);
std::unique_ptr<Optimizer> make_sgd(const SgdOptions& options,
                                    const torch::nn::Module& model);

}  // namespace sep
