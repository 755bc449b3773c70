#include "libsep/experiment/leave_one_out.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "libsep/audio/effects.h"
#include "libsep/checkpoint/model_library.h"
#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/random.h"
#include "libsep/core/threads.h"
#include "libsep/core/version.h"
#include "libsep/data/fingerprint.h"
#include "libsep/data/stem_survey.h"
#include "libsep/experiment/item_training.h"
#include "libsep/experiment/run_progress.h"
#include "libsep/model/device.h"
#include "libsep/model/serial_math.h"

namespace sep {
namespace {

using Clock = std::chrono::steady_clock;

std::unique_ptr<StemCache> open_cache(const RunOptions& options) {
  if (options.cache.empty()) return nullptr;
  return std::make_unique<StemCache>(options.cache, options.cache_bytes);
}

/// Items of one fold stand together, for they share its mixtures.
std::vector<std::vector<RunItem>> group_by_fold(const std::vector<RunItem>& items) {
  std::vector<std::vector<RunItem>> groups;
  for (const auto& item : items) {
    if (groups.empty() || groups.back().front().fold != item.fold) groups.emplace_back();
    groups.back().push_back(item);
  }
  return groups;
}

/// One call of run_leave_one_out(): the steps of a run, in order.
class Runner {
 public:
  Runner(const RunDirectory& run,
         const Dataset& dataset,
         const RunOptions& options,
         Progress& progress)
      : run_(run),
        config_(run.config()),
        habits_(config_.published_habits()),
        dataset_(dataset),
        options_(options),
        progress_(progress),
        plan_(plan_run(config_, dataset, options)),
        targets_(targets_of(config_.targets, dataset)),
        folds_(make_folds(dataset, config_.split)),
        cache_(open_cache(options)),
        stems_(std::make_shared<StemStore>(dataset, options.memory_bytes)),
        reader_(std::make_shared<StoredStems>(
            *stems_, StoredStemsOptions{options.cache, options.cache_bytes})),
        renderer_(stems_, config_.mixtures, cache_.get(), [this] {
          return is_ending_ || progress_.stop_requested();
        }) {}

  RunSummary run();

 private:
  bool renders() const { return config_.examples.kind == ExamplesKind::kMixtures; }
  void check_starts() const;
  void announce();
  std::vector<RunItem> pending_items();
  void check_states(const RunItem& item) const;
  ModelDescription description_of(const RunItem& item) const {
    return describe_model(
        config_, dataset_.sample_rate, item.fold, find_target(targets_, item.target));
  }
  FoldQueue queue_of(const std::vector<std::vector<RunItem>>& groups) const;
  FoldData next_fold(FoldQueue& queue, int64_t fold);
  using DataOf = std::function<std::shared_ptr<const FoldData>(const RunItem&)>;
  void run_folds(const std::vector<std::vector<RunItem>>& groups);
  void run_items(const std::vector<RunItem>& items, const DataOf& data_of);
  std::shared_ptr<const FoldData> fold_alone(int64_t fold) const;
  void run_item(const RunItem& item, const FoldData& data, Progress& progress);
  void interrupt();
  TrainSummary train(const RunItem& item, const FoldData& data, Progress& progress);
  TrainingSetup setup_of(const RunItem& item) const;
  std::filesystem::path predecessor_state(const RunItem& item) const;
  std::string start_of(const RunItem& item) const;
  int64_t num_jobs() const { return plan_.num_jobs; }
  int64_t num_iterations_of(size_t num_items) const {
    return plan_.num_iterations * static_cast<int64_t>(num_items);
  }

  const RunDirectory& run_;
  const ExperimentConfig& config_;
  const LegacyOptions habits_;
  const Dataset& dataset_;
  const RunOptions& options_;
  Progress& progress_;
  std::atomic<bool> is_ending_{false};  // with an exception that a training threw
  RunPlan plan_;
  std::vector<Target> targets_;
  std::vector<Fold> folds_;
  std::unique_ptr<StemCache> cache_;
  std::shared_ptr<StemStore> stems_;
  std::shared_ptr<const StemReader> reader_;
  MixtureRenderer renderer_;
  RunSummary summary_;
  std::mutex mutex_;
  std::unique_ptr<RunProgress> run_progress_;
};

RunSummary Runner::run() {
  const auto start = Clock::now();
  const ThreadLimit limit(options_.num_threads);
  const SerialMath serial;
  check_starts();
  try {
    announce();
  } catch (const Interrupted&) {
    summary_.interrupted = true;
    return summary_;
  }
  const auto pending = pending_items();
  run_progress_ = std::make_unique<RunProgress>(
      progress_, config_.title, num_iterations_of(pending.size()));
  if (!renders()) {
    run_items(pending, [&](const RunItem& item) { return fold_alone(item.fold); });
  } else {
    run_folds(group_by_fold(pending));
  }
  run_progress_->end();
  summary_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return summary_;
}

/// What trainings are to begin with is there, before anything is said or made.
void Runner::check_starts() const {
  std::set<std::string> seen;
  for (const auto& item : plan_.items) {
    const auto start = start_of(item);
    if (start.empty() || run_.is_done(item) || is_there(run_.files(item).state)) continue;
    if (seen.insert(start).second) read_model_description(find_model(start));
  }
}

/// A kill may leave the state of a training that is done.
std::vector<RunItem> Runner::pending_items() {
  std::vector<RunItem> pending;
  for (const auto& item : plan_.items) {
    if (run_.is_done(item)) {
      if (!habits_.carried_weights) remove_file(run_.files(item).state);
      ++summary_.num_done_before;
    } else {
      check_states(item);
      pending.push_back(item);
    }
  }
  return pending;
}

/// What a training goes on from is its own state, or that of its predecessor; a wrong one
/// is found now, not when its turn comes.
void Runner::check_states(const RunItem& item) const {
  auto sources = std::vector<RunItem>{item};
  const auto before = legacy_predecessor(item, targets_);
  if (habits_.carried_weights && before) sources.push_back(*before);
  for (const auto& source : sources) {
    const auto state = run_.files(source).state;
    if (is_there(state)) check_state_origin(state, description_of(source));
  }
}

FoldQueue Runner::queue_of(const std::vector<std::vector<RunItem>>& groups) const {
  std::vector<Fold> folds;
  for (const auto& items : groups) {
    folds.push_back(folds_.at(static_cast<size_t>(items.front().fold - 1)));
  }
  return {renderer_, folds, config_.stft, options_.num_threads, FoldQueue::Ahead::kYes};
}

FoldData Runner::next_fold(FoldQueue& queue, int64_t fold) {
  progress_.note(fmt::format("fold {}: rendering {} mixtures",
                             fold,
                             config_.mixtures.num_train + config_.mixtures.num_validation));
  auto data = queue.next();
  if (cache_ != nullptr) {
    for (const auto& note : cache_->take_notes()) progress_.note(note);
  }
  return data;
}

void Runner::announce() {
  const auto device = resolve_device(config_.device);
  RunManifest manifest;
  manifest.libsep_version = version();
  manifest.git_revision = git_revision();
  manifest.torch_version = torch_version();
  manifest.lstm =
      make_model(description_of(plan_.items.front()))->backend_name(torch_device(device));
  manifest.machine = machine_name();
  const auto gpu = device_name(torch_device(device));
  if (!gpu.empty()) manifest.machine += ", " + gpu;
  manifest.compute_threads = num_threads();
  manifest.jobs = num_jobs();
  manifest.device = enum_name(device);
  manifest.seed = config_.seed;
  manifest.protocol = enum_name(config_.protocol);
  manifest.dataset = dataset_fingerprint(dataset_);
  const auto survey = survey_stems(*stems_, options_.num_threads, progress_);
  manifest.samples = survey.fingerprint;
  const auto last = run_.libsep_version();
  if (!last.empty() && last != manifest.libsep_version) {
    progress_.note(fmt::format("{}: libsep {} was here before, {} goes on",
                               run_.root().string(),
                               last,
                               manifest.libsep_version));
  }
  run_.record(manifest);
  const auto remark = repeatability_remark(torch_device(device));
  if (!remark.empty()) progress_.note(remark);
  for (const auto& note : dataset_.notes) progress_.note(note);
  for (const auto& line : survey.remarks) progress_.note(line);
  if (!plan_.predecessors.empty()) {
    progress_.note(
        fmt::format("legacy protocol: {} trainings come along as predecessors in "
                    "their chain",
                    plan_.predecessors.size()));
  }
  if (options_.num_jobs > num_jobs() && habits_.carried_weights) {
    progress_.note(
        "legacy protocol: its trainings are a chain and run one by one, --jobs 1");
  } else if (options_.num_jobs > num_jobs() && num_jobs() == num_threads()) {
    progress_.note(fmt::format("{} trainings side by side wanted, {} run: no more threads",
                               options_.num_jobs,
                               num_jobs()));
  }
  if (renders() && cache_ != nullptr) {
    progress_.note(fmt::format("rendered stems are kept in {}, at most {:.1f} GB",
                               cache_->folder().string(),
                               static_cast<double>(options_.cache_bytes) / 1e9));
  }
  if (renders() && !has_sox_effects()) {
    progress_.note("built without libsox: pitch shift and time stretch are left out");
  }
}

void Runner::run_folds(const std::vector<std::vector<RunItem>>& groups) {
  auto queue = queue_of(groups);
  for (const auto& items : groups) {
    try {
      const auto data = std::make_shared<FoldData>(next_fold(queue, items.front().fold));
      run_items(items, [&](const RunItem&) { return data; });
    } catch (const Interrupted&) {
      interrupt();
    }
    if (summary_.interrupted) break;
  }
}

/// What a training throws ends the run: those beside it stop at their next iteration and
/// save their states.
void Runner::run_items(const std::vector<RunItem>& items, const DataOf& data_of) {
  parallel_for(static_cast<int64_t>(items.size()), num_jobs(), [&](int64_t i) {
    ItemProgress progress(*run_progress_, is_ending_);
    if (progress.stop_requested()) return interrupt();
    try {
      const auto& item = items[static_cast<size_t>(i)];
      run_item(item, *data_of(item), progress);
    } catch (...) {
      is_ending_ = true;
      throw;
    }
  });
}

std::shared_ptr<const FoldData> Runner::fold_alone(int64_t fold) const {
  return std::make_shared<FoldData>(
      FoldData{folds_.at(static_cast<size_t>(fold - 1)), {}, {}, {}});
}

void Runner::interrupt() {
  const std::lock_guard<std::mutex> lock(mutex_);
  summary_.interrupted = true;
}

TrainSummary Runner::train(const RunItem& item, const FoldData& data, Progress& progress) {
  make_directories(run_.folder(item));
  const OwnStream stream(torch_device(config_.device));
  ItemTraining what{config_,
                    dataset_,
                    reader_,
                    renderer_,
                    data,
                    find_target(targets_, item.target),
                    TargetRule::kByName,
                    setup_of(item)};
  if (habits_.published_target) what.rule = TargetRule::kLegacy;
  what.examples_seed = stream_seed(
      static_cast<uint64_t>(config_.seed), "train/examples/" + item.target, {item.fold});
  what.num_threads = options_.num_threads;
  return train_item(std::move(what), progress);
}

void Runner::run_item(const RunItem& item, const FoldData& data, Progress& progress) {
  const auto name = fmt::format("fold {} {}", item.fold, item.target);
  try {
    const auto summary = train(item, data, progress);
    if (summary.stopped_by == TrainSummary::StoppedBy::kInterrupt) return interrupt();
    progress.note(fmt::format("{}: {}", name, summary.brief_report()));
    const std::lock_guard<std::mutex> lock(mutex_);
    run_.add_timing(item, summary);
    ++summary_.num_trained;
  } catch (const Interrupted&) {  // while it waited for mixtures
    interrupt();
  } catch (const Error&) {
    throw;
  } catch (const std::exception& failure) {  // Failure; LibTorch's; no memory left
    const auto* own = dynamic_cast<const Failure*>(&failure);
    auto line = own != nullptr ? std::string(own->what()) : first_line(failure);
    if (line.rfind(name, 0) != 0) line = fmt::format("{}: {}", name, line);
    progress.note(fmt::format("given up: {}", line));
    const std::lock_guard<std::mutex> lock(mutex_);
    summary_.failures.push_back(line);
  }
}

TrainingSetup Runner::setup_of(const RunItem& item) const {
  const auto seed = static_cast<uint64_t>(config_.seed);
  TrainingSetup setup;
  setup.description = description_of(item);
  setup.options = config_.train;
  setup.validation = habits_.validation_in_training_mode ? ValidationMode::kTraining
                                                         : ValidationMode::kEvaluation;
  setup.init_seed = stream_seed(seed, "train/init/" + item.target, {item.fold});
  setup.dropout_seed = stream_seed(seed, "train/dropout/" + item.target, {item.fold});
  setup.sampling_seed = stream_seed(seed, "train/sampling/" + item.target, {item.fold});
  setup.folder = run_.folder(item);
  setup.predecessor = predecessor_state(item);
  setup.options.start_from = start_of(item);
  setup.keep_state = habits_.carried_weights;
  setup.device = torch_device(config_.device);
  return setup;
}

/// The state that a legacy training goes on from; empty for the first of a chain.
std::filesystem::path Runner::predecessor_state(const RunItem& item) const {
  if (!habits_.carried_weights) return {};
  const auto before = legacy_predecessor(item, targets_);
  if (!before) return {};
  const auto state = run_.files(*before).state;
  if (!run_.is_done(*before) || !is_there(state)) {
    throw Failure(fmt::format(
        "its predecessor, fold {} {}, is not done", before->fold, before->target));
  }
  return state;
}

/// train.start_from with {fold} as "03" and {target} as the item's.
std::string Runner::start_of(const RunItem& item) const {
  auto path = config_.train.start_from;
  const auto fill = [&](const std::string& word, const std::string& value) {
    for (auto at = path.find(word); at != std::string::npos;
         at = path.find(word, at + value.size())) {
      path.replace(at, word.size(), value);
    }
  };
  fill("{fold}", fmt::format("{:02}", item.fold));
  fill("{target}", item.target);
  return path;
}

}  // namespace

std::string RunSummary::brief_report() const {
  auto text = fmt::format("{} trainings done now, {} before, {}",
                          num_trained,
                          num_done_before,
                          format_duration(seconds));
  if (!failures.empty()) text += fmt::format(", {} failed", failures.size());
  if (interrupted) text += ", interrupted";
  return text;
}

RunSummary run_leave_one_out(const RunDirectory& run,
                             const Dataset& dataset,
                             const RunOptions& options,
                             Progress& progress) {
  return Runner(run, dataset, options, progress).run();
}

}  // namespace sep
