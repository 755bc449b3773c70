#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "libsep/core/safetensors.h"

/// Golden vectors (tests/golden/README.md). What a file is, is told by the tensors in
/// it; parameters come from its metadata and shapes; its name means nothing but for
/// the pair NAME.expected.safetensors, NAME.model.pth.
enum class GoldenKind {
  kStft,             ///< audio, stft_real, stft_imag, istft
  kMetrics,          ///< case*.references, case*.estimate, case*.scores_target, …
  kLoudness,         ///< case*.audio, case*.lufs
  kMaskInference,    ///< init.*, mix_magnitude, eval.mask, grad.*, after3.*
  kNusslCheckpoint,  ///< NAME.expected.safetensors with mix_magnitude, mask, state.*
  kBssEval,          ///< metadata kind = bss_eval: references, estimates, v3.*, v4.*, …
  kOpenUnmix,        ///< metadata kind = open_unmix: input, state.*, eval.output, …
  kLosses,           ///< metadata kind = losses: estimates, NAME.loss, NAME.grad, …
  kConvTasNet,       ///< metadata kind = conv_tasnet; consumer/own_kinds reads them
};

struct GoldenFile {
  std::filesystem::path path;
  sep::Safetensors content;

  std::string name() const { return path.filename().string(); }

  /// The metadata entry `key` as an integer; throws where it is missing.
  int64_t integer(const std::string& key) const {
    const auto found = content.metadata.find(key);
    if (found == content.metadata.end()) {
      throw std::runtime_error(name() + ": metadata has no " + key);
    }
    return std::stoll(found->second);
  }

  /// What stands before ".scores_target", ".lufs" and the like, sorted: case0, case1, …
  std::vector<std::string> cases(const std::string& suffix) const {
    std::vector<std::string> names;
    for (const auto& [tensor, data] : content.tensors) {
      const size_t dot = tensor.rfind('.');
      if (dot != std::string::npos && tensor.substr(dot) == suffix) {
        names.push_back(tensor.substr(0, dot));
      }
    }
    return names;
  }
};

namespace golden_detail {

inline bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

inline bool says_kind(const GoldenFile& file, const std::string& kind) {
  const auto said = file.content.metadata.find("kind");
  return said != file.content.metadata.end() && said->second == kind;
}

inline bool is_kind(GoldenKind kind, const GoldenFile& file) {
  const auto has = [&](const char* name) { return file.content.tensors.count(name) > 0; };
  switch (kind) {
    case GoldenKind::kStft:
      return has("stft_real") || has("stft_imag") || has("istft");
    case GoldenKind::kMetrics:
      return !file.cases(".scores_target").empty();
    case GoldenKind::kLoudness:
      return !file.cases(".lufs").empty();
    case GoldenKind::kMaskInference:
      return has("mix_magnitude") && has("eval.mask");
    case GoldenKind::kNusslCheckpoint:
      return has("mix_magnitude") && has("mask");
    case GoldenKind::kBssEval:
      return says_kind(file, "bss_eval");
    case GoldenKind::kOpenUnmix:
      return says_kind(file, "open_unmix");
    case GoldenKind::kLosses:
      return says_kind(file, "losses");
    case GoldenKind::kConvTasNet:
      return says_kind(file, "conv_tasnet");
  }
  return false;
}

inline const std::vector<std::pair<GoldenKind, const char*>>& kinds() {
  static const std::vector<std::pair<GoldenKind, const char*>> all = {
      {GoldenKind::kStft, "STFT"},
      {GoldenKind::kMetrics, "metrics"},
      {GoldenKind::kLoudness, "loudness"},
      {GoldenKind::kMaskInference, "mask inference"},
      {GoldenKind::kNusslCheckpoint, "nussl checkpoint"},
      {GoldenKind::kBssEval, "BSS Eval"},
      {GoldenKind::kOpenUnmix, "Open-Unmix"},
      {GoldenKind::kLosses, "losses"},
      {GoldenKind::kConvTasNet, "Conv-TasNet"}};
  return all;
}

inline std::vector<GoldenFile> read_folder(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder)) {
    throw std::runtime_error(folder.string() + ": no such folder of golden vectors");
  }
  std::vector<GoldenFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".safetensors") {
      files.push_back({entry.path(), sep::read_safetensors(entry.path())});
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
    return a.path < b.path;
  });
  return files;
}

}  // namespace golden_detail

/// A tensor of float or double as doubles; throws for another dtype.
inline std::vector<double> golden_values(const sep::TensorData& tensor) {
  if (tensor.dtype == sep::Dtype::kF64) return sep::to_values<double>(tensor);
  const auto values = sep::to_values<float>(tensor);
  return std::vector<double>(values.begin(), values.end());
}

/// $LIBSEP_GOLDEN_DIR, default tests/golden.
inline std::filesystem::path golden_root() {
  const char* root = std::getenv("LIBSEP_GOLDEN_DIR");
  if (root != nullptr && *root != '\0') return std::filesystem::absolute(root);
  return std::filesystem::path(LIBSEP_SOURCE_DIR) / "tests" / "golden";
}

/// The file NAME.model.pth that belongs to NAME.expected.safetensors; throws where
/// there is none.
inline std::filesystem::path golden_checkpoint(const GoldenFile& file) {
  const std::string ending = ".expected.safetensors";
  const std::string name = file.name();
  if (!golden_detail::ends_with(name, ending)) {
    throw std::runtime_error(name + ": a checkpoint's vectors are called *" + ending);
  }
  const std::string stem = name.substr(0, name.size() - ending.size());
  const auto path = file.path.parent_path() / (stem + ".model.pth");
  if (!std::filesystem::is_regular_file(path)) {
    throw std::runtime_error(name + ": no " + path.filename().string() + " beside it");
  }
  return path;
}

/// Every file of one kind in `folder`, sorted by name. A folder with files of other
/// kinds only gives none and a printed line; one without a file of any kind throws.
inline std::vector<GoldenFile> golden_files(
    GoldenKind kind, const std::filesystem::path& folder = golden_root()) {
  std::vector<GoldenFile> chosen;
  bool any = false;
  for (auto& file : golden_detail::read_folder(folder)) {
    const bool fits = golden_detail::is_kind(kind, file);
    bool known = false;
    for (const auto& [other, unused_title] : golden_detail::kinds()) {
      known = known || golden_detail::is_kind(other, file);
    }
    if (!known) std::printf("golden: %s is of no known kind\n", file.path.c_str());
    any = any || known;
    if (fits) chosen.push_back(std::move(file));
  }
  if (!any) {
    throw std::runtime_error(folder.string() + ": no golden vectors of any known kind");
  }
  for (const auto& [other, title] : golden_detail::kinds()) {
    if (other == kind && chosen.empty()) {
      std::printf("golden: no %s vectors in %s\n", title, folder.c_str());
    }
  }
  return chosen;
}

/// The worst of many differences and where it was, printed at the end of the scope:
///
///     golden: STFT: worst difference 4.1e-08 of the peak (stft_512_128_640.safetensors),
///     tolerance 1.0e-06, of 3
///
/// A difference that is not a number is infinitely bad.
class WorstDifference {
 public:
  WorstDifference(std::string quantity, std::string unit, double tolerance)
      : quantity_(std::move(quantity)), unit_(std::move(unit)), tolerance_(tolerance) {}
  ~WorstDifference() {
    if (count_ == 0) return;
    std::printf("golden: %s: worst difference %.1e %s (%s), tolerance %.1e, of %d\n",
                quantity_.c_str(),
                worst_,
                unit_.c_str(),
                place_.c_str(),
                tolerance_,
                count_);
  }
  WorstDifference(const WorstDifference&) = delete;
  WorstDifference& operator=(const WorstDifference&) = delete;

  /// The difference, for a CHECK beside: CHECK(worst.add(d, name) <= tolerance).
  double add(double difference, const std::string& place) {
    if (std::isnan(difference)) difference = std::numeric_limits<double>::infinity();
    if (count_++ == 0 || difference > worst_) {
      worst_ = difference;
      place_ = place;
    }
    return difference;
  }
  double tolerance() const { return tolerance_; }

 private:
  std::string quantity_;
  std::string unit_;
  double tolerance_;
  double worst_ = 0.0;
  std::string place_;
  int count_ = 0;
};

/// The largest |a - b|, infinite where lengths differ or a value is not a number.
template <class A, class B>
double largest_difference(const std::vector<A>& a, const std::vector<B>& b) {
  const double infinity = std::numeric_limits<double>::infinity();
  if (a.size() != b.size()) return infinity;
  double largest = 0.0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(double(a[i]) - double(b[i]));
    if (std::isnan(difference)) return infinity;
    largest = std::max(largest, difference);
  }
  return largest;
}
