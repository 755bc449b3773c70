#include "libsep/model/model_file.h"

#include <fmt/ranges.h>
#include <torch/version.h>

#include <cstring>
#include <utility>

#include "libsep/model/networks.h"

namespace sep {
namespace {

torch::ScalarType scalar_type(Dtype dtype) {
  switch (dtype) {
    case Dtype::kF32:
      return torch::kFloat32;
    case Dtype::kF64:
      return torch::kFloat64;
    case Dtype::kI64:
      return torch::kInt64;
    default:
      throw Error(fmt::format("{} tensors are not used here", dtype_name(dtype)));
  }
}

Dtype dtype_of(torch::ScalarType type) {
  for (const Dtype dtype : {Dtype::kF32, Dtype::kF64, Dtype::kI64}) {
    if (scalar_type(dtype) == type) return dtype;
  }
  throw Error(fmt::format("a tensor of {} cannot be written", torch::toString(type)));
}

std::map<std::string, torch::Tensor> state_of(const torch::nn::Module& module) {
  std::map<std::string, torch::Tensor> state;
  for (const auto& item : module.named_parameters()) state[item.key()] = item.value();
  for (const auto& item : module.named_buffers()) state[item.key()] = item.value();
  return state;
}

std::string shape_text(const std::vector<int64_t>& shape) {
  return fmt::format("({})", fmt::join(shape, ", "));
}

}  // namespace

std::shared_ptr<Network> make_model(const ModelDescription& description) {
  description.validate();
  description.stft.validate();
  NetworkInput input;
  input.stft = description.stft;
  input.sample_rate = description.sample_rate;
  input.num_stems = static_cast<int64_t>(description.stem_names().size());
  auto model = network_kind(description).make(input);
  model->eval();
  return model;
}

void save_model(const std::filesystem::path& path,
                const Network& model,
                const ModelDescription& description) {
  StoredModel stored{description, state_to_data(model)};
  auto& torch_version = stored.description.torch_version;
  if (torch_version.empty()) torch_version = TORCH_VERSION;
  write_model(path, std::move(stored));
}

LoadedModel load_model(const std::filesystem::path& path) {
  return load_model(read_model(path), path.string());
}

LoadedModel load_model(const StoredModel& stored, const std::string& name) {
  try {
    LoadedModel loaded{stored.description, make_model(stored.description)};
    state_from_data(*loaded.model, stored.tensors, name);
    return loaded;
  } catch (const ConfigError& error) {
    throw Error(fmt::format("{}: {}", name, error.what()));
  }
}

std::shared_ptr<Network> copy_model(const LoadedModel& loaded) {
  auto copy = make_model(loaded.description);
  const auto name = "the model for " + loaded.description.instrument;
  state_from_data(*copy, state_to_data(*loaded.model), name);
  return copy;
}

std::map<std::string, TensorData> state_to_data(const torch::nn::Module& module) {
  std::map<std::string, TensorData> data;
  for (const auto& [name, tensor] : state_of(module)) data[name] = tensor_to_data(tensor);
  return data;
}

void state_from_data(torch::nn::Module& module,
                     const std::map<std::string, TensorData>& data,
                     const std::string& name) {
  const auto state = state_of(module);
  std::map<std::string, TensorShape> wanted;
  for (const auto& [key, tensor] : state) {
    wanted[key] = {dtype_of(tensor.scalar_type()), tensor.sizes().vec()};
  }
  check_tensors(data, wanted, name);
  const torch::NoGradGuard no_grad;
  for (const auto& [key, tensor] : state) {
    torch::Tensor(tensor).copy_(tensor_from_data(data.at(key)).view(tensor.sizes()));
  }
}

TensorData tensor_to_data(const torch::Tensor& tensor) {
  const auto host = tensor.detach().cpu().contiguous();
  TensorData data{dtype_of(host.scalar_type()), host.sizes().vec(), std::string()};
  data.bytes.assign(static_cast<const char*>(host.data_ptr()), host.nbytes());
  return data;
}

torch::Tensor tensor_from_data(const TensorData& data) {
  auto tensor = torch::empty(data.shape, scalar_type(data.dtype));
  SEP_CHECK(tensor.nbytes() == data.bytes.size(),
            "a tensor of shape {} has {} bytes, not {}",
            shape_text(data.shape),
            data.bytes.size(),
            tensor.nbytes());
  if (!data.bytes.empty()) {
    std::memcpy(tensor.data_ptr(), data.bytes.data(), data.bytes.size());
  }
  return tensor;
}

}  // namespace sep
