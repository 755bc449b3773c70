#pragma once

namespace sep {

/// Fills the registries of networks, losses, optimizers, schedules, metrics, augmentations
/// and layouts with libsep's own kinds. Each is filled at its first use anyway: this is for
/// programs that want to see all of them before they add theirs.
void register_builtins();

}  // namespace sep
