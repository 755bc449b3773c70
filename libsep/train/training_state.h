#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "libsep/model/model_file.h"
#include "libsep/train/optimizer.h"
#include "libsep/train/training_event.h"
#include "libsep/train/weight_average.h"

namespace sep {

/// Where a training stands, beside weights and optimizer.
struct TrainingCursor {
  int64_t iteration = 0;        ///< updates done in this training
  double epoch_loss_sum = 0.0;  ///< over the iterations of the epoch under way
  double best_validation_loss = std::numeric_limits<double>::infinity();  ///< of best_epoch
  int64_t best_epoch = 0;
  std::vector<EpochEvent> history;
};

/// What an update changes.
struct TrainingParts {
  Network& network;
  Optimizer& optimizer;              ///< of the network's parameters
  WeightAverage* average = nullptr;  ///< null: none
};

/// The state in between two iterations, as a file: safetensors with `model.<name>`, the
/// optimizer's own (`adam.exp_avg.<name>`, …) and `average.<name>`; the cursor and counts
/// of updates in the metadata, numbers in the fewest decimals that read back equal, the
/// description of the training (YAML) and a checksum. Written atomically; reading it gives
/// the same bits. Throws Failure where the disk is full.
void save_training_state(const std::filesystem::path& path,
                         const ModelDescription& description,
                         const TrainingParts& parts,
                         const TrainingCursor& cursor);

/// Throws Error with the file and the differences where it is the state of another training
/// than `description` says, title and versions aside; and where it is damaged; its tensors
/// are not loaded. States of libsep before 23 November 2026 do not say.
void check_state_origin(const std::filesystem::path& path,
                        const ModelDescription& description);

/// Fills the parts, gives the cursor. Throws Error with the file and what is
/// wrong where it is not such a file, is damaged, belongs to another model or, where a
/// description is given, to another training, as check_state_origin(). The file is read
/// once.
TrainingCursor load_training_state(const std::filesystem::path& path,
                                   const TrainingParts& parts,
                                   const ModelDescription* description = nullptr);

/// history.csv: epoch, iterations, train_loss, validation_loss, is_best, and a column a
/// score where there are some.
void write_history(const std::filesystem::path& path,
                   const std::vector<EpochEvent>& history);

/// Throws Error with file and line.
std::vector<EpochEvent> read_history(const std::filesystem::path& path);

}  // namespace sep
