#include "libsep/mixing/fold_mixtures.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "libsep/audio/effects.h"
#include "libsep/core/error.h"
#include "libsep/core/hash.h"
#include "libsep/core/threads.h"
#include "libsep/core/version.h"

namespace sep {
namespace {

void check_piece(const Dataset& dataset, const Piece& piece) {
  SEP_CHECK(piece.num_channels == 1,
            "{}: mixtures are mono, piece {} has {} channels",
            dataset.root.string(),
            piece.name,
            piece.num_channels);
  for (const auto& instrument : dataset.instruments) {
    SEP_CHECK(has_instrument(piece, instrument),
              "{}: mixtures want every instrument in each piece, {} has no {}",
              dataset.root.string(),
              piece.name,
              instrument);
  }
}

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
    check_piece(dataset, piece);
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

/// A stem that some jobs are rendered from, held from the first of them that needs its
/// samples to the last.
class Source {
 public:
  Source(StemStore& stems, const StemEvent& event, StemName stem)
      : stems_(stems),
        piece_index_(stems.dataset().piece_index(event.piece)),
        stem_(std::move(stem)) {}

  StemSource description() const {
    const Piece& piece = stems_.dataset().pieces[piece_index_];
    return {piece.sample_rate, piece.num_samples, stems_.hash(piece_index_, stem_)};
  }
  int64_t sample_rate() const { return stems_.dataset().pieces[piece_index_].sample_rate; }
  std::shared_ptr<const Signal> samples() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!signal_) signal_ = stems_.get(piece_index_, stem_);
    return signal_;
  }
  void add_job() { ++num_jobs_; }
  void end_job() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (--num_jobs_ == 0) signal_.reset();
  }

 private:
  StemStore& stems_;
  size_t piece_index_;
  StemName stem_;
  std::mutex mutex_;
  std::shared_ptr<const Signal> signal_;
  int64_t num_jobs_ = 0;
};

/// A stem of a mixture to be rendered.
struct Job {
  const MixtureDraw* draw;
  StemName stem;
  Source* source;
  Signal* result;
};

Signal rendered(const MixtureOptions& options, const Job& job, StemCache* cache) {
  const auto& event = job.draw->event(job.stem);
  if (job.draw->dropped.count(job.stem) > 0) {
    return silent_stem(options, job.source->sample_rate());
  }
  const double level_db = job.draw->level_db(job.stem);
  const auto render = [&] {
    return render_stem(options, event, level_db, *job.source->samples());
  };
  if (cache == nullptr) return render();
  const auto description =
      describe_stem(options, event, level_db, job.source->description());
  if (auto kept = cache->find(description)) return *std::move(kept);
  auto stem = render();
  cache->store(description, stem);
  return stem;
}

}  // namespace

void check_mixable(const Dataset& dataset, const std::vector<Fold>& folds) {
  for (const auto& fold : folds) {
    piece_lengths(dataset, fold.index, fold.train);
    piece_lengths(dataset, fold.index, fold.validation);
  }
}

MixtureRenderer::MixtureRenderer(std::shared_ptr<StemStore> stems,
                                 const MixtureOptions& options,
                                 StemCache* cache,
                                 std::function<bool()> stop)
    : stems_(std::move(stems)), options_(options), cache_(cache), stop_(std::move(stop)) {
  options_.validate();
}

MixtureRenderer::MixtureRenderer(const Dataset& dataset,
                                 const MixtureOptions& options,
                                 StemCache* cache,
                                 std::function<bool()> stop)
    : MixtureRenderer(
          std::make_shared<StemStore>(dataset), options, cache, std::move(stop)) {}

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
  return draw_mixtures(stems_->dataset(),
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
  return draw_mixtures(stems_->dataset(),
                       fold.index,
                       fold.validation,
                       options_.published_rules(),
                       options_.first_seed,
                       options_.num_validation);
}

std::vector<Mixture> MixtureRenderer::render(const std::vector<MixtureDraw>& draws,
                                             int64_t num_threads) const {
  std::map<std::pair<std::string, StemName>, Source> sources;
  std::vector<std::map<StemName, Signal>> stems(draws.size());
  std::vector<Job> jobs;
  for (size_t i = 0; i < draws.size(); ++i) {
    for (const auto& [stem, snr_db] : draws[i].snr) {
      const auto& event = draws[i].event(stem);
      auto& source =
          sources.try_emplace({event.piece, stem}, *stems_, event, stem).first->second;
      source.add_job();
      jobs.push_back({&draws[i], stem, &source, &stems[i][stem]});
    }
  }
  // Those of one source beside each other, so that few sources are held at a time.
  std::stable_sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) {
    return std::pair(a.draw->event(a.stem).piece, a.stem) <
           std::pair(b.draw->event(b.stem).piece, b.stem);
  });
  parallel_for(static_cast<int64_t>(jobs.size()), num_threads, [&](int64_t j) {
    if (stop_ && stop_()) throw Interrupted();
    const auto& job = jobs[static_cast<size_t>(j)];
    *job.result = rendered(options_, job, cache_);
    job.source->end_job();
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

std::string describe_stem(const MixtureOptions& options,
                          const StemEvent& event,
                          double level_db,
                          const StemSource& source) {
  return fmt::format(
      "rendering {} of libsep {} with {}; source {} Hz, {} samples, {:016x}; "
      "from {} for {} s, pitch {}, stretch {}; level {} + {}, fade {} s, length {} s",
      kStemRenderingVersion,
      version(),
      sox_effects_version(),
      source.sample_rate,
      source.num_samples,
      source.hash,
      event.source_time,
      event.event_duration,
      event.pitch_shift,
      event.time_stretch,
      options.reference_lufs,
      level_db,
      options.fade_seconds,
      options.seconds);
}

}  // namespace sep
