#include "libsep/data/fingerprint.h"

#include <vector>

#include "libsep/audio/file.h"
#include "libsep/core/hash.h"
#include "libsep/core/random.h"
#include "libsep/core/threads.h"

namespace sep {

std::string dataset_fingerprint(const Dataset& dataset) {
  std::string text = fmt::format("{} Hz", dataset.sample_rate);
  for (const auto& instrument : dataset.instruments) text += "|" + instrument;
  for (const auto& piece : dataset.pieces) {
    text += fmt::format("|{}={}", piece.name, piece.num_samples);
  }
  return fmt::format("{} pieces, {:016x}", dataset.pieces.size(), stream_seed(0, text));
}

std::string samples_fingerprint(const Dataset& dataset,
                                int64_t num_threads,
                                const Progress& progress) {
  std::vector<std::filesystem::path> paths;
  for (const auto& piece : dataset.pieces) {
    for (const auto& [stem, path] : piece.stems) paths.push_back(path);
  }
  std::vector<uint64_t> hashes(paths.size());
  parallel_for(static_cast<int64_t>(paths.size()), num_threads, [&](int64_t i) {
    progress.throw_if_stopped();
    const auto samples = read_audio(paths[static_cast<size_t>(i)]).samples;
    Fnv1a hash;
    hash.add(
        {reinterpret_cast<const char*>(samples.data()), samples.size() * sizeof(float)});
    hashes[static_cast<size_t>(i)] = hash.value();
  });
  Fnv1a all;
  for (const uint64_t hash : hashes) all.add_word(hash);
  return all.text();
}

}  // namespace sep
