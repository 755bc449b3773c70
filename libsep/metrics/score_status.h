#pragma once

#include <string_view>
#include <utility>

#include "libsep/core/config.h"
#include "libsep/core/signal.h"

namespace sep {

/// Whether an estimate has scores, and why not.
enum class ScoreStatus {
  kOk,
  kSilentReference,  ///< the instrument does not play: there is nothing to score
  kSilentEstimate,   ///< nothing came out
  kFailed,           ///< not finite, or of another length
};
template <>
struct EnumNames<ScoreStatus> {
  static constexpr std::pair<ScoreStatus, std::string_view> kValues[] = {
      {ScoreStatus::kOk, "ok"},
      {ScoreStatus::kSilentReference, "silent_reference"},
      {ScoreStatus::kSilentEstimate, "silent_estimate"},
      {ScoreStatus::kFailed, "failed"}};
};

/// What an estimate is to be scored with: kFailed unless both are finite and of one
/// length, rate and number of channels; then silence (is_silent), the reference's first.
ScoreStatus score_status(const Signal& reference, const Signal& estimate);

/// Whether every sample is finite.
bool is_finite(const Signal& signal);

/// Whether length, rate and number of channels are the same.
bool same_shape(const Signal& a, const Signal& b);

}  // namespace sep
