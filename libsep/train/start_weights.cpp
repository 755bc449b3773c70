#include "libsep/train/start_weights.h"

#include <fmt/ranges.h>

#include "libsep/checkpoint/model_library.h"
#include "libsep/core/error.h"
#include "libsep/model/model_file.h"

namespace sep {

std::string TakenWeights::brief_report() const {
  auto text = fmt::format("begins with the weights of {}", file.string());
  if (!left_new.empty()) {
    text += fmt::format(", but for {} (new)", fmt::join(left_new, ", "));
  }
  return text;
}

TakenWeights take_weights(Network& network,
                          const std::filesystem::path& path_or_name,
                          WeightsToTake which) {
  const auto file = find_model(path_or_name);
  const auto stored = read_model(file);
  TakenWeights result;
  result.file = file;
  auto values = state_to_data(network);
  for (auto& [name, own] : values) {
    const auto found = stored.tensors.find(name);
    const bool fits = found != stored.tensors.end() && found->second.dtype == own.dtype &&
                      found->second.shape == own.shape;
    if (fits) own = found->second;
    (fits ? result.taken : result.left_new).push_back(name);
  }
  if (which == WeightsToTake::kAll) values = stored.tensors;
  SEP_CHECK(!result.taken.empty(), "{}: no tensor there fits this network", file.string());
  state_from_data(network, values, file.string());
  return result;
}

}  // namespace sep
