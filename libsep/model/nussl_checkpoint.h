#pragma once

#include <filesystem>

#include "libsep/model/model_file.h"

namespace sep {

/// A network from a model that nussl saved. Throws Error as read_nussl_model().
LoadedModel load_nussl_checkpoint(const std::filesystem::path& path,
                                  const StemName& instrument);

}  // namespace sep
