#include "libsep/train/training_state.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "libsep/core/csv.h"
#include "libsep/core/error.h"
#include "libsep/core/number.h"
#include "libsep/core/safetensors.h"

namespace sep {
namespace {

constexpr const char* kTrainingKey = "training";
const std::vector<std::string> kHistoryHeader = {
    "epoch", "iterations", "train_loss", "validation_loss", "is_best"};

std::string exact(double value) { return fmt::format("{}", value); }  // reads back equal

/// `place` is what messages begin with, "history.csv:3".
double to_double(const std::string& text, const std::string& place) {
  const auto value = parse_double(text);
  SEP_CHECK(value, "{}: wants a number, found '{}'", place, shown_text(text));
  return *value;
}

int64_t to_int(const std::string& text, const std::string& place) {
  const auto value = parse_int(text);
  SEP_CHECK(value, "{}: wants a whole number, found '{}'", place, shown_text(text));
  return *value;
}

/// A field of a training state's metadata.
struct Field {
  std::string place;  ///< "state.safetensors: iteration"
  std::string text;

  Field(const Safetensors& file, const std::string& path, const std::string& name)
      : place(path + ": " + name) {
    const auto found = file.metadata.find(name);
    SEP_CHECK(found != file.metadata.end(), "{}: is missing", place);
    text = found->second;
  }
  int64_t whole() const { return to_int(text, place); }
  double number() const { return to_double(text, place); }
};

std::vector<std::string> header_of(const std::vector<EpochEvent>& history) {
  auto header = kHistoryHeader;
  if (history.empty()) return header;
  for (const auto& score : history.front().scores) header.push_back(score.first);
  return header;
}

CsvTable history_table(const std::vector<EpochEvent>& history) {
  CsvTable table{header_of(history), {}};
  for (const auto& event : history) {
    table.rows.push_back({fmt::format("{}", event.epoch),
                          fmt::format("{}", event.iterations),
                          exact(event.train_loss),
                          exact(event.validation_loss),
                          event.is_best ? "1" : "0"});
    for (const auto& score : event.scores) table.rows.back().push_back(exact(score.second));
  }
  return table;
}

std::vector<EpochEvent> history_from_table(const CsvTable& table,
                                           const std::string& place) {
  const size_t num_known = kHistoryHeader.size();
  SEP_CHECK(
      table.header.size() >= num_known &&
          std::equal(kHistoryHeader.begin(), kHistoryHeader.end(), table.header.begin()),
      "{}: wants the columns {}",
      place,
      fmt::join(kHistoryHeader, ","));
  std::vector<EpochEvent> history;
  for (const auto& row : table.rows) {
    const auto line = fmt::format("{}:{}", place, history.size() + 2);
    EpochEvent event;
    event.epoch = to_int(row[0], line);
    event.iterations = to_int(row[1], line);
    event.train_loss = to_double(row[2], line);
    event.validation_loss = to_double(row[3], line);
    event.is_best = row[4] == "1";
    for (size_t i = num_known; i < row.size(); ++i) {
      event.scores[table.header[i]] = to_double(row[i], line);
    }
    history.push_back(std::move(event));
  }
  return history;
}

void check_training(const std::map<std::string, std::string>& metadata,
                    const std::filesystem::path& path,
                    const ModelDescription& description) {
  const auto text = metadata.find(kTrainingKey);
  if (text == metadata.end()) return;
  const auto found = parse_config<ModelDescription>(text->second, path.string());
  check_origin(path, description, found);
}

constexpr const char* kAverage = "average.";

/// The tensors whose names begin with `prefix`, by the rest of their names where it is cut.
std::map<std::string, torch::Tensor> tensors_below(const Safetensors& file,
                                                   const std::string& prefix,
                                                   bool cut) {
  std::map<std::string, torch::Tensor> tensors;
  for (const auto& [name, data] : file.tensors) {
    if (name.rfind(prefix, 0) != 0) continue;
    tensors.emplace(cut ? name.substr(prefix.size()) : name, tensor_from_data(data));
  }
  return tensors;
}

std::string step_key(const Optimizer& optimizer) { return optimizer.name() + "_step"; }

void restore_optimizer(const Safetensors& file,
                       const std::string& path,
                       Optimizer& optimizer) {
  OptimizerState state;
  state.step = Field(file, path, step_key(optimizer)).whole();
  if (state.step == 0) return;
  state.tensors = tensors_below(file, optimizer.name() + ".", false);
  optimizer.load_state(state, path);
}

}  // namespace

void save_training_state(const std::filesystem::path& path,
                         const ModelDescription& description,
                         const TrainingParts& parts,
                         const TrainingCursor& cursor) {
  Safetensors file;
  for (auto& [name, data] : state_to_data(parts.network)) {
    file.tensors.emplace("model." + name, std::move(data));
  }
  const auto state = parts.optimizer.state();
  for (const auto& [name, tensor] : state.tensors) {
    file.tensors.emplace(name, tensor_to_data(tensor));
  }
  file.metadata = {{"kind", "libsep training state 1"},
                   {kTrainingKey, write_config(description)},
                   {step_key(parts.optimizer), fmt::format("{}", state.step)},
                   {"iteration", fmt::format("{}", cursor.iteration)},
                   {"epoch_loss_sum", exact(cursor.epoch_loss_sum)},
                   {"best_validation_loss", exact(cursor.best_validation_loss)},
                   {"best_epoch", fmt::format("{}", cursor.best_epoch)},
                   {"history", to_csv(history_table(cursor.history))}};
  if (parts.average != nullptr) {
    for (const auto& [name, tensor] : parts.average->tensors()) {
      file.tensors.emplace(kAverage + name, tensor_to_data(tensor));
    }
    file.metadata["average_updates"] = fmt::format("{}", parts.average->num_updates());
  }
  write_checked_safetensors(path, std::move(file));
}

void check_state_origin(const std::filesystem::path& path,
                        const ModelDescription& description) {
  check_training(read_checked_metadata(path), path, description);
}

TrainingCursor load_training_state(const std::filesystem::path& path,
                                   const TrainingParts& parts,
                                   const ModelDescription* description) {
  const auto file = read_checked_safetensors(path);
  if (description != nullptr) check_training(file.metadata, path, *description);
  const auto kind = file.metadata.find("kind");
  SEP_CHECK(kind != file.metadata.end() && kind->second == "libsep training state 1",
            "{}: wants a training state, version 1",
            path.string());
  const auto field = [&](const char* name) { return Field(file, path.string(), name); };
  std::map<std::string, TensorData> weights;
  for (const auto& [name, data] : file.tensors) {
    if (name.rfind("model.", 0) == 0) weights.emplace(name.substr(6), data);
  }
  state_from_data(parts.network, weights, path.string());
  restore_optimizer(file, path.string(), parts.optimizer);
  if (parts.average != nullptr) {
    parts.average->load(tensors_below(file, kAverage, true),
                        field("average_updates").whole(),
                        path.string());
  }
  TrainingCursor cursor;
  cursor.iteration = field("iteration").whole();
  cursor.epoch_loss_sum = field("epoch_loss_sum").number();
  cursor.best_validation_loss = field("best_validation_loss").number();
  cursor.best_epoch = field("best_epoch").whole();
  const auto history = field("history");
  cursor.history =
      history_from_table(parse_csv(history.text, history.place), history.place);
  return cursor;
}

void write_history(const std::filesystem::path& path,
                   const std::vector<EpochEvent>& history) {
  write_csv(path, history_table(history));
}

std::vector<EpochEvent> read_history(const std::filesystem::path& path) {
  return history_from_table(read_csv(path), path.string());
}

}  // namespace sep
