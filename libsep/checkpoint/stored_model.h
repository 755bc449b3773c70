#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "libsep/checkpoint/mask_inference_options.h"
#include "libsep/core/safetensors.h"
#include "libsep/core/stem_name.h"
#include "libsep/dsp/stft.h"

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
  std::string libsep_version;  ///< write_model() fills it in where it is empty
  std::string torch_version;   ///< save_model() does; empty where none computed it

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

/// A model as its file holds it: what it is, and its weights and buffers by name. To
/// compute with it is for LibTorch, load_model() in model/model_file.h; copying, importing
/// and looking into one is not.
struct StoredModel {
  ModelDescription description;
  std::map<std::string, TensorData> tensors;
};

/// Writes safetensors with the description and a checksum in the metadata (key "libsep",
/// YAML; "checksum"), atomically.
void write_model(const std::filesystem::path& path, StoredModel model);

/// Throws Error with the file and what is wrong: not safetensors, another checksum than
/// the one it may have, no description, and as check_tensors().
StoredModel read_model(const std::filesystem::path& path);

/// What a file says of its model: read and checked as by read_model(), but for the tensors'
/// names, shapes and values.
ModelDescription read_model_description(const std::filesystem::path& path);

/// Throws Error with the file and the differences where `found` comes from another
/// training than `wanted`: anything but title and versions.
void check_origin(const std::filesystem::path& path,
                  ModelDescription wanted,
                  ModelDescription found);

}  // namespace sep
