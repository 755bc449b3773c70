#include "libsep/train/training_state.h"

#include <fmt/ranges.h>

#include <sstream>
#include <type_traits>
#include <utility>

#include "libsep/core/csv.h"
#include "libsep/core/error.h"
#include "libsep/core/number.h"
#include "libsep/core/safetensors.h"

namespace sep {
namespace {

using AdamState = torch::optim::AdamParamState;

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

CsvTable history_table(const std::vector<EpochRecord>& history) {
  CsvTable table{kHistoryHeader, {}};
  for (const auto& record : history) {
    table.rows.push_back({fmt::format("{}", record.epoch),
                          fmt::format("{}", record.iterations),
                          exact(record.train_loss),
                          exact(record.validation_loss),
                          record.is_best ? "1" : "0"});
  }
  return table;
}

std::vector<EpochRecord> history_from_table(const CsvTable& table,
                                            const std::string& place) {
  SEP_CHECK(table.header == kHistoryHeader,
            "{}: wants the columns {}",
            place,
            fmt::join(kHistoryHeader, ","));
  std::vector<EpochRecord> history;
  for (const auto& row : table.rows) {
    const auto line = fmt::format("{}:{}", place, history.size() + 2);
    history.push_back({to_int(row[0], line),
                       to_int(row[1], line),
                       to_double(row[2], line),
                       to_double(row[3], line),
                       row[4] == "1"});
  }
  return history;
}

/// LibTorch 1.13 finds a parameter's state by text, 2.x by address.
template <class Key>
Key state_key(const torch::Tensor& parameter) {
  if constexpr (std::is_same_v<Key, std::string>) {
    std::ostringstream text;
    text << parameter.unsafeGetTensorImpl();
    return text.str();
  } else {
    return parameter.unsafeGetTensorImpl();
  }
}

using StateMap = std::decay_t<decltype(std::declval<torch::optim::Adam>().state())>;

/// Adam's state of a parameter; nullptr before the first update.
const AdamState* state_of(const torch::optim::Adam& optimizer,
                          const torch::Tensor& parameter) {
  const auto& all = optimizer.state();
  const auto found = all.find(state_key<StateMap::key_type>(parameter));
  return found == all.end() ? nullptr : static_cast<const AdamState*>(found->second.get());
}

void check_training(const std::map<std::string, std::string>& metadata,
                    const std::filesystem::path& path,
                    const ModelDescription& description) {
  const auto text = metadata.find(kTrainingKey);
  if (text == metadata.end()) return;
  const auto found = parse_config<ModelDescription>(text->second, path.string());
  check_origin(path, description, found);
}

void restore_adam(const Safetensors& file,
                  const std::string& path,
                  const MaskEstimator& model,
                  torch::optim::Adam& optimizer) {
  const int64_t step = Field(file, path, "adam_step").whole();
  if (step == 0) return;
  for (const auto& item : model.named_parameters()) {
    auto state = std::make_unique<AdamState>();
    state->step(step);
    const auto load = [&](const char* moment) {
      const auto name = fmt::format("adam.{}.{}", moment, item.key());
      const auto found = file.tensors.find(name);
      SEP_CHECK(found != file.tensors.end(), "{}: tensor \"{}\" is missing", path, name);
      SEP_CHECK(found->second.dtype == Dtype::kF32 &&
                    item.value().sizes() == torch::IntArrayRef(found->second.shape),
                "{}: tensor \"{}\": is not F32 or has another shape than the parameter",
                path,
                name);
      const auto values = tensor_from_data(found->second);
      return values.to(item.value().device());
    };
    state->exp_avg(load("exp_avg"));
    state->exp_avg_sq(load("exp_avg_sq"));
    optimizer.state()[state_key<StateMap::key_type>(item.value())] = std::move(state);
  }
}

}  // namespace

void save_training_state(const std::filesystem::path& path,
                         const ModelDescription& description,
                         const MaskEstimator& model,
                         const torch::optim::Adam& optimizer,
                         const TrainingCursor& cursor) {
  Safetensors file;
  for (auto& [name, data] : state_to_data(model)) {
    file.tensors.emplace("model." + name, std::move(data));
  }
  int64_t step = 0;
  for (const auto& item : model.named_parameters()) {
    const auto* state = state_of(optimizer, item.value());
    if (state == nullptr) continue;
    step = state->step();
    file.tensors.emplace("adam.exp_avg." + item.key(), tensor_to_data(state->exp_avg()));
    file.tensors.emplace("adam.exp_avg_sq." + item.key(),
                         tensor_to_data(state->exp_avg_sq()));
  }
  file.metadata = {{"kind", "libsep training state 1"},
                   {kTrainingKey, write_config(description)},
                   {"adam_step", fmt::format("{}", step)},
                   {"iteration", fmt::format("{}", cursor.iteration)},
                   {"epoch_loss_sum", exact(cursor.epoch_loss_sum)},
                   {"best_validation_loss", exact(cursor.best_validation_loss)},
                   {"best_epoch", fmt::format("{}", cursor.best_epoch)},
                   {"history", to_csv(history_table(cursor.history))}};
  write_checked_safetensors(path, std::move(file));
}

void check_state_origin(const std::filesystem::path& path,
                        const ModelDescription& description) {
  check_training(read_checked_metadata(path), path, description);
}

TrainingCursor load_training_state(const std::filesystem::path& path,
                                   MaskEstimator& model,
                                   torch::optim::Adam& optimizer,
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
  state_from_data(model, weights, path.string());
  restore_adam(file, path.string(), model, optimizer);
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
                   const std::vector<EpochRecord>& history) {
  write_csv(path, history_table(history));
}

std::vector<EpochRecord> read_history(const std::filesystem::path& path) {
  return history_from_table(read_csv(path), path.string());
}

}  // namespace sep
