#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "libsep/core/safetensors.h"
#include "libsep/core/stem_name.h"
#include "libsep/dsp/stft.h"
#include "libsep/model/mask_estimator.h"
#include "libsep/model/mask_inference.h"

namespace sep {

/// Everything needed to use a model, and where it came from; the metadata of its file.
struct ModelDescription {
  std::string type = "mask_inference";
  MaskInferenceOptions mask_inference;
  StftOptions stft;
  int64_t sample_rate = 44100;  ///< Hz
  StemName instrument;          ///< what the estimate is called
  std::string title;            ///< of the experiment, "Model E"
  std::string protocol;         ///< "clean" or "legacy"; empty where unknown
  int64_t fold = 0;             ///< from 1; 0 where unknown
  int64_t seed = 0;
  std::string libsep_version;  ///< save_model() fills these two in where they are empty
  std::string torch_version;

  /// Throws ConfigError for a type there is none of, or a rate that is not 1 … 1e7 Hz.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("type", type);
    archive("mask_inference", mask_inference);
    archive("stft", stft);
    archive("sample_rate", sample_rate);
    archive("instrument", instrument);
    archive("title", title);
    archive("protocol", protocol);
    archive("fold", fold);
    archive("seed", seed);
    archive("libsep_version", libsep_version);
    archive("torch_version", torch_version);
  }
};

/// A network of the description's kind, with undefined weights, in evaluation mode.
std::shared_ptr<MaskEstimator> make_model(const ModelDescription& description);

/// Writes weights and buffers as safetensors under their own names, with the description
/// and a checksum in the metadata (key "libsep", YAML; "checksum"), atomically.
void save_model(const std::filesystem::path& path,
                const MaskEstimator& model,
                const ModelDescription& description);

struct LoadedModel {
  ModelDescription description;
  std::shared_ptr<MaskEstimator> model;  ///< on the CPU, in evaluation mode
};

/// Throws Error with the file and what is wrong: not safetensors, another checksum than
/// the one it may have, no description, a tensor missing, left over, of another shape or
/// dtype, or not finite.
LoadedModel load_model(const std::filesystem::path& path);

/// Another network with the same weights and buffers, on the CPU, in evaluation mode.
/// Throws Error where the network is not one of its description.
std::shared_ptr<MaskEstimator> copy_model(const LoadedModel& loaded);

/// What a file says of its model: read and checked as by load_model(), but for the tensors'
/// names, shapes and values.
ModelDescription read_model_description(const std::filesystem::path& path);

/// Throws Error with the file and the differences where `found` comes from another
/// training than `wanted`: anything but title and versions.
void check_origin(const std::filesystem::path& path,
                  ModelDescription wanted,
                  ModelDescription found);

/// Throws Error with `name` and the tensor where one of the described model's is missing or
/// of another shape. It asks for no memory: a few bytes of description can name any size.
void check_state(const ModelDescription& description,
                 const std::map<std::string, TensorData>& data,
                 const std::string& name);

/// Tensors of a module by name, parameters and buffers, as safetensors data and back.
std::map<std::string, TensorData> state_to_data(const torch::nn::Module& module);
/// Throws Error, beginning with `name`, for a tensor that is missing, left over, of another
/// shape or dtype, or not finite.
void state_from_data(torch::nn::Module& module,
                     const std::map<std::string, TensorData>& data,
                     const std::string& name);

/// One tensor, on the CPU; F32, F64 and I64.
TensorData tensor_to_data(const torch::Tensor& tensor);
torch::Tensor tensor_from_data(const TensorData& data);

}  // namespace sep
