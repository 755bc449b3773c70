#include "libsep/model/nussl_checkpoint.h"

#include "libsep/checkpoint/nussl_file.h"
#include "libsep/core/atomic_file.h"

namespace sep {
namespace {

// Before memory is asked for: a setting can name any size.
std::shared_ptr<MaskEstimator> build(const NusslFile& file,
                                     const ModelDescription& description,
                                     const std::string& name) {
  try {
    description.validate();
    description.mask_inference.validate();
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", name, error.what()));
  }
  check_state(description, file.state, name);
  auto model = make_model(description);
  state_from_data(*model, file.state, name);
  return model;
}

}  // namespace

LoadedModel load_nussl_checkpoint(const std::filesystem::path& path,
                                  const StemName& instrument) {
  const auto file = parse_nussl_file(read_file(path), path.string());
  ModelDescription description;
  description.mask_inference.hidden_size = file.hidden_size;
  description.mask_inference.num_layers = file.num_layers;
  description.mask_inference.dropout = file.dropout;
  description.stft = file.stft;
  description.sample_rate = file.sample_rate;
  description.instrument = instrument;
  description.title = path.stem().stem().string();
  return {description, build(file, description, path.string())};
}

}  // namespace sep
