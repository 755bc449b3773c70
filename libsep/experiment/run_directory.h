#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "libsep/data/dataset.h"
#include "libsep/experiment/experiment_config.h"
#include "libsep/experiment/run_plan.h"
#include "libsep/train/trainer.h"

namespace sep {

/// What ran where; manifest.yaml. No clock times, so that equal runs are equal files.
struct RunManifest {
  std::string libsep_version;
  std::string git_revision;
  std::string torch_version;
  std::string lstm;             ///< the code behind the LSTM, "oneDNN 2.6.3"
  std::string machine;          ///< processor, and the GPU that trained
  int64_t compute_threads = 0;  ///< of all that the run did
  int64_t jobs = 1;             ///< trainings side by side
  std::string device;           ///< "cpu" or "cuda"
  int64_t seed = 0;
  std::string protocol;
  std::string dataset;  ///< fingerprint of pieces, lengths, rate and instruments
  std::string samples;  ///< fingerprint of the stems' samples; empty in runs of libsep
                        ///< before 23 November 2026

  template <class Archive>
  void visit(Archive& archive) {
    archive("libsep_version", libsep_version);
    archive("git_revision", git_revision);
    archive("torch_version", torch_version);
    archive("lstm", lstm);
    archive("machine", machine);
    archive("compute_threads", compute_threads);
    archive("jobs", jobs);
    archive("device", device);
    archive("seed", seed);
    archive("protocol", protocol);
    archive("dataset", dataset);
    archive("samples", samples);
  }
};

/// The folder of a run:
///
///     config.yaml                  the experiment, fully resolved
///     manifest.yaml                what ran where (manifest-2.yaml, … where that changed)
///     timings.csv                  how long each training took
///     fold-01/violin/best.safetensors, last.safetensors, history.csv
class RunDirectory {
 public:
  /// The run of `config` in `root`: a new folder, or one to go on in. Throws Error
  /// with the differences where the folder holds a run of another config, and where it
  /// holds something else. Removes what a kill left of files half-written: the caller
  /// holds the folder's lock.
  static RunDirectory create_or_continue(const std::filesystem::path& root,
                                         const ExperimentConfig& config);

  /// The run of `config` in `root` from its beginning. What an earlier run has there goes:
  /// the files named above, the state of trainings under way, and those folders of them
  /// that hold nothing else. Other files stay, and the run begins beside them. Throws Error
  /// where `root` is no place for a run, and where something of the run may not be removed;
  /// then all of it is still there.
  static RunDirectory begin_anew(const std::filesystem::path& root,
                                 const ExperimentConfig& config);

  /// Throws Error, with what was found, where `root` is something else than a run's folder
  /// or one that a run can begin in: new, or with nothing but eval/ and hidden files
  /// (.DS_Store, .gitkeep). A run's has a config.yaml that reads as an experiment, or a
  /// manifest.yaml that begins with libsep_version.
  static void check_place(const std::filesystem::path& root);

  /// A run to read. Throws Error where there is no config.yaml in `root`.
  static RunDirectory open(const std::filesystem::path& root);

  const std::filesystem::path& root() const { return root_; }
  const ExperimentConfig& config() const { return config_; }

  std::filesystem::path folder(const RunItem& item) const;  ///< root/fold-01/violin
  TrainingFiles files(const RunItem& item) const { return TrainingFiles(folder(item)); }
  bool is_done(const RunItem& item) const;

  /// The items with a best checkpoint, of `targets`, by fold and in that order.
  std::vector<RunItem> trained_items(const std::vector<StemName>& targets) const;
  std::vector<RunItem> trained_items(const std::vector<Target>& targets) const;

  /// The libsep that the last manifest names; empty before there is one.
  std::string libsep_version() const;

  /// Writes manifest.yaml, or the next manifest-N.yaml where none of those there is
  /// equal; and config.yaml again where the data lies elsewhere now. Throws Error where
  /// the run began on another dataset.
  void record(const RunManifest& manifest) const;

  /// Throws Error where the run began on another dataset; `samples` is that one's
  /// samples_fingerprint(), which is asked for only where a manifest has one.
  void check_dataset(const Dataset& dataset,
                     const std::function<std::string()>& samples) const;

  /// Appends to timings.csv.
  void add_timing(const RunItem& item, const TrainSummary& summary) const;

 private:
  RunDirectory(std::filesystem::path root, ExperimentConfig config)
      : root_(std::move(root)), config_(std::move(config)) {}

  std::filesystem::path root_;
  ExperimentConfig config_;
};

/// The processor's name as the system gives it, with family, model and stepping where it
/// has them: virtual machines call processors of several generations by one name, and
/// libraries take other paths on them.
std::string machine_name();

}  // namespace sep
