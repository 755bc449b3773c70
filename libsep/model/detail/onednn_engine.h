#pragma once

#include <oneapi/dnnl/dnnl.hpp>

namespace sep::onednn {

/// The CPU, for all primitives of the process.
inline const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

/// The library's own scratch memory belongs to the thread that built the primitive, so the
/// caller gives each run its own.
inline dnnl::primitive_attr with_user_scratch() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

}  // namespace sep::onednn
