#include "libsep/commands/register_builtins.h"

#include "libsep/data/layout.h"
#include "libsep/metrics/metric.h"
#include "libsep/mixing/augmentation.h"
#include "libsep/model/networks.h"
#include "libsep/train/losses.h"
#include "libsep/train/optimizer.h"
#include "libsep/train/schedule.h"

namespace sep {

void register_builtins() {
  networks();
  losses();
  optimizers();
  schedules();
  metrics();
  augmentations();
  layouts();
}

}  // namespace sep
