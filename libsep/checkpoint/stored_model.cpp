#include "libsep/checkpoint/stored_model.h"

#include <fmt/ranges.h>

#include <set>
#include <utility>

#include "libsep/core/bounds.h"
#include "libsep/core/version.h"

namespace sep {
namespace {

constexpr const char* kDescriptionKey = "libsep";
constexpr int64_t kMaxSampleRate = 10'000'000;  // as of what is resampled

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

void write_model(const std::filesystem::path& path, StoredModel model) {
  auto& description = model.description;
  if (description.libsep_version.empty()) description.libsep_version = version();
  write_checked_safetensors(
      path, {{{kDescriptionKey, write_config(description)}}, std::move(model.tensors)});
}

StoredModel read_model(const std::filesystem::path& path) {
  auto file = read_checked_safetensors(path);
  const auto description = description_of(file.metadata, path.string());
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
