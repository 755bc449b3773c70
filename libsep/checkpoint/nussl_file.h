#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "libsep/core/safetensors.h"
#include "libsep/dsp/stft.h"

namespace sep {

/// Whether libzip was there when libsep was built: without it no checkpoint is read.
bool has_libzip();

/// What a checkpoint of nussl 1.x holds of a MaskInference model; no LibTorch here.
struct NusslFile {
  int64_t hidden_size = 0;
  int64_t num_layers = 0;
  double dropout = 0.0;
  StftOptions stft;
  int64_t sample_rate = 0;                  ///< Hz
  std::map<std::string, TensorData> state;  ///< by libsep's names
};

/// Reads a `.model.pth` of nussl's SeparationModel.save(). Throws Error that begins with
/// `name` for a zip or a pickle that is damaged, cut short or of another kind, what only
/// code could make, another network or setting than MaskInference has, and tensors that are
/// big-endian, of another type, out of their storage, missing or left over; and where
/// libsep was built without libzip.
NusslFile parse_nussl_file(std::string bytes, const std::string& name);

}  // namespace sep
