// How golden vectors are found (tests/support/golden.h).
#include <cmath>
#include <fstream>

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/golden.h"
#include "tests/support/paths.h"

namespace {

void write_tensors(const std::filesystem::path& path,
                   const std::vector<std::string>& names) {
  sep::Safetensors file;
  for (const auto& name : names) {
    file.tensors[name] = sep::make_tensor_data<double>({1}, {0.5});
  }
  sep::write_safetensors(path, file);
}

std::vector<std::string> names_of(const std::vector<GoldenFile>& files) {
  std::vector<std::string> names;
  for (const auto& file : files) names.push_back(file.name());
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("golden files are told by their tensors, not by their names", "[golden]") {
  const TemporaryFolder folder;
  write_tensors(folder / "b.safetensors", {"audio", "stft_real", "stft_imag", "istft"});
  write_tensors(folder / "a.safetensors", {"audio", "stft_real", "stft_imag", "istft"});
  write_tensors(folder / "stft_1.safetensors", {"case3.scores_target", "case3.estimate"});
  write_tensors(folder / "m.safetensors", {"mix_magnitude", "eval.mask"});
  write_tensors(folder / "n.expected.safetensors", {"mix_magnitude", "mask"});
  write_tensors(folder / "l.safetensors", {"case0.lufs", "case10.lufs", "case0.audio"});
  CHECK(names_of(golden_files(GoldenKind::kStft, folder.path())) ==
        Names{"a.safetensors", "b.safetensors"});
  CHECK(names_of(golden_files(GoldenKind::kMetrics, folder.path())) ==
        Names{"stft_1.safetensors"});
  CHECK(names_of(golden_files(GoldenKind::kMaskInference, folder.path())) ==
        Names{"m.safetensors"});
  CHECK(names_of(golden_files(GoldenKind::kNusslCheckpoint, folder.path())) ==
        Names{"n.expected.safetensors"});
  const auto loudness = golden_files(GoldenKind::kLoudness, folder.path());
  REQUIRE(loudness.size() == 1);
  CHECK(loudness[0].cases(".lufs") == Names{"case0", "case10"});
}

TEST_CASE("a folder without golden vectors is an error", "[golden]") {
  const TemporaryFolder folder;
  CHECK_THROWS(golden_files(GoldenKind::kStft, folder.path()));
  CHECK_THROWS(golden_files(GoldenKind::kStft, folder / "absent"));
  write_tensors(folder / "other.safetensors", {"weights"});
  CHECK_THROWS(golden_files(GoldenKind::kStft, folder.path()));
  write_tensors(folder / "m.safetensors", {"case0.scores_target"});
  CHECK(golden_files(GoldenKind::kStft, folder.path()).empty());
  std::ofstream(folder / "broken.safetensors") << "not a file of tensors";
  CHECK_THROWS_AS(golden_files(GoldenKind::kMetrics, folder.path()), sep::Error);
}

TEST_CASE("a checkpoint's vectors have the checkpoint beside them", "[golden]") {
  const TemporaryFolder folder;
  write_tensors(folder / "n.expected.safetensors", {"mix_magnitude", "mask"});
  const auto files = golden_files(GoldenKind::kNusslCheckpoint, folder.path());
  REQUIRE(files.size() == 1);
  CHECK_THROWS(golden_checkpoint(files[0]));
  std::ofstream(folder / "n.model.pth") << "weights";
  CHECK(golden_checkpoint(files[0]) == folder / "n.model.pth");
}

TEST_CASE("what is not a number is the worst difference", "[golden]") {
  const double nan = std::nan("");
  CHECK(std::isinf(largest_difference(std::vector<double>{nan}, std::vector<double>{nan})));
  CHECK(std::isinf(largest_difference(std::vector<float>{1.0F}, std::vector<double>{})));
  CHECK(largest_difference(std::vector<float>{1.0F, 3.0F}, std::vector<double>{1.5, 3.0}) ==
        0.5);
  WorstDifference worst("test", "dB", 1.0);
  CHECK(worst.add(0.5, "a") == 0.5);
  CHECK(std::isinf(worst.add(nan, "b")));
}
