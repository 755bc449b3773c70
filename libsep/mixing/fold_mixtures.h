#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libsep/data/dataset.h"
#include "libsep/data/fold.h"
#include "libsep/data/stem_store.h"
#include "libsep/mixing/mixer.h"
#include "libsep/mixing/stem_cache.h"

namespace sep {

/// The rendered mixtures of one fold, for training and validation; they serve every
/// instrument and every epoch. Ten and ten mixtures of four stems, 25 s at 44.1 kHz, are
/// 20 x 5 x 4.4 MB = 441 MB.
struct FoldMixtures {
  std::vector<Mixture> train;
  std::vector<Mixture> validation;
};

/// Throws Error unless the pieces that the folds train and validate on are mono and have
/// every instrument of the dataset, as the thesis's mixtures want.
void check_mixable(const Dataset& dataset, const std::vector<Fold>& folds);

/// Draws and renders the mixtures of a dataset's folds. Training mixtures draw from the
/// fold's training pieces sorted by name, validation mixtures from its validation pieces;
/// mixture i of either has seed first_seed + i. With renew_each_epoch, training mixture i
/// of epoch e (from 0) has seed first_seed + e num_train + i.
///
/// Rendered stems are what threads share; the result depends neither on their number nor on
/// the cache. Stems of the dataset are decoded where the cache lacks what is rendered from
/// them, once while they are rendered from, and once for all folds as far as `stems` keeps
/// them.
class MixtureRenderer {
 public:
  /// Keeps a reference to `cache` where there is one. Rendering asks `stop` before each
  /// stem and throws Interrupted where it says true. Throws ConfigError for an option out
  /// of its bounds.
  MixtureRenderer(std::shared_ptr<StemStore> stems,
                  const MixtureOptions& options,
                  StemCache* cache = nullptr,
                  std::function<bool()> stop = {});

  /// With a store of its own; keeps a reference to `dataset`.
  MixtureRenderer(const Dataset& dataset,
                  const MixtureOptions& options,
                  StemCache* cache = nullptr,
                  std::function<bool()> stop = {});

  const MixtureOptions& options() const { return options_; }

  /// Throws Error for a fold without pieces to train on, or to validate on, for a piece
  /// the dataset lacks, as check_mixable(), and for an epoch below 0 or whose seeds exceed
  /// 2^32 - 1.
  std::vector<MixtureDraw> draw_train(const Fold& fold, int64_t epoch = 0) const;
  std::vector<MixtureDraw> draw_validation(const Fold& fold) const;

  /// On `num_threads` threads (0: all there are). Throws Error for a piece or a stem that
  /// the dataset lacks, for a file that cannot be read or is not as its piece says any
  /// more, and for num_threads < 0; Failure where SoX fails.
  std::vector<Mixture> render(const std::vector<MixtureDraw>& draws,
                              int64_t num_threads) const;

  /// Validation mixtures and training mixtures of epoch 0, as in render().
  FoldMixtures render_fold(const Fold& fold, int64_t num_threads) const;

 private:
  std::shared_ptr<StemStore> stems_;
  MixtureOptions options_;
  StemCache* cache_;
  std::function<bool()> stop_;
};

/// What the samples of a stem are told by.
struct StemSource {
  int64_t sample_rate = 0;  ///< Hz
  int64_t num_samples = 0;
  uint64_t hash = 0;  ///< hash_samples()
};

/// Everything that the samples of a rendered stem depend on, as text: its source's rate,
/// length and a hash of its samples, the event, level, fade and length, the versions of
/// libsep, of the rendering and of libsox. Where the piece lies and what it is called
/// does not matter.
std::string describe_stem(const MixtureOptions& options,
                          const StemEvent& event,
                          double level_db,
                          const StemSource& source);

}  // namespace sep
