#include <torch/version.h>

#include "libsep/checkpoint/nussl_file.h"
#include "libsep/core/atomic_file.h"
#include "libsep/model/nussl_checkpoint.h"
#include "tests/support/catch_torch.h"
#include "tests/support/golden.h"
#include "tests/support/paths.h"

TEST_CASE("nussl's checkpoints compute what nussl computes", "[model][golden]") {
  if (!sep::has_libzip()) SEP_SKIP("built without libzip");
  WorstDifference worst("mask of a checkpoint", "absolute", 1e-5);
  for (const auto& file : golden_files(GoldenKind::kNusslCheckpoint)) {
    INFO(file.name());
    const auto loaded = sep::load_nussl_checkpoint(golden_checkpoint(file), "violin");
    CHECK(loaded.description.mask_inference.hidden_size == file.integer("hidden_size"));
    CHECK(loaded.description.mask_inference.num_layers == file.integer("num_layers"));
    CHECK(loaded.description.instrument == "violin");
    CHECK(loaded.description.stft.num_bins() ==
          sep::tensor_from_data(file.content.at("mix_magnitude")).size(2));
    CHECK(!loaded.model->is_training());
    const auto magnitude =
        sep::tensor_from_data(file.content.at("mix_magnitude")).flatten(2);
    const auto mask = sep::tensor_from_data(file.content.at("mask")).flatten(2);
    const auto difference = ((*loaded.model)(magnitude).squeeze(1) - mask).abs().max();
    CHECK(worst.add(difference.item<double>(), file.name()) <= worst.tolerance());
  }
}

TEST_CASE("nussl's checkpoints hold the state to the bit", "[model][golden]") {
  if (!sep::has_libzip()) SEP_SKIP("built without libzip");
  for (const auto& file : golden_files(GoldenKind::kNusslCheckpoint)) {
    const auto loaded = sep::load_nussl_checkpoint(golden_checkpoint(file), "violin");
    const auto state = sep::state_to_data(*loaded.model);
    size_t num_tensors = 0;
    for (const auto& [name, data] : file.content.tensors) {
      const std::string prefix = "state.model.";
      if (name.rfind(prefix, 0) != 0) continue;
      INFO(file.name() << ", " << name);
      CHECK(state.at(name.substr(prefix.size())).bytes == data.bytes);
      ++num_tensors;
    }
    CHECK(num_tensors == state.size());
  }
}

TEST_CASE("an imported model is a model like any other", "[model][golden]") {
  if (!sep::has_libzip()) SEP_SKIP("built without libzip");
  const TemporaryFolder folder;
  const auto path = folder / "imported.safetensors";
  for (const auto& file : golden_files(GoldenKind::kNusslCheckpoint)) {
    const auto imported = sep::load_nussl_checkpoint(golden_checkpoint(file), "violin");
    sep::save_model(path, *imported.model, imported.description);
    const auto loaded = sep::load_model(path);
    const auto magnitude = torch::full({1, 5, 257}, 1e-3);
    CHECK(torch::equal((*loaded.model)(magnitude), (*imported.model)(magnitude)));
  }
}

TEST_CASE("importing needs no LibTorch and gives the same bytes", "[model][golden]") {
  if (!sep::has_libzip()) SEP_SKIP("built without libzip");
  const TemporaryFolder folder;
  for (const auto& file : golden_files(GoldenKind::kNusslCheckpoint)) {
    const auto path = golden_checkpoint(file);
    const auto loaded = sep::load_nussl_checkpoint(path, "violin");
    sep::save_model(folder / "loaded.safetensors", *loaded.model, loaded.description);
    auto stored = sep::read_nussl_model(path, "violin");
    CHECK(stored.description.torch_version.empty());
    stored.description.torch_version = TORCH_VERSION;
    sep::write_model(folder / "stored.safetensors", std::move(stored));
    CHECK(sep::read_file(folder / "stored.safetensors") ==
          sep::read_file(folder / "loaded.safetensors"));
  }
}

TEST_CASE("a checkpoint that is not there is refused by name", "[model][failure]") {
  CHECK_THROWS_WITH(sep::load_nussl_checkpoint("/no/such/model.pth", "violin"),
                    Catch::Contains("/no/such/model.pth"));
}
