#include "libsep/model/model_file.h"

#include <limits>

#include "libsep/core/atomic_file.h"
#include "libsep/model/mask_inference.h"
#include "tests/support/catch_torch.h"
#include "tests/support/paths.h"

namespace {

sep::ModelDescription small_description() {
  sep::ModelDescription description;
  description.mask_inference.hidden_size = 3;
  description.mask_inference.num_layers = 2;
  description.mask_inference.dropout = 0.1;
  description.stft.window_length = 16;
  description.stft.hop_length = 4;
  description.instrument = "violin";
  description.title = "Model \"E\": ours";
  description.fold = 3;
  description.seed = 11;
  return description;
}

std::shared_ptr<sep::Network> small_model() {
  auto model = sep::make_model(small_description());
  dynamic_cast<sep::MaskInference&>(*model).init_parameters(sep::RandomStream(5));
  return model;
}

// Writes a model after `change` was done to its file.
template <class Change>
std::filesystem::path broken_file(const TemporaryFolder& folder, Change change) {
  const auto path = folder / "broken.safetensors";
  sep::save_model(path, *small_model(), small_description());
  auto file = sep::read_checked_safetensors(path);
  change(file);
  sep::write_checked_safetensors(path, file);
  return path;
}

const char* const kWeight = "embedding.linear.weight";

}  // namespace

TEST_CASE("a model comes back as it was saved", "[model]") {
  const TemporaryFolder folder;
  const auto path = folder / "model.safetensors";
  const auto model = small_model();
  sep::save_model(path, *model, small_description());
  const auto loaded = sep::load_model(path);
  CHECK(!loaded.model->is_training());
  CHECK(loaded.description.title == small_description().title);
  CHECK(loaded.description.stft.window_length == 16);
  CHECK(loaded.description.mask_inference.dropout == 0.1);
  CHECK(!loaded.description.torch_version.empty());
  const auto input = torch::full({1, 6, 9}, 0.01);
  CHECK(torch::equal((*loaded.model)(input), (*model)(input)));
}

TEST_CASE("saving a loaded model gives the same bytes", "[model][property]") {
  const TemporaryFolder folder;
  sep::save_model(folder / "a.safetensors", *small_model(), small_description());
  const auto loaded = sep::load_model(folder / "a.safetensors");
  sep::save_model(folder / "b.safetensors", *loaded.model, loaded.description);
  CHECK(sep::read_file(folder / "a.safetensors") ==
        sep::read_file(folder / "b.safetensors"));
}

TEST_CASE("the counter of batches may be stored as one element", "[model]") {
  const TemporaryFolder folder;
  const auto path = broken_file(folder, [](sep::Safetensors& file) {
    auto& counter = file.tensors.at("input_normalization.batch_norm.num_batches_tracked");
    CHECK(counter.shape.empty());
    counter.shape = {1};
  });
  CHECK_NOTHROW(sep::load_model(path));
}

TEST_CASE("a file that is no sound model is refused by name", "[model][failure]") {
  const TemporaryFolder folder;
  const auto refused = [&](auto change, const std::string& message) {
    const auto path = broken_file(folder, change);
    CHECK_THROWS_AS(sep::load_model(path), sep::Error);
    CHECK_THROWS_WITH(sep::load_model(path),
                      Catch::Contains("broken.safetensors") && Catch::Contains(message));
  };
  using File = sep::Safetensors;
  SECTION("no description") {
    refused([](File& f) { f.metadata.clear(); }, "no model of libsep");
  }
  SECTION("another type") {
    refused([](File& f) { f.metadata["libsep"] = "type: unet"; }, "type = unet");
  }
  SECTION("a tensor is missing") {
    for (const auto& [name, shape] :
         sep::mask_inference_tensors(9, small_description().mask_inference)) {
      const std::string lost = name;
      refused([&](File& f) { f.tensors.erase(lost); }, "tensor " + lost + " is missing");
    }
  }
  SECTION("a tensor has another name") {
    refused(
        [](File& f) {
          f.tensors["other"] = f.tensors[kWeight];
          f.tensors.erase(kWeight);
        },
        std::string("tensor ") + kWeight + " is missing");
  }
  SECTION("another shape") {
    refused([](File& f) { f.tensors[kWeight].shape = {6, 9}; }, "(6, 9), not (9, 6)");
  }
  SECTION("another dtype") {
    refused(
        [](File& f) {
          f.tensors[kWeight] = sep::make_tensor_data({9, 6}, std::vector<double>(54));
        },
        "F64, not F32");
  }
  SECTION("not finite") {
    refused(
        [](File& f) {
          auto values = sep::to_values<float>(f.tensors[kWeight]);
          values[7] = std::numeric_limits<float>::infinity();
          f.tensors[kWeight] = sep::make_tensor_data({9, 6}, values);
        },
        "embedding.linear.weight is not finite");
  }
  SECTION("a description of a giant asks for no memory") {
    refused(
        [](File& f) {
          auto giant = small_description();
          giant.mask_inference.hidden_size = 8192;
          giant.mask_inference.num_layers = 32;
          f.metadata["libsep"] = sep::write_config(giant);
        },
        "has shape (9, 6), not (9, 16384)");
  }
}

TEST_CASE("a state that does not fit changes nothing", "[model][failure]") {
  auto model = small_model();
  auto data = sep::state_to_data(*model);
  for (auto& [name, tensor] : data) {
    if (tensor.dtype != sep::Dtype::kF32) continue;
    const auto count = static_cast<size_t>(tensor.num_elements());
    tensor = sep::make_tensor_data(tensor.shape, std::vector<float>(count, 2.0F));
  }
  data["recurrent_stack.rnn.weight_ih_l0"].shape = {9, 12};
  const auto before = sep::state_to_data(*model);
  CHECK_THROWS_WITH(sep::state_from_data(*model, data, "there"),
                    Catch::StartsWith("there"));
  for (const auto& [name, tensor] : sep::state_to_data(*model)) {
    CHECK(tensor.bytes == before.at(name).bytes);
  }
}

TEST_CASE("tensors survive the way to data and back", "[model][property]") {
  for (const auto type : {torch::kFloat32, torch::kFloat64, torch::kInt64}) {
    const auto tensor = torch::arange(24, torch::dtype(type)).view({4, 6}).t();
    CHECK(torch::equal(sep::tensor_from_data(sep::tensor_to_data(tensor)), tensor));
    const auto scalar = torch::ones({}, torch::dtype(type));
    CHECK(torch::equal(sep::tensor_from_data(sep::tensor_to_data(scalar)), scalar));
  }
  CHECK_THROWS_AS(sep::tensor_to_data(torch::ones({2}, torch::kHalf)), sep::Error);
}
