#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "libsep/model/mask_estimator.h"
#include "libsep/model/model_file.h"

namespace sep {

/// One line of history.csv: losses are means over the batches of the epoch.
struct EpochRecord {
  int64_t epoch = 0;       ///< from 1
  int64_t iterations = 0;  ///< updates so far in this training
  double train_loss = 0.0;
  double validation_loss = 0.0;
  bool is_best = false;  ///< the lowest validation loss so far, ties included
};

/// Where a training stands, beside weights and optimizer.
struct TrainingCursor {
  int64_t iteration = 0;        ///< updates done in this training
  double epoch_loss_sum = 0.0;  ///< over the iterations of the epoch under way
  double best_validation_loss = std::numeric_limits<double>::infinity();
  int64_t best_epoch = 0;
  std::vector<EpochRecord> history;
};

/// Adam and the parameters it moves; the state in between two iterations.
///
/// As a file: safetensors with `model.<name>`, `adam.exp_avg.<name>` and
/// `adam.exp_avg_sq.<name>`; the cursor and Adam's step count in the metadata, numbers in
/// the fewest decimals that read back equal, the description of the training (YAML) and a
/// checksum. Written atomically; reading it gives the same bits. Throws Failure where the
/// disk is full.
void save_training_state(const std::filesystem::path& path,
                         const ModelDescription& description,
                         const MaskEstimator& model,
                         const torch::optim::Adam& optimizer,
                         const TrainingCursor& cursor);

/// Throws Error with the file and the differences where it is the state of another training
/// than `description` says, title and versions aside; and where it is damaged; its tensors
/// are not loaded. States of libsep before 23 November 2026 do not say.
void check_state_origin(const std::filesystem::path& path,
                        const ModelDescription& description);

/// Fills model and optimizer, gives the cursor. Throws Error with the file and what is
/// wrong where it is not such a file, is damaged, belongs to another model or, where a
/// description is given, to another training, as check_state_origin(). The file is read
/// once.
TrainingCursor load_training_state(const std::filesystem::path& path,
                                   MaskEstimator& model,
                                   torch::optim::Adam& optimizer,
                                   const ModelDescription* description = nullptr);

/// history.csv: epoch, iterations, train_loss, validation_loss, is_best.
void write_history(const std::filesystem::path& path,
                   const std::vector<EpochRecord>& history);

/// Throws Error with file and line.
std::vector<EpochRecord> read_history(const std::filesystem::path& path);

}  // namespace sep
