#pragma once

#include <string>
#include <vector>

namespace sep {

/// A score of a metric of the registry, as `train.choose_by` names it.
struct ScoreChoice {
  std::string metric;  ///< "bss_v3"
  std::string score;   ///< "sdr"
};

/// The names of all scores that a training can choose its best epoch by: those of `si` as
/// they are, "si_sdr", then the others with their metric, "bss_v3.sdr".
std::vector<std::string> score_choices();

/// The score of that name: one of score_choices(), "si.si_sdr", or a score alone where one
/// metric only has it. Throws Error for any other, with the nearest first:
///
///     no score 'bss_v3.sd', there are bss_v3.sdr, bss_v3.sir, …
ScoreChoice find_score(const std::string& name);

}  // namespace sep
