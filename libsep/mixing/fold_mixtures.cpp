#include "libsep/mixing/fold_mixtures.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "libsep/audio/effects.h"
#include "libsep/core/error.h"
#include "libsep/core/hash.h"
#include "libsep/core/threads.h"
#include "libsep/core/version.h"

namespace sep {
namespace {

std::vector<PieceLength> piece_lengths(const Dataset& dataset,
                                       int64_t fold,
                                       const std::vector<size_t>& indices) {
  std::vector<PieceLength> lengths;
  for (const size_t index : indices) {
    SEP_CHECK(index < dataset.pieces.size(),
              "fold {}: piece {} of a dataset of {}",
              fold,
              index,
              dataset.pieces.size());
    const auto& piece = dataset.pieces[index];
    lengths.push_back(
        {piece.name,
         static_cast<double>(piece.num_samples) / static_cast<double>(piece.sample_rate)});
  }
  std::sort(lengths.begin(), lengths.end(), [](const auto& a, const auto& b) {
    return a.name < b.name;
  });
  return lengths;
}

std::vector<MixtureDraw> draw_mixtures(const Dataset& dataset,
                                       int64_t fold,
                                       const std::vector<size_t>& indices,
                                       const MixtureOptions& options,
                                       int64_t first_seed,
                                       int64_t count) {
  const auto lengths = piece_lengths(dataset, fold, indices);
  auto stems = dataset.instruments;
  std::sort(stems.begin(), stems.end());
  std::vector<MixtureDraw> draws;
  for (int64_t i = 0; i < count; ++i) {
    draws.push_back(
        draw_mixture(options, lengths, stems, static_cast<uint32_t>(first_seed + i)));
  }
  return draws;
}

/// The stems of a piece and the hash of each, which only a cache asks for.
struct PieceStems {
  std::map<StemName, Signal> signals;
  std::map<StemName, uint64_t> hashes;
};

using PieceMap = std::map<std::string, PieceStems>;

PieceMap load_pieces(const Dataset& dataset,
                     const std::vector<MixtureDraw>& draws,
                     bool with_hashes,
                     int64_t num_threads) {
  PieceMap pieces;
  for (const auto& draw : draws) {
    for (const auto& [stem, snr_db] : draw.snr) pieces[draw.event(stem).piece];
  }
  std::vector<PieceMap::iterator> places;
  for (auto place = pieces.begin(); place != pieces.end(); ++place) {
    places.push_back(place);
  }
  parallel_for(static_cast<int64_t>(places.size()), num_threads, [&](int64_t i) {
    auto& [name, piece] = *places[static_cast<size_t>(i)];
    piece.signals = load_stems(dataset.pieces[dataset.piece_index(name)]);
    if (!with_hashes) return;
    for (const auto& [stem, signal] : piece.signals) {
      piece.hashes[stem] = hash_samples(signal);
    }
  });
  return pieces;
}

Signal stem_of_draw(const MixtureOptions& options,
                    const MixtureDraw& draw,
                    const StemName& stem,
                    const PieceMap& pieces,
                    StemCache* cache) {
  const auto& event = draw.event(stem);
  const auto& piece = pieces.at(event.piece);
  const auto source = piece.signals.find(stem);
  SEP_CHECK(source != piece.signals.end(), "piece {}: no stem {}", event.piece, stem);
  if (draw.dropped.count(stem) > 0) {
    return silent_stem(options, source->second.sample_rate);
  }
  const double level_db = draw.level_db(stem);
  if (cache == nullptr) return render_stem(options, event, level_db, source->second);
  const auto description =
      describe_stem(options, event, level_db, source->second, piece.hashes.at(stem));
  if (auto kept = cache->find(description)) return *std::move(kept);
  auto rendered = render_stem(options, event, level_db, source->second);
  cache->store(description, rendered);
  return rendered;
}

}  // namespace

MixtureRenderer::MixtureRenderer(const Dataset& dataset,
                                 const MixtureOptions& options,
                                 StemCache* cache,
                                 std::function<bool()> stop)
    : dataset_(dataset), options_(options), cache_(cache), stop_(std::move(stop)) {
  options_.validate();
}

std::vector<MixtureDraw> MixtureRenderer::draw_train(const Fold& fold,
                                                     int64_t epoch) const {
  SEP_CHECK(!fold.train.empty(),
            "fold {}: no pieces to train on, wanted at least one",
            fold.index);
  SEP_CHECK(epoch >= 0, "epoch {} (from 0): wants 0 or more", epoch);
  constexpr int64_t kNumSeeds = int64_t{1} << 32;
  const int64_t step = options_.renew_each_epoch ? options_.num_train : 0;
  const int64_t last = kNumSeeds - options_.num_train - options_.first_seed;
  SEP_CHECK(step == 0 || epoch <= last / step,
            "epoch {} (from 0): its mixtures' seeds exceed 2^32 - 1",
            epoch);
  return draw_mixtures(dataset_,
                       fold.index,
                       fold.train,
                       options_,
                       options_.first_seed + epoch * step,
                       options_.num_train);
}

std::vector<MixtureDraw> MixtureRenderer::draw_validation(const Fold& fold) const {
  SEP_CHECK(!fold.validation.empty(),
            "fold {}: no pieces to validate on, wanted at least one",
            fold.index);
  return draw_mixtures(dataset_,
                       fold.index,
                       fold.validation,
                       options_.published_rules(),
                       options_.first_seed,
                       options_.num_validation);
}

std::vector<Mixture> MixtureRenderer::render(const std::vector<MixtureDraw>& draws,
                                             int64_t num_threads) const {
  const auto pieces = load_pieces(dataset_, draws, cache_ != nullptr, num_threads);
  struct Job {
    const MixtureDraw* draw;
    const StemName* stem;
    Signal* result;
  };
  std::vector<std::map<StemName, Signal>> stems(draws.size());
  std::vector<Job> jobs;
  for (size_t i = 0; i < draws.size(); ++i) {
    for (const auto& [stem, snr_db] : draws[i].snr) {
      jobs.push_back({&draws[i], &stem, &stems[i][stem]});
    }
  }
  parallel_for(static_cast<int64_t>(jobs.size()), num_threads, [&](int64_t j) {
    if (stop_ && stop_()) throw Interrupted();
    const auto& job = jobs[static_cast<size_t>(j)];
    *job.result = stem_of_draw(options_, *job.draw, *job.stem, pieces, cache_);
  });
  std::vector<Mixture> mixtures(draws.size());
  parallel_for(static_cast<int64_t>(draws.size()), num_threads, [&](int64_t i) {
    const auto place = static_cast<size_t>(i);
    mixtures[place] = mix_stems(draws[place], std::move(stems[place]));
  });
  return mixtures;
}

FoldMixtures MixtureRenderer::render_fold(const Fold& fold, int64_t num_threads) const {
  auto draws = draw_train(fold);
  const auto validation = draw_validation(fold);
  draws.insert(draws.end(), validation.begin(), validation.end());
  auto rendered = render(draws, num_threads);
  FoldMixtures mixtures;
  const auto border = std::make_move_iterator(rendered.begin() + options_.num_train);
  mixtures.train.assign(std::make_move_iterator(rendered.begin()), border);
  mixtures.validation.assign(border, std::make_move_iterator(rendered.end()));
  return mixtures;
}

FoldMixtures render_fold(const Dataset& dataset,
                         const Fold& fold,
                         const MixtureOptions& options,
                         int64_t num_threads) {
  return MixtureRenderer(dataset, options).render_fold(fold, num_threads);
}

std::string describe_stem(const MixtureOptions& options,
                          const StemEvent& event,
                          double level_db,
                          const Signal& source,
                          uint64_t source_hash) {
  return fmt::format(
      "rendering {} of libsep {} with {}; source {} Hz, {} samples, {:016x}; "
      "from {} for {} s, pitch {}, stretch {}; level {} + {}, fade {} s, length {} s",
      kStemRenderingVersion,
      version(),
      sox_effects_version(),
      source.sample_rate,
      source.num_samples(),
      source_hash,
      event.source_time,
      event.event_duration,
      event.pitch_shift,
      event.time_stretch,
      options.reference_lufs,
      level_db,
      options.fade_seconds,
      options.seconds);
}

uint64_t hash_samples(const Signal& signal) {
  const std::string_view bytes(reinterpret_cast<const char*>(signal.samples.data()),
                               signal.samples.size() * sizeof(float));
  return xxh3(bytes);
}

}  // namespace sep
