#pragma once

// LibTorch (through glog) and Catch2 both define CHECK; the last include wins, and it
// has to be Catch2's: glog's aborts.
#include <torch/torch.h>
#undef CHECK
#include "tests/support/catch.h"
