#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libsep/core/config.h"
#include "libsep/model/network.h"

namespace sep {

/// Which of a model file's weights a training begins with.
enum class WeightsToTake {
  kAll,      ///< all, of a network of the same shape
  kFitting,  ///< those whose name and shape fit; the others stay new: for another number of
             ///< stems, or another window
};
template <>
struct EnumNames<WeightsToTake> {
  static constexpr std::pair<WeightsToTake, std::string_view> kValues[] = {
      {WeightsToTake::kAll, "all"}, {WeightsToTake::kFitting, "fitting"}};
};

struct TakenWeights {
  std::filesystem::path file;
  std::vector<std::string> taken;
  std::vector<std::string> left_new;  ///< the network's that the file did not give

  /// "begins with the weights of wind.safetensors, but for embedding.linear.weight (new)".
  std::string brief_report() const;
};

/// Fills a network's parameters and buffers from a model file, or from a model that comes
/// with libsep, by its name (checkpoint/model_library.h). Throws Error with the file where
/// it is no model, where it does not fit (kAll), and where nothing of it does.
TakenWeights take_weights(Network& network,
                          const std::filesystem::path& path_or_name,
                          WeightsToTake which);

}  // namespace sep
