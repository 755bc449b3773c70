#include "libsep/core/stem_name.h"

namespace sep {

StemName canonical_stem_name(const StemName& name) {
  return name == "saxophone" ? "saxphone" : name;
}

}  // namespace sep
