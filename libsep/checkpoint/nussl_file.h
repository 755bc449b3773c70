#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "libsep/checkpoint/stored_model.h"
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

/// Reads a model that nussl 1.x saved (SeparationModel.save(), `.model.pth`), without
/// Python and without PyTorch's unpickler: nothing in the file is executed; names that
/// are not known are kept as text and matter only where the model needs them.
///
/// The file holds a dictionary:
///
///     state_dict    tensors, each under "layers.model.…" and again under "model.…";
///                   those under "model." are taken
///     config        JSON: modules.model is a MaskInference of one source and one channel,
///                   a bidirectional LSTM with batch norm and sigmoid
///     metadata      stft_params (window_length, hop_length, window_type), sample_rate
///
/// A window_type of None is the square root of Hann, nussl's default; other windows are
/// refused. `instrument` names the estimate; the file does not say it.
///
/// Throws Error that begins with the file for anything else: a zip or a pickle that is
/// damaged, cut short or not of this kind, a state_dict or a setting that only code could
/// make, other models and settings, tensors that are big-endian, of another type, out of
/// their storage, missing, left over, of another shape or not finite; and where libsep
/// was built without libzip.
StoredModel read_nussl_model(const std::filesystem::path& path, const StemName& instrument);

/// What read_nussl_model() builds on: the file's own words, not yet held against each
/// other.
NusslFile parse_nussl_file(std::string bytes, const std::string& name);

}  // namespace sep
