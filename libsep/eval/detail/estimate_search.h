#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "libsep/core/stem_name.h"

namespace sep {

/// The files of a folder of estimates, in any of the layouts of evaluate_folder().
class EstimateSearch {
 public:
  /// Lists the folder; opens no file.
  explicit EstimateSearch(const std::filesystem::path& root);

  /// The estimate of an instrument in a piece; empty where there is none. Throws Error
  /// where there are two.
  std::filesystem::path find(const std::string& piece, const StemName& instrument) const;

  /// A file whose name would be that of the estimate if letters had no size; empty where
  /// there is none.
  std::filesystem::path find_near(const std::string& piece,
                                  const StemName& instrument) const;

 private:
  using Files = std::map<std::string, std::vector<std::filesystem::path>>;

  Files composed_;  // by folder/name, without extension
  Files folded_;
};

}  // namespace sep
