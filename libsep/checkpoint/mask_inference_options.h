#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libsep/core/config.h"
#include "libsep/core/safetensors.h"

namespace sep {

/// Which code runs the recurrence. The results agree to rounding.
enum class LstmBackend {
  kAuto,    ///< oneDNN on the CPU where it was built in, LibTorch elsewhere
  kOneDnn,  ///< oneDNN's LSTM primitives; CPU, float
  kTorch,   ///< LibTorch's own (cuDNN on CUDA)
};
template <>
struct EnumNames<LstmBackend> {
  static constexpr std::pair<LstmBackend, std::string_view> kValues[] = {
      {LstmBackend::kAuto, "auto"},
      {LstmBackend::kOneDnn, "onednn"},
      {LstmBackend::kTorch, "torch"}};
};

/// What a MaskInference network is built from (model/mask_inference.h is the network).
struct MaskInferenceOptions {
  int64_t hidden_size = 50;  ///< of the LSTM, a direction; 1 … 8192
  int64_t num_layers = 1;    ///< of the LSTM; 1 … 32
  double dropout = 0.0;      ///< between layers; 0 … below 1
  LstmBackend lstm = LstmBackend::kAuto;

  /// Throws ConfigError that names the field, its value and its bound.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("hidden_size", hidden_size, "units of the LSTM, a direction; 1 … 8192");
    archive("num_layers", num_layers, "layers of the LSTM; 1 … 32");
    archive("dropout", dropout, "chance to drop between layers of the LSTM");
    archive("lstm", lstm, "which code runs the LSTM: auto, onednn or torch");
  }
};

/// What a tensor is to be, without its values.
struct TensorShape {
  Dtype dtype = Dtype::kF32;
  std::vector<int64_t> shape;  ///< empty for a scalar
};

/// Parameters and buffers of such a network by name; no memory is asked for, whatever the
/// sizes.
std::map<std::string, TensorShape> mask_inference_tensors(
    int64_t num_bins, const MaskInferenceOptions& options);

/// Throws Error, beginning with `name`, for a tensor with a value that is not finite.
void check_finite(const std::map<std::string, TensorData>& found, const std::string& name);

/// Throws Error, beginning with `name`, for a tensor that is missing, of another dtype or
/// shape, not finite, or left over. A scalar may be stored as one element, as some writers
/// do with PyTorch's counters.
void check_tensors(const std::map<std::string, TensorData>& found,
                   const std::map<std::string, TensorShape>& wanted,
                   const std::string& name);

}  // namespace sep
