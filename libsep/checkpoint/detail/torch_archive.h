#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "libsep/checkpoint/detail/pickle.h"
#include "libsep/core/safetensors.h"

namespace sep {

/// A file of torch.save() (PyTorch 1.6 and later), read without PyTorch:
///
///     zip, nothing compressed:   NAME/data.pkl    the pickle, tensors as records
///                                NAME/data/0 …    their storages
///                                NAME/byteorder   "little", where there is one
///
/// Nothing of the pickle is executed (Pickle). Sizes are checked before memory is asked
/// for, checksums as entries are read.
class TorchArchive {
 public:
  /// Throws Error with `name` for anything that is not such a file, and where libsep was
  /// built without libzip.
  TorchArchive(std::string bytes, std::string name);
  ~TorchArchive();

  const PickleNode& root() const;

  /// Whether the node stands for a tensor.
  static bool is_tensor(const PickleNode& node);

  /// Elements of a tensor, as the pickle says. Throws Error for no shape or a giant.
  size_t num_elements(const PickleNode& node) const;

  /// F32 or I64, row-major, whatever the strides. `what` stands for it in messages.
  /// Throws Error for another type, a storage that is missing, compressed, damaged or
  /// not as long as the pickle says, and elements outside the storage.
  TensorData tensor(const PickleNode& node, const std::string& what) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sep
