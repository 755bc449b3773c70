#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "libsep/checkpoint/stored_model.h"
#include "libsep/core/safetensors.h"
#include "libsep/model/network.h"

namespace sep {

/// A network of the description's kind (networks.h), with undefined weights, in evaluation
/// mode. Throws ConfigError for a kind that there is not, and for its options.
std::shared_ptr<Network> make_model(const ModelDescription& description);

/// write_model() of a network's weights and buffers, with LibTorch's version where the
/// description has none.
void save_model(const std::filesystem::path& path,
                const Network& model,
                const ModelDescription& description);

struct LoadedModel {
  ModelDescription description;
  std::shared_ptr<Network> model;  ///< on the CPU, in evaluation mode
};

/// A network with the weights of a file. Throws Error as read_model(), and where this
/// libsep cannot run it.
LoadedModel load_model(const std::filesystem::path& path);

/// The same of what was read already; `name` begins the messages.
LoadedModel load_model(const StoredModel& stored, const std::string& name);

/// Another network with the same weights and buffers, on the CPU, in evaluation mode.
/// Throws Error where the network is not one of its description.
std::shared_ptr<Network> copy_model(const LoadedModel& loaded);

/// Tensors of a module by name, parameters and buffers, as safetensors data and back.
std::map<std::string, TensorData> state_to_data(const torch::nn::Module& module);
/// Throws Error, beginning with `name`, as check_tensors(), before one is changed.
void state_from_data(torch::nn::Module& module,
                     const std::map<std::string, TensorData>& data,
                     const std::string& name);

/// One tensor, on the CPU; F32, F64 and I64.
TensorData tensor_to_data(const torch::Tensor& tensor);
torch::Tensor tensor_from_data(const TensorData& data);

}  // namespace sep
