#include "libsep/checkpoint/stored_model.h"

#include <fmt/ranges.h>

#include <set>
#include <utility>

#include "libsep/core/bounds.h"
#include "libsep/core/half.h"
#include "libsep/core/version.h"

namespace sep {
namespace {

constexpr const char* kDescriptionKey = "libsep";
constexpr const char* kCardKey = "card";
constexpr int64_t kMaxSampleRate = 10'000'000;  // as of what is resampled

ModelDescription description_of(const std::map<std::string, std::string>& metadata,
                                const std::string& name) {
  const auto found = metadata.find(kDescriptionKey);
  SEP_CHECK(found != metadata.end(),
            "{} is no model of libsep: its metadata has no \"{}\"",
            name,
            kDescriptionKey);
  auto description = parse_config<ModelDescription>(found->second, name);
  const auto card = metadata.find(kCardKey);
  if (card != metadata.end()) {
    description.card = parse_config<ModelCard>(card->second, name + ": card");
  }
  return description;
}

/// Every tensor that `convert` wants, converted; what that throws names the tensor.
template <class Wanted, class Convert>
void convert_tensors(std::map<std::string, TensorData>& tensors,
                     const std::string& name,
                     const Wanted& wanted,
                     const Convert& convert) {
  for (auto& [key, tensor] : tensors) {
    if (!wanted(tensor)) continue;
    try {
      tensor = convert(tensor);
    } catch (const Error& error) {
      throw Error(fmt::format("{}: tensor {}: {}", name, key, error.what()));
    }
  }
}

bool is_weight(const TensorData& tensor) {
  return tensor.dtype == Dtype::kF32 && tensor.shape.size() >= 2;
}

bool is_half(const TensorData& tensor) { return tensor.dtype == Dtype::kF16; }

}  // namespace

void ModelDescription::validate() const {
  check_bounds("sample_rate", sample_rate, 1, kMaxSampleRate);
  const std::set<StemName> different(stems.begin(), stems.end());
  if (different.size() != stems.size()) {
    throw ConfigError("stems",
                      fmt::format(": {}: one is there twice", fmt::join(stems, ", ")));
  }
}

std::vector<StemName> ModelDescription::stem_names() const {
  return stems.empty() ? std::vector<StemName>{instrument} : stems;
}

void write_model(const std::filesystem::path& path,
                 StoredModel model,
                 ModelStorage storage) {
  auto& description = model.description;
  if (description.libsep_version.empty()) description.libsep_version = version();
  if (storage == ModelStorage::kHalf) {
    convert_tensors(model.tensors, path.string(), is_weight, to_half);
  }
  std::map<std::string, std::string> metadata = {
      {kDescriptionKey, write_config(description)}};
  if (!description.card.empty()) {
    description.card.validate();
    metadata[kCardKey] = write_config(description.card);
  }
  write_checked_safetensors(path, {std::move(metadata), std::move(model.tensors)});
}

StoredModel read_model(const std::filesystem::path& path) {
  auto file = read_checked_safetensors(path);
  const auto description = description_of(file.metadata, path.string());
  convert_tensors(file.tensors, path.string(), is_half, from_half);
  if (description.type == "mask_inference") {
    check_tensors(
        file.tensors,
        mask_inference_tensors(description.stft.num_bins(), description.mask_inference),
        path.string());
  } else {
    check_finite(file.tensors, path.string());
  }
  return {description, std::move(file.tensors)};
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

}  // namespace sep
