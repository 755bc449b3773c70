#include "libsep/experiment/fold_examples.h"

#include <utility>

#include "libsep/core/error.h"

namespace sep {

namespace {

MixtureSpectra spectra_of(std::vector<Mixture>& mixtures,
                          const StftOptions& stft,
                          int64_t num_threads) {
  MixtureSpectra spectra(mixtures, stft, num_threads);
  for (auto& mixture : mixtures) mixture.mixture = {};
  return spectra;
}

FoldData with_spectra(const Fold& fold,
                      FoldMixtures mixtures,
                      const StftOptions& stft,
                      int64_t num_threads) {
  auto train = spectra_of(mixtures.train, stft, num_threads);
  auto validation = spectra_of(mixtures.validation, stft, num_threads);
  return {fold, std::move(mixtures), std::move(train), std::move(validation)};
}

}  // namespace

FoldData prepare_fold(const MixtureRenderer& renderer,
                      const Fold& fold,
                      const StftOptions& stft,
                      int64_t num_threads) {
  return with_spectra(fold, renderer.render_fold(fold, num_threads), stft, num_threads);
}

FoldQueue::FoldQueue(const MixtureRenderer& renderer,
                     std::vector<Fold> folds,
                     const StftOptions& stft,
                     int64_t num_threads,
                     Ahead ahead)
    : renderer_(renderer),
      folds_(std::move(folds)),
      stft_(stft),
      num_threads_(num_threads),
      ahead_(ahead) {}

FoldData FoldQueue::next() {
  SEP_CHECK(num_given_ < folds_.size(), "a fold after the last of {}", folds_.size());
  const size_t index = num_given_;
  auto mixtures = rendered_ ? rendered_->get() : render(index);
  rendered_.reset();
  ++num_given_;
  if (ahead_ == Ahead::kYes && num_given_ < folds_.size()) {
    rendered_.emplace([this, next = num_given_] { return render(next); });
  }
  return with_spectra(folds_.at(index), std::move(mixtures), stft_, num_threads_);
}

FoldMixtures FoldQueue::render(size_t index) const {
  return renderer_.render_fold(folds_.at(index), num_threads_);
}

RenewedExamples::RenewedExamples(const MixtureRenderer& renderer,
                                 const Fold& fold,
                                 const ExampleOptions& options,
                                 int64_t num_epochs)
    : renderer_(renderer), fold_(fold), options_(options), num_epochs_(num_epochs) {}

const MixtureDataset& RenewedExamples::epoch(int64_t index) {
  SEP_CHECK(index >= 0, "epoch {}: wants 0 or more", index);
  if (index == current_index_) return *current_;
  if (index != next_index_) next_.reset();
  next_index_ = -1;  // also where what it waits for throws
  current_ = next_ ? next_->get() : make(index);
  next_.reset();
  current_index_ = index;
  next_index_ = index + 1 < num_epochs_ ? index + 1 : -1;
  if (next_index_ >= 0) next_.emplace([this, next = next_index_] { return make(next); });
  return *current_;
}

RenewedExamples::Examples RenewedExamples::make(int64_t index) const {
  const auto mixtures =
      renderer_.render(renderer_.draw_train(fold_, index), options_.num_threads);
  return std::make_unique<const MixtureDataset>(
      mixtures, options_.instrument, options_.rule, options_.stft, options_.num_threads);
}

}  // namespace sep
