#include "libsep/synthesis/detail/piece_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <vector>

#include "libsep/audio/file.h"
#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/threads.h"
#include "libsep/core/unfinished_folder.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

constexpr double kStemRms = 0.09016;  // -20.9 dBFS

void check_folder_free(const fs::path& root) {
  SEP_CHECK(!root.empty(), "no folder was given to write the pieces to");
  if (!is_there(root)) return;
  SEP_CHECK(is_folder(root), "{}: wants a folder, found a file", root.string());
  for (const auto& path : list_folder(root)) {
    SEP_CHECK(is_hidden(path),
              "{}: wants an empty folder to write the pieces to, found {} in it",
              root.string(),
              path.filename().string());
  }
}

}  // namespace

double level_of_stems(size_t num_stems) {
  return num_stems <= 4 ? kStemRms
                        : kStemRms * std::sqrt(4.0 / static_cast<double>(num_stems));
}

void level_to_int16(Signal& stem, double level) {
  const double found = rms(stem);
  const double gain = found > 0.0 ? level / found : 0.0;
  for (float& x : stem.samples) {
    const double scaled = std::nearbyint(gain * static_cast<double>(x) * 32768.0);
    x = static_cast<float>(std::clamp(scaled, -32768.0, 32767.0) / 32768.0);
  }
}

void write_piece(const fs::path& folder,
                 const PieceAudio& audio,
                 const std::string& format) {
  make_directories(folder);
  const std::string name = folder.filename().string();
  write_audio(
      folder / fmt::format("{}.{}", name, format), audio.mixture, SampleFormat::kInt16);
  for (const auto& [stem, signal] : audio.stems) {
    write_audio(
        folder / fmt::format("{}-{}.{}", name, stem, format), signal, SampleFormat::kInt16);
  }
}

void write_all_pieces(const fs::path& root,
                      int64_t num_pieces,
                      int64_t num_side_by_side,
                      Progress& progress,
                      const std::function<std::string(int64_t, const fs::path&)>& write) {
  check_folder_free(root);
  const UnfinishedFolder unfinished(root);
  std::vector<std::string> names(static_cast<size_t>(num_pieces));
  std::mutex mutex;
  int64_t num_done = 0;
  progress.begin("synthesizing", num_pieces, "pieces");
  parallel_for(num_pieces, num_side_by_side, [&](int64_t i) {
    progress.throw_if_stopped();
    names[static_cast<size_t>(i)] = write(i, unfinished.path());
    const std::lock_guard<std::mutex> lock(mutex);
    progress.update(++num_done);
  });
  progress.end();
  for (const auto& name : names) unfinished.move_out(name);
}

}  // namespace sep
