#include "libsep/checkpoint/stored_model.h"

#include <limits>

#include "libsep/core/atomic_file.h"
#include "libsep/core/version.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace sep;

namespace {

constexpr const char* kWeight = "embedding.linear.weight";

/// A model of 9 bins whose weights are 0, 1, 2, …
StoredModel small_model() {
  StoredModel model;
  auto& description = model.description;
  description.mask_inference = {3, 2, 0.1, LstmBackend::kAuto};
  description.stft = {16, 4};
  description.instrument = "violin";
  for (const auto& [name, wanted] : mask_inference_tensors(9, description.mask_inference)) {
    TensorData tensor{wanted.dtype, wanted.shape, ""};
    const auto count = static_cast<size_t>(tensor.num_elements());
    if (wanted.dtype == Dtype::kI64) {
      tensor = make_tensor_data(wanted.shape, std::vector<int64_t>(count, 7));
    } else {
      std::vector<float> values(count);
      for (size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i);
      tensor = make_tensor_data(wanted.shape, values);
    }
    model.tensors.emplace(name, tensor);
  }
  return model;
}

}  // namespace

TEST_CASE("a stored model comes back as it was written", "[checkpoint]") {
  const TemporaryFolder folder;
  const auto model = small_model();
  write_model(folder / "a.safetensors", model);
  const auto found = read_model(folder / "a.safetensors");
  CHECK(found.description.instrument == "violin");
  CHECK(found.description.libsep_version == version());
  CHECK(found.description.torch_version.empty());
  REQUIRE(found.tensors.size() == model.tensors.size());
  for (const auto& [name, tensor] : model.tensors) {
    INFO(name);
    CHECK(found.tensors.at(name).bytes == tensor.bytes);
  }
  write_model(folder / "b.safetensors", found);
  CHECK(read_file(folder / "a.safetensors") == read_file(folder / "b.safetensors"));
}

TEST_CASE("a stored model that its description does not fit is refused by name",
          "[checkpoint][failure]") {
  const TemporaryFolder folder;
  const auto path = folder / "model.safetensors";
  const auto refused = [&](const auto& change, const std::string& problem) {
    auto model = small_model();
    change(model);
    write_model(path, model);
    CHECK_THROWS_AS(read_model(path), Error);
    CHECK_THROWS_WITH(read_model(path), path.string() + ": " + problem);
  };
  const std::string weight = "tensor embedding.linear.weight ";
  refused([](StoredModel& m) { m.tensors.erase(kWeight); }, weight + "is missing");
  refused([](StoredModel& m) { m.tensors["other"] = m.tensors[kWeight]; },
          "the model has no tensor other");
  refused(
      [](StoredModel& m) {
        m.tensors[kWeight].shape = {6, 9};
      },
      weight + "has shape (6, 9), not (9, 6)");
  refused(
      [](StoredModel& m) {
        m.tensors[kWeight] = make_tensor_data({9, 6}, std::vector<double>(54));
      },
      weight + "is F64, not F32");
  refused(
      [](StoredModel& m) {
        std::vector<float> values(54);
        values[53] = std::numeric_limits<float>::quiet_NaN();
        m.tensors[kWeight] = make_tensor_data({9, 6}, values);
      },
      weight + "is not finite");
  refused(
      [](StoredModel& m) {
        m.description.mask_inference.hidden_size = 8192;
        m.description.mask_inference.num_layers = 32;
      },
      weight + "has shape (9, 6), not (9, 16384)");
}
