#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// What is done to gradients before an update and to weights after it.
namespace sep {

/// Multiplies all gradients of a module by
///
///   min(1, max_norm / (norm + 1e-6))
///
/// `norm` the one over all of them (gradient_norm() of gradients.h). The factor is computed
/// in double; it is given back. Nothing is multiplied where it is 1.
///
/// Clip where single batches have far larger gradients than others: recurrent networks,
/// waveform losses (5 is usual for those), silent targets. Look at the norms first
/// (IterationEvent): a max_norm that acts in every update is another learning rate. Throws
/// Error where max_norm is not above 0 or norm not finite.
double clip_gradient_norm(torch::nn::Module& module, double max_norm, double norm);

/// How much an average keeps of itself at update i, from 0; d the decay.
enum class AverageRule {
  kRamp,       ///< min(d, (1 + i) / (10 + i)): short trainings forget their beginning too
  kConstant,   ///< d
  kCopyFirst,  ///< 0 at the first update, then d: PyTorch's AveragedModel
  kUnbiased    ///< 1 - (1 - d) / (1 - d^(i+1)): the mean of the weights seen, each weighted
               ///< by d^age, so that the initial ones do not count. Demucs's
};

double average_decay(AverageRule rule, double decay, int64_t update);

/// An exponential average of a module's parameters,
///
///   a = d_i a + (1 - d_i) w          after update i
///
/// from a_0 = the weights at its construction. Buffers (a norm's statistics) are copied.
/// Averaged weights swing less than those of any one update, and so validate better while
/// the learning rate is high; 1 / (1 - d) updates should be a small part of the training:
/// 0.99 for hundreds of updates, 0.999 for tens of thousands.
class WeightAverage {
 public:
  /// `decay` 0 … below 1. Throws Error where it is not.
  WeightAverage(const torch::nn::Module& module,
                double decay,
                AverageRule rule = AverageRule::kRamp);

  /// After an update of the same module, or one of its shape.
  void update(const torch::nn::Module& module);

  /// Exchanges the module's parameters and buffers with the averaged ones, bit for bit; a
  /// second time gives each its own again. See AveragedWeights.
  void swap(torch::nn::Module& module);

  int64_t num_updates() const { return num_updates_; }

  /// The averaged parameters and copied buffers, by their names in the module. The tensors
  /// are the average's own.
  const std::map<std::string, torch::Tensor>& tensors() const { return tensors_; }

  /// Goes on from a state with the same bits. Throws Error that begins with `place`, and
  /// changes nothing, where a tensor is missing or does not fit; other names are left
  /// alone.
  void load(const std::map<std::string, torch::Tensor>& tensors,
            int64_t num_updates,
            const std::string& place);

 private:
  double decay_;
  AverageRule rule_;
  int64_t num_updates_ = 0;
  std::map<std::string, torch::Tensor> tensors_;
};

/// A module with averaged weights while it lives:
///
///     {
///       const AveragedWeights averaged(average, *model);
///       loss = validate(*model);
///       save_model(best, *model, description);
///     }   // its own weights again
class AveragedWeights {
 public:
  AveragedWeights(WeightAverage& average, torch::nn::Module& module)
      : average_(average), module_(module) {
    average_.swap(module_);
  }
  ~AveragedWeights() { average_.swap(module_); }
  AveragedWeights(const AveragedWeights&) = delete;
  AveragedWeights& operator=(const AveragedWeights&) = delete;

 private:
  WeightAverage& average_;
  torch::nn::Module& module_;
};

}  // namespace sep
