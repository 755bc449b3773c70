#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "libsep/checkpoint/mask_inference_options.h"
#include "libsep/checkpoint/model_card.h"
#include "libsep/core/safetensors.h"
#include "libsep/core/stem_name.h"
#include "libsep/dsp/stft.h"

namespace sep {

/// Everything needed to use a model, and where it came from; the metadata of its file, key
/// "libsep".
struct ModelDescription {
  std::string type = "mask_inference";  ///< the kind of network
  MaskInferenceOptions mask_inference;  ///< of that type
  std::string network;  ///< options of another one, as YAML; its kind reads them
                        ///< (model/networks.h)
  StftOptions stft;
  int64_t sample_rate = 44100;  ///< Hz
  StemName instrument;  ///< the target: what the estimate is called, or a joint model's
  std::vector<StemName> stems;  ///< of a joint model, in the order of its estimates; empty:
                                ///< the instrument alone
  std::string title;            ///< of the experiment, "Model E"
  std::string protocol;         ///< "clean" or "legacy"; empty where unknown
  int64_t fold = 0;             ///< from 1; 0 where unknown
  int64_t seed = 0;
  std::string libsep_version;  ///< write_model() fills it in where it is empty
  std::string torch_version;   ///< save_model() does; empty where none computed it
  ModelCard card;  ///< key "card" of the file, which has none where it is empty: no part of
                   ///< what a training is

  /// What its estimates are called, in their order.
  std::vector<StemName> stem_names() const;

  /// Throws ConfigError for a rate that is not 1 … 1e7 Hz, and a stem named twice.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("type", type);
    archive("mask_inference", mask_inference);
    archive("network", network);
    archive("stft", stft);
    archive("sample_rate", sample_rate);
    archive("instrument", instrument);
    archive("stems", stems);
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

/// In what precision weights lie in a file. In memory they are always float.
enum class ModelStorage {
  kFloat,
  kHalf,  ///< F16 for weights of two and more axes, half the file; biases, batch norm's
          ///< statistics and counters, which are few and may be large, stay as they are
};

/// Writes safetensors with the description, the card and a checksum in the metadata (keys
/// "libsep" and "card", YAML; "checksum"), atomically. Throws Error, naming the tensor, for
/// a weight that half precision does not hold, ConfigError as the card's validate().
void write_model(const std::filesystem::path& path,
                 StoredModel model,
                 ModelStorage storage = ModelStorage::kFloat);

/// Throws Error with the file and what is wrong: not safetensors, another checksum than
/// the one it may have, no description, and as check_tensors(): for a network that is
/// known here (mask_inference) all of them, for another one values that are not finite.
/// Half precision becomes float.
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
