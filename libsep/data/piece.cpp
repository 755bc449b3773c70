#include "libsep/data/piece.h"

#include <algorithm>

#include "libsep/audio/file.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

Signal read_checked(const std::filesystem::path& path, const Piece& piece) {
  Signal signal = read_audio(path);
  SEP_CHECK(signal.num_channels == 1,
            "{}: {} channels, wants 1",
            path.string(),
            signal.num_channels);
  SEP_CHECK(signal.sample_rate == piece.sample_rate,
            "{}: {} Hz, wants {} Hz as when the dataset was opened",
            path.string(),
            signal.sample_rate,
            piece.sample_rate);
  SEP_CHECK(signal.num_samples() == piece.num_samples,
            "{}: {} samples, wants {} as when the dataset was opened",
            path.string(),
            signal.num_samples(),
            piece.num_samples);
  return signal;
}

}  // namespace

Signal PieceAudio::rest(const StemName& target) const {
  SEP_CHECK(stems.count(target) == 1, "there is no stem {}", target);
  std::vector<const Signal*> others;
  for (const auto& [name, signal] : stems) {
    if (name != target) others.push_back(&signal);
  }
  return mix(others);
}

Signal clipped_sum(const std::map<StemName, Signal>& stems) {
  std::vector<const Signal*> all;
  all.reserve(stems.size());
  for (const auto& [name, signal] : stems) all.push_back(&signal);
  Signal sum = mix(all);
  for (float& x : sum.samples) x = std::clamp(x, -1.0F, 1.0F);
  return sum;
}

Signal load_stem(const Piece& piece, const StemName& stem) {
  const auto path = piece.stems.find(stem);
  SEP_CHECK(path != piece.stems.end(), "piece {}: no stem {}", piece.name, stem);
  return read_checked(path->second, piece);
}

std::map<StemName, Signal> load_stems(const Piece& piece) {
  std::map<StemName, Signal> stems;
  for (const auto& [name, path] : piece.stems) stems.emplace(name, load_stem(piece, name));
  return stems;
}

PieceAudio load_piece(const Piece& piece) {
  PieceAudio audio;
  audio.stems = load_stems(piece);
  audio.mixture =
      piece.mixture.empty() ? clipped_sum(audio.stems) : read_checked(piece.mixture, piece);
  return audio;
}

}  // namespace sep
