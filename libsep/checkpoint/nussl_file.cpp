#include "libsep/checkpoint/nussl_file.h"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "libsep/checkpoint/detail/torch_archive.h"
#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

using Json = nlohmann::json;
using Kind = PickleNode::Kind;

constexpr int kMaxDepth = 32;

// What is wrong in `name`, with its message in one place.
class Reader {
 public:
  explicit Reader(std::string name) : name_(std::move(name)) {}

  template <class... Arguments>
  void check(bool condition,
             fmt::format_string<Arguments...> text,
             Arguments&&... arguments) const {
    SEP_CHECK(condition,
              "{}: {}",
              name_,
              fmt::format(text, std::forward<Arguments>(arguments)...));
  }

  const PickleNode& child(const PickleNode& dict, const char* key) const {
    const auto* found = dict.find(key);
    check(found != nullptr, "no plain \"{}\"; not a checkpoint of nussl 1.x?", key);
    return *found;
  }

  int64_t integer(const PickleNode& node, const char* key) const {
    check(node.kind == Kind::kInteger, "{} is no integer", key);
    return node.integer;
  }

  const Json& child(const Json& object, const char* key) const {
    check(object.is_object() && object.contains(key), "config has no \"{}\"", key);
    return object.at(key);
  }

  // A setting that must have one value; `optional` where nussl's default is that value.
  void fixed(const Json& settings,
             const char* key,
             const Json& wanted,
             bool optional) const {
    if (optional && !settings.contains(key)) return;
    const Json& found = child(settings, key);
    check(found == wanted, "{} = {}: wants {}", key, text(found), text(wanted));
  }

  int64_t integer(const Json& settings, const char* key) const {
    const Json& found = child(settings, key);
    check(found.is_number_integer(), "{} = {}: wants an integer", key, text(found));
    return found.get<int64_t>();
  }

  double real(const Json& settings, const char* key) const {
    const Json& found = child(settings, key);
    check(found.is_number(), "{} = {}: wants a number", key, text(found));
    return found.get<double>();
  }

  // On one line, whatever the bytes.
  static std::string text(const Json& value) {
    return value.dump(-1, ' ', true, Json::error_handler_t::replace).substr(0, 60);
  }

 private:
  std::string name_;
};

// The settings of the network; everything that libsep's does not have is refused.
void read_settings(const Reader& reader, const Json& config, NusslFile& file) {
  const Json& modules = reader.child(config, "modules");
  const Json& model = reader.child(modules, "model");
  reader.fixed(model, "class", "MaskInference", false);
  for (const auto& [key, module] : modules.items()) {
    if (key != "model") reader.fixed(module, "class", "Alias", false);
  }
  const Json& settings = reader.child(model, "args");
  file.hidden_size = reader.integer(settings, "hidden_size");
  file.num_layers = reader.integer(settings, "num_layers");
  file.dropout = reader.real(settings, "dropout");
  reader.fixed(settings, "num_features", file.stft.num_bins(), false);
  reader.fixed(settings, "num_audio_channels", 1, false);
  reader.fixed(settings, "num_sources", 1, false);
  reader.fixed(settings, "bidirectional", true, false);
  reader.fixed(settings, "activation", "sigmoid", false);
  reader.fixed(settings, "rnn_type", "lstm", true);
  reader.fixed(settings, "normalization_class", "BatchNorm", true);
  reader.fixed(settings, "mix_key", "mix_magnitude", true);
  static const std::set<std::string> known = {"hidden_size",
                                              "num_layers",
                                              "dropout",
                                              "num_features",
                                              "num_audio_channels",
                                              "num_sources",
                                              "activation",
                                              "bidirectional",
                                              "rnn_type",
                                              "normalization_class",
                                              "mix_key"};
  for (const auto& [key, value] : settings.items()) {
    reader.check(known.count(key) == 1, "setting {} is not known here", Reader::text(key));
  }
}

// A dictionary, or a record of the call STFTParams(window_length, hop_length, window_type).
std::vector<const PickleNode*> stft_values(const Reader& reader, const PickleNode& stft) {
  if (stft.is_call("nussl.core.audio_signal", "STFTParams")) {
    reader.check(stft.items[1]->items.size() >= 3, "stft_params has too few values");
    return stft.items[1]->items;
  }
  return {&reader.child(stft, "window_length"),
          &reader.child(stft, "hop_length"),
          &reader.child(stft, "window_type")};
}

StftOptions read_stft(const Reader& reader, const PickleNode& stft) {
  const auto values = stft_values(reader, stft);
  const PickleNode& window = *values[2];
  reader.check(window.kind == Kind::kNone ||
                   (window.kind == Kind::kText && window.text == "sqrt_hann"),
               "the window is another than sqrt_hann");
  StftOptions options;
  options.window_length = reader.integer(*values[0], "window_length");
  options.hop_length = reader.integer(*values[1], "hop_length");
  try {
    options.validate();
  } catch (const ConfigError& error) {
    reader.check(false, "stft_params.{}", error.what());
  }
  return options;
}

// The tensors under "model."; those under "layers." are the same again.
std::map<std::string, TensorData> read_state(const Reader& reader,
                                             const TorchArchive& archive,
                                             size_t num_bytes) {
  const PickleNode& state = reader.child(archive.root(), "state_dict");
  reader.check(state.kind == Kind::kDict, "state_dict is no plain dictionary");
  std::map<std::string, TensorData> tensors;
  size_t total = 0;
  for (size_t i = 0; i < state.items.size(); i += 2) {
    const PickleNode& key = *state.items[i];
    const PickleNode& value = *state.items[i + 1];
    reader.check(key.kind == Kind::kText, "state_dict has a key that is no text");
    if (key.text.rfind("layers.", 0) == 0) continue;
    const std::string what = "tensor " + Reader::text(key.text);
    reader.check(key.text.rfind("model.", 0) == 0, "{} is left over", what);
    reader.check(TorchArchive::is_tensor(value), "{} is no plain tensor", what);
    // A few bytes can name one storage, or one element of it, again and again.
    total += archive.num_elements(value) * sizeof(float);
    reader.check(total <= num_bytes, "holds more in tensors than in bytes");
    tensors[key.text.substr(6)] = archive.tensor(value, what);
  }
  return tensors;
}

ModelDescription describe(const NusslFile& file, const StemName& instrument) {
  ModelDescription description;
  description.mask_inference.hidden_size = file.hidden_size;
  description.mask_inference.num_layers = file.num_layers;
  description.mask_inference.dropout = file.dropout;
  description.stft = file.stft;
  description.sample_rate = file.sample_rate;
  description.instrument = instrument;
  return description;
}

// Deep values are refused as they open: showing one in a message goes a call deeper a
// level.
Json parse_json(const Reader& reader, const std::string& text) {
  const auto check_depth = [&](int depth, Json::parse_event_t /*event*/, Json& /*value*/) {
    reader.check(depth <= kMaxDepth, "config is nested deeper than {} levels", kMaxDepth);
    return true;
  };
  return Json::parse(text, check_depth, false);
}

}  // namespace

bool has_libzip() {
#ifdef LIBSEP_HAS_LIBZIP
  return true;
#else
  return false;
#endif
}

NusslFile parse_nussl_file(std::string bytes, const std::string& name) {
  const Reader reader(name);
  const size_t num_bytes = bytes.size();
  const TorchArchive archive(std::move(bytes), name);
  const PickleNode& metadata = reader.child(archive.root(), "metadata");
  NusslFile file;
  file.stft = read_stft(reader, reader.child(metadata, "stft_params"));
  file.sample_rate = reader.integer(reader.child(metadata, "sample_rate"), "sample_rate");
  const PickleNode& config = reader.child(archive.root(), "config");
  reader.check(config.kind == Kind::kText, "config is no text");
  const Json json = parse_json(reader, config.text);
  reader.check(!json.is_discarded(), "config is no JSON");
  read_settings(reader, json, file);
  file.state = read_state(reader, archive, num_bytes);
  return file;
}

StoredModel read_nussl_model(const std::filesystem::path& path,
                             const StemName& instrument) {
  const std::string name = path.string();
  auto file = parse_nussl_file(read_file(path), name);
  auto description = describe(file, instrument);
  description.title = path.stem().stem().string();
  try {
    description.validate();
    description.mask_inference.validate();
  } catch (const ConfigError& error) {
    throw Error(fmt::format("{}: {}", name, error.what()));
  }
  check_tensors(file.state,
                mask_inference_tensors(file.stft.num_bins(), description.mask_inference),
                name);
  return {std::move(description), std::move(file.state)};
}

}  // namespace sep
