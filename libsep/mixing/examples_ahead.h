#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <utility>

#include "libsep/core/error.h"
#include "libsep/core/threads.h"

namespace sep {

/// What each iteration of a training needs, made ahead of it on threads that are free
/// (core/threads.h), where the training leaves any:
///
///     ExamplesAhead<SpectralBatch> batches(
///         [&](int64_t iteration) {
///           return spectral_batch(make_batch(examples, iteration, batch_size), stft, {});
///         },
///         {});
///     for (int64_t i = 0; i < num_iterations; ++i) step(batches.next(i));
///
/// A batch is decided by `make` and its iteration alone, so that neither threads nor depth
/// change it; one asked for out of order is simply made. For one thread at a time.
struct ExamplesAheadOptions {
  int64_t depth = 1;  ///< iterations made ahead, 0 or more; so many batches lie in memory
                      ///< beside the one in use
  int64_t end = std::numeric_limits<int64_t>::max();  ///< none from here on
};

template <class Batch>
class ExamplesAhead {
 public:
  /// `make` may be called by several threads at a time, for iterations of their own. Throws
  /// Error for a negative depth.
  explicit ExamplesAhead(std::function<Batch(int64_t)> make,
                         const ExamplesAheadOptions& options = {})
      : make_(std::move(make)), options_(options) {
    SEP_CHECK(options.depth >= 0, "depth = {}: wants 0 or more", options.depth);
  }

  /// The batch of an iteration; begins those after it. Throws what `make` has thrown for
  /// this iteration.
  Batch next(int64_t iteration) {
    auto wanted = take(iteration);
    begin_after(iteration);
    return wanted ? wanted->get() : make_(iteration);
  }

 private:
  using Task = std::unique_ptr<Ahead<Batch>>;

  Task take(int64_t iteration) {
    const auto found = tasks_.find(iteration);
    if (found == tasks_.end()) return nullptr;
    auto task = std::move(found->second);
    tasks_.erase(found);
    return task;
  }

  void begin_after(int64_t iteration) {
    const auto last = std::min(options_.end - 1, iteration + options_.depth);
    tasks_.erase(tasks_.begin(), tasks_.upper_bound(iteration));
    tasks_.erase(tasks_.upper_bound(last), tasks_.end());
    for (int64_t i = iteration + 1; i <= last; ++i) {
      auto& task = tasks_[i];
      if (!task) task = std::make_unique<Ahead<Batch>>([this, i] { return make_(i); });
    }
  }

  std::function<Batch(int64_t)> make_;
  ExamplesAheadOptions options_;
  std::map<int64_t, Task> tasks_;  // ends before what it calls
};

}  // namespace sep
