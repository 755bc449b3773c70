#include "libsep/eval/detail/further_scores.h"

#include <algorithm>

#include "libsep/core/threads.h"
#include "libsep/separation/oracle.h"

namespace sep {
namespace {

using Signals = std::map<StemName, Signal>;

/// Names of the estimates, each once, in the order of rows.
std::vector<std::string> estimates_in(const std::vector<ScoreRow>& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) {
    if (std::find(names.begin(), names.end(), row.estimate) == names.end()) {
      names.push_back(row.estimate);
    }
  }
  return names;
}

Signal estimate_of(const ScoreRow& row,
                   const PieceAudio& audio,
                   const Signals& model,
                   const StftOptions& stft) {
  if (row.estimate == "model") return model.at(row.instrument);
  if (row.estimate == "mixture") return audio.mixture;
  const Oracle oracle(
      stft, audio.mixture, audio.stems.at(row.instrument), audio.rest(row.instrument));
  return oracle.separate(parse_enum<IdealMask>(row.estimate));
}

}  // namespace

void add_further_scores(std::vector<ScoreRow>& rows,
                        const PieceAudio& audio,
                        const Signals& model,
                        const EvaluationOptions& options) {
  if (options.further.list.empty()) return;
  const auto names = estimates_in(rows);
  parallel_for(static_cast<int64_t>(names.size()), options.num_threads, [&](int64_t i) {
    const auto& name = names[static_cast<size_t>(i)];
    Signals estimates;
    for (const auto& row : rows) {
      if (row.estimate != name) continue;
      estimates[row.instrument] = estimate_of(row, audio, model, options.stft);
    }
    const MetricInput input{audio.stems, audio.mixture, estimates, options.further.frames};
    for (const auto& metric : options.further.list) {
      auto results = evaluate_metric(metric.name, *metric.metric, input);
      for (auto& row : rows) {
        if (row.estimate != name) continue;
        row.further[metric.name] = std::move(results.at(row.instrument));
      }
    }
  });
}

}  // namespace sep
