#include "libsep/train/train_options.h"

#include "libsep/core/bounds.h"

namespace sep {
namespace {

constexpr int64_t kMaxCount = 1000000;  // products of two fit well
constexpr double kMaxNorm = 1e6;
constexpr double kMaxSegmentSeconds = 3600.0;  // as of a mixture

}  // namespace

void TrainOptions::validate() const {
  check_bounds("batch_size", batch_size, 1, kMaxCount);
  check_bounds("micro_batch_size", micro_batch_size, 0, kMaxCount);
  check_bounds("iterations_per_epoch", iterations_per_epoch, 1, kMaxCount);
  check_bounds("num_epochs", num_epochs, 1, kMaxCount);
  if (loss.empty()) throw ConfigError("loss", ": wants at least one");
  check_bounds("clip_norm", clip_norm, 0.0, kMaxNorm);
  check_below("average", average, 0.0, 1.0);
  check_bounds("patience", patience, 0, kMaxCount);
  check_bounds("segment_seconds", segment_seconds, 0.0, kMaxSegmentSeconds);
}

}  // namespace sep
