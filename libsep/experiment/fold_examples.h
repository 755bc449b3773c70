#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "libsep/core/threads.h"
#include "libsep/mixing/fold_mixtures.h"
#include "libsep/mixing/mixture_dataset.h"
#include "libsep/train/sampler.h"

namespace sep {

/// What all trainings of a fold share: its mixtures, rendered once, and their spectra,
/// computed once. Ten and ten mixtures of four stems, 25 s at 44.1 kHz, with windows of
/// 512 and hops of 128: 353 + 177 MB.
struct FoldData {
  Fold fold;
  FoldMixtures mixtures;  ///< stems alone: the samples of their sums are dropped
  MixtureSpectra train;
  MixtureSpectra validation;
};

/// Throws Error for a fold without pieces to train or validate on, a piece the dataset
/// lacks and a file that cannot be read; Interrupted where the renderer is stopped.
FoldData prepare_fold(const MixtureRenderer& renderer,
                      const Fold& fold,
                      const StftOptions& stft,
                      int64_t num_threads);

/// Gives folds one after another, the mixtures of the next one being rendered while one is
/// in use, where a thread is free for it: at most two are in memory. Choose Ahead::kNo
/// where memory for one alone is there, or where rendering would take cores from what
/// measures time.
class FoldQueue {
 public:
  enum class Ahead { kNo, kYes };

  /// Keeps a reference to `renderer`.
  FoldQueue(const MixtureRenderer& renderer,
            std::vector<Fold> folds,
            const StftOptions& stft,
            int64_t num_threads,
            Ahead ahead);
  FoldQueue(const FoldQueue&) = delete;  // what is prepared ahead refers to this object
  FoldQueue& operator=(const FoldQueue&) = delete;

  /// The next of the folds, with what prepare_fold() throws for it, though it was met
  /// earlier. Throws Error after the last.
  FoldData next();

 private:
  FoldMixtures render(size_t index) const;

  const MixtureRenderer& renderer_;
  std::vector<Fold> folds_;
  StftOptions stft_;
  int64_t num_threads_;
  Ahead ahead_;
  size_t num_given_ = 0;
  std::optional<sep::Ahead<FoldMixtures>> rendered_;
};

/// What a network is to learn from mixtures.
struct ExampleOptions {
  StemName instrument;
  TargetRule rule = TargetRule::kByName;
  StftOptions stft;
  int64_t num_threads = 0;
};

/// New mixtures each epoch: those of an epoch are rendered while the one before is
/// trained on, where a thread is free for it. Two epochs' examples are in memory at most.
/// For trainings that would otherwise see a few mixtures often; costs rendering in each
/// epoch.
class RenewedExamples : public ExampleSource {
 public:
  /// Keeps references to `renderer` and `fold`. No epoch from `num_epochs` on is rendered
  /// ahead.
  RenewedExamples(const MixtureRenderer& renderer,
                  const Fold& fold,
                  const ExampleOptions& options,
                  int64_t num_epochs);
  RenewedExamples(const RenewedExamples&) = delete;
  RenewedExamples& operator=(const RenewedExamples&) = delete;

  /// Throws Error for an index below 0, seeds beyond 2^32 - 1 and a file that cannot be
  /// read; Interrupted where the renderer is stopped.
  const MixtureDataset& epoch(int64_t index) override;

 private:
  using Examples = std::unique_ptr<const MixtureDataset>;
  Examples make(int64_t index) const;

  const MixtureRenderer& renderer_;
  const Fold& fold_;
  ExampleOptions options_;
  int64_t num_epochs_;
  int64_t current_index_ = -1;
  Examples current_;
  int64_t next_index_ = -1;
  std::optional<Ahead<Examples>> next_;
};

}  // namespace sep
