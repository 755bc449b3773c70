#include "libsep/model/model_file.h"

#include <fmt/ranges.h>
#include <torch/version.h>

#include <cstring>

#include "libsep/core/bounds.h"
#include "libsep/core/version.h"

namespace sep {
namespace {

constexpr const char* kDescriptionKey = "libsep";
constexpr int64_t kMaxSampleRate = 10'000'000;  // as of what is resampled

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

// PyTorch's counters are scalars; some writers store them as one element.
void check_shape(const std::vector<int64_t>& found,
                 const std::vector<int64_t>& wanted,
                 const std::string& where) {
  const bool fits = found == wanted || (wanted.empty() && found == std::vector<int64_t>{1});
  SEP_CHECK(fits, "{} has shape {}, not {}", where, shape_text(found), shape_text(wanted));
}

torch::Tensor checked_tensor(const torch::Tensor& like,
                             const TensorData& data,
                             const std::string& where) {
  const Dtype dtype = dtype_of(like.scalar_type());
  SEP_CHECK(data.dtype == dtype,
            "{} is {}, not {}",
            where,
            dtype_name(data.dtype),
            dtype_name(dtype));
  check_shape(data.shape, like.sizes().vec(), where);
  auto tensor = tensor_from_data(data);
  SEP_CHECK(torch::isfinite(tensor).all().item<bool>(), "{} is not finite", where);
  return tensor.view(like.sizes());
}

ModelDescription description_of(const std::map<std::string, std::string>& metadata,
                                const std::string& name) {
  const auto found = metadata.find(kDescriptionKey);
  SEP_CHECK(found != metadata.end(),
            "{} is no model of libsep: its metadata has no \"{}\"",
            name,
            kDescriptionKey);
  return parse_config<ModelDescription>(found->second, name);
}

}  // namespace

void ModelDescription::validate() const {
  if (type != "mask_inference") {
    throw ConfigError("type", fmt::format(" = {}: wants mask_inference", shown_text(type)));
  }
  check_bounds("sample_rate", sample_rate, 1, kMaxSampleRate);
}

std::shared_ptr<MaskEstimator> make_model(const ModelDescription& description) {
  description.validate();
  description.stft.validate();
  auto model = std::make_shared<MaskInference>(description.stft.num_bins(),
                                               description.mask_inference);
  model->eval();
  return model;
}

void save_model(const std::filesystem::path& path,
                const MaskEstimator& model,
                const ModelDescription& description) {
  auto complete = description;
  if (complete.libsep_version.empty()) complete.libsep_version = version();
  if (complete.torch_version.empty()) complete.torch_version = TORCH_VERSION;
  write_checked_safetensors(
      path, {{{kDescriptionKey, write_config(complete)}}, state_to_data(model)});
}

LoadedModel load_model(const std::filesystem::path& path) {
  const auto file = read_checked_safetensors(path);
  const auto description = description_of(file.metadata, path.string());
  check_state(description, file.tensors, path.string());
  auto model = make_model(description);
  state_from_data(*model, file.tensors, path.string());
  return {description, model};
}

std::shared_ptr<MaskEstimator> copy_model(const LoadedModel& loaded) {
  auto copy = make_model(loaded.description);
  const auto name = "the model for " + loaded.description.instrument;
  state_from_data(*copy, state_to_data(*loaded.model), name);
  return copy;
}

ModelDescription read_model_description(const std::filesystem::path& path) {
  return description_of(read_checked_metadata(path), path.string());
}

void check_origin(const std::filesystem::path& path,
                  ModelDescription wanted,
                  ModelDescription found) {
  for (auto* description : {&wanted, &found}) {
    description->title.clear();
    description->libsep_version.clear();
    description->torch_version.clear();
  }
  const auto lines = config_differences(list_fields(wanted), list_fields(found));
  SEP_CHECK(
      lines.empty(), "{}: of another training: {}", path.string(), fmt::join(lines, ", "));
}

std::map<std::string, TensorData> state_to_data(const torch::nn::Module& module) {
  std::map<std::string, TensorData> data;
  for (const auto& [name, tensor] : state_of(module)) data[name] = tensor_to_data(tensor);
  return data;
}

void check_state(const ModelDescription& description,
                 const std::map<std::string, TensorData>& data,
                 const std::string& name) {
  const auto wanted =
      MaskInference::tensor_shapes(description.stft.num_bins(), description.mask_inference);
  for (const auto& [key, shape] : wanted) {
    const auto found = data.find(key);
    SEP_CHECK(found != data.end(), "{}: tensor {} is missing", name, key);
    check_shape(found->second.shape, shape, name + ": tensor " + key);
  }
}

void state_from_data(torch::nn::Module& module,
                     const std::map<std::string, TensorData>& data,
                     const std::string& name) {
  const auto state = state_of(module);
  for (const auto& [key, tensor] : data) {
    SEP_CHECK(state.count(key) == 1, "{}: the model has no tensor {}", name, key);
  }
  std::map<std::string, torch::Tensor> values;  // all checked before one is changed
  for (const auto& [key, tensor] : state) {
    const auto found = data.find(key);
    SEP_CHECK(found != data.end(), "{}: tensor {} is missing", name, key);
    values[key] = checked_tensor(tensor, found->second, name + ": tensor " + key);
  }
  const torch::NoGradGuard no_grad;
  for (const auto& [key, tensor] : state) torch::Tensor(tensor).copy_(values[key]);
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
