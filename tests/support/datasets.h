#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "libsep/audio/file.h"
#include "libsep/core/random.h"
#include "libsep/data/dataset.h"
#include "libsep/mixing/fold_mixtures.h"
#include "libsep/mixing/mixer.h"
#include "tests/support/paths.h"
#include "tests/support/piece_paths.h"

inline constexpr int64_t kNoiseRate = 8000;

/// Pieces piece-0, piece-1, … of 1.0, 1.2, … s of noise at 8 kHz; the mixture of none is
/// there, it is never read.
inline sep::Dataset write_noise_dataset(const TemporaryFolder& folder, size_t num_pieces) {
  sep::Dataset dataset;
  dataset.root = folder.path();
  dataset.instruments = {"violin", "bassoon", "clarinet", "saxphone"};
  dataset.sample_rate = kNoiseRate;
  for (size_t p = 0; p < num_pieces; ++p) {
    sep::Piece piece;
    piece.name = "piece-" + std::to_string(p);
    piece.num_samples = kNoiseRate + static_cast<int64_t>(p) * kNoiseRate / 5;
    piece.sample_rate = kNoiseRate;
    for (const auto& name : dataset.instruments) {
      auto signal = sep::make_silence(1, piece.num_samples, kNoiseRate);
      sep::RandomStream random(p, name);
      for (float& value : signal.samples) {
        value = static_cast<float>(random.uniform(-0.2, 0.2));
      }
      const auto path = folder / (piece.name + "-" + name + ".wav");
      sep::write_audio(path, signal, sep::SampleFormat::kInt16);
      sep::add_part(piece, name, path);
    }
    dataset.pieces.push_back(piece);
  }
  return dataset;
}

/// Mixtures of 0.8 s, seven for training and three for validation.
inline sep::MixtureOptions small_mixture_options() {
  sep::MixtureOptions options;
  options.num_train = 7;
  options.num_validation = 3;
  options.seconds = 0.8;
  options.max_source_seconds = 0.3;
  return options;
}

/// The mixtures of a fold, rendered without a cache.
inline sep::FoldMixtures render_fold(const sep::Dataset& dataset,
                                     const sep::Fold& fold,
                                     const sep::MixtureOptions& options,
                                     int64_t num_threads) {
  return sep::MixtureRenderer(dataset, options).render_fold(fold, num_threads);
}

/// The mixture of a draw whose stems all come from `piece`.
inline sep::Mixture render_mixture(const sep::MixtureOptions& options,
                                   const sep::MixtureDraw& draw,
                                   const sep::PieceAudio& piece) {
  std::map<sep::StemName, sep::Signal> stems;
  for (const auto& [stem, snr_db] : draw.snr) {
    stems[stem] = sep::render_stem(
        options, draw.event(stem), draw.level_db(stem), piece.stems.at(stem));
  }
  return sep::mix_stems(draw, std::move(stems));
}

inline bool same(const sep::Mixture& a, const sep::Mixture& b) {
  bool equal = a.mixture.samples == b.mixture.samples && a.draw.piece == b.draw.piece &&
               a.draw.seed == b.draw.seed && a.scaled_down == b.scaled_down &&
               a.stems.size() == b.stems.size();
  for (const auto& [name, stem] : a.stems) {
    equal = equal && b.stems.count(name) == 1 && stem.samples == b.stems.at(name).samples;
  }
  return equal;
}

inline bool same(const std::vector<sep::Mixture>& a, const std::vector<sep::Mixture>& b) {
  bool equal = a.size() == b.size();
  for (size_t i = 0; equal && i < a.size(); ++i) equal = same(a[i], b[i]);
  return equal;
}
