#include "libsep/experiment/evaluate_model.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

#include "libsep/core/error.h"
#include "libsep/core/threads.h"
#include "libsep/model/serial_math.h"

namespace sep {

ScoreRow SingleModel::label() const {
  const auto& description = model.description;
  ScoreRow label;
  label.model = description.title.empty() ? path.filename().string() : description.title;
  label.protocol = description.protocol;
  if (!description.protocol.empty()) label.seed = description.seed;
  label.fold = description.fold;
  return label;
}

void check_models(const std::vector<SingleModel>& models, const Dataset& dataset) {
  std::map<std::array<std::string, 4>, std::string> seen;
  for (const auto& model : models) {
    const auto& known = dataset.instruments;
    const auto stems = model.model.description.stem_names();
    for (const auto& stem : stems) {
      SEP_CHECK(std::find(known.begin(), known.end(), stem) != known.end(),
                "{}: no instrument '{}', there are {}",
                dataset.root.string(),
                stem,
                fmt::join(known, ", "));
    }
    SEP_CHECK(model.model.description.sample_rate == dataset.sample_rate,
              "{}: wants {} Hz, the dataset {} has {} Hz",
              model.path.string(),
              model.model.description.sample_rate,
              dataset.root.string(),
              dataset.sample_rate);
    const auto label = model.label();
    const auto name = model.path.string();
    for (const auto& stem : stems) {
      const auto [other, is_new] = seen.emplace(
          std::array{stem, label.model, label.protocol, label.seed_text()}, name);
      SEP_CHECK(is_new,
                "{} and {}: both are {} for {}, which tables cannot tell apart; evaluate "
                "them one by one",
                other->second,
                name,
                label.model,
                stem);
    }
  }
}

std::vector<ScoreRow> evaluate_model(SingleModel model,
                                     const Dataset& dataset,
                                     const RunEvaluationOptions& options,
                                     Progress& progress) {
  const ThreadLimit limit(options.num_threads);
  const SerialMath serial;
  auto label = model.label();
  label.model = options.titled(label.model);
  const auto piece_options = options.of_pieces(model.model.description.stft);
  const auto instruments = model.model.description.stem_names();
  std::vector<LoadedModel> models;
  models.push_back(std::move(model.model));
  const Separator separator(
      std::move(models), torch_device(options.device), options.separation);
  std::vector<ScoreRow> rows;
  progress.begin(label.model, static_cast<int64_t>(dataset.pieces.size()), "pieces");
  for (size_t i = 0; i < dataset.pieces.size(); ++i) {
    progress.throw_if_stopped();
    const auto& piece = dataset.pieces[i];
    const auto part = evaluate_piece(label,
                                     piece,
                                     load_piece(piece),
                                     scored_instruments(piece, instruments, progress),
                                     &separator,
                                     piece_options);
    rows.insert(rows.end(), part.begin(), part.end());
    progress.update(static_cast<int64_t>(i) + 1);
  }
  progress.end();
  return rows;
}

}  // namespace sep
