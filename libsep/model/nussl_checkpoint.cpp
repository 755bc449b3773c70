#include "libsep/model/nussl_checkpoint.h"

#include "libsep/checkpoint/nussl_file.h"

namespace sep {

LoadedModel load_nussl_checkpoint(const std::filesystem::path& path,
                                  const StemName& instrument) {
  return load_model(read_nussl_model(path, instrument), path.string());
}

}  // namespace sep
