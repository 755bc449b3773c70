#include "libsep/eval/comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "libsep/core/error.h"
#include "libsep/eval/detail/named_scores.h"
#include "libsep/eval/detail/row_groups.h"

namespace sep {
namespace {

using rows::group;
using Rows = std::vector<ScoreRow>;

using rows::by_model;
using rows::mean;
using rows::models_rows;
using rows::NamedScore;
using rows::scores_of;

constexpr const char* kAll = "all";

/// With the protocol where models of one title have several.
std::string name_of(const ScoreRow& row, const Rows& all) {
  const bool is_unique = std::all_of(all.begin(), all.end(), [&](const ScoreRow& other) {
    return other.model != row.model || other.protocol == row.protocol;
  });
  return is_unique ? row.model : row.model + ", " + row.protocol;
}

/// A piece's score, by piece; none where a seed has none.
using PieceScores = std::map<std::string, std::optional<double>>;

PieceScores piece_scores(const Rows& rows, const NamedScore& score) {
  PieceScores scores;
  for (const auto& piece : group(rows, [](const ScoreRow& row) { return row.piece; })) {
    std::vector<double> values;
    for (const auto& row : piece) {
      if (const auto value = score.of(row)) values.push_back(*value);
    }
    const bool is_whole = values.size() == piece.size();
    scores[piece.front().piece] = is_whole ? std::optional(mean(values)) : std::nullopt;
  }
  return scores;
}

/// By instrument.
using ModelScores = std::map<std::string, PieceScores>;

struct Model {
  std::string name;
  std::vector<std::string> instruments;  ///< in the order of their first rows
  ModelScores scores;
};

Model model_of(const Rows& rows, const Rows& all, const NamedScore& score) {
  Model model;
  model.name = name_of(rows.front(), all);
  for (const auto& part : group(rows, [](const ScoreRow& row) { return row.instrument; })) {
    model.instruments.push_back(part.front().instrument);
    model.scores[part.front().instrument] = piece_scores(part, score);
  }
  return model;
}

Comparison comparison_of(const std::vector<double>& differences, size_t num_pieces) {
  Comparison comparison;
  comparison.num_pieces = static_cast<int64_t>(differences.size());
  comparison.num_left_out = static_cast<int64_t>(num_pieces - differences.size());
  comparison.mean_difference =
      differences.empty() ? std::numeric_limits<double>::quiet_NaN() : mean(differences);
  comparison.test = signed_rank_test(differences);
  return comparison;
}

/// By instruments that both have, and of all of them.
std::vector<Comparison> compare(const Model& first, const Model& second) {
  std::vector<Comparison> comparisons;
  std::map<std::string, std::vector<double>> of_piece;
  std::set<std::string> all_pieces;
  bool has_common = false;
  for (const auto& instrument : first.instruments) {
    if (second.scores.count(instrument) == 0) continue;
    const auto& a = first.scores.at(instrument);
    const auto& b = second.scores.at(instrument);
    std::set<std::string> pieces;
    for (const auto* scores : {&a, &b}) {
      for (const auto& [piece, score] : *scores) pieces.insert(piece);
    }
    std::vector<double> differences;
    for (const auto& piece : pieces) {
      const auto at_a = a.find(piece);
      const auto at_b = b.find(piece);
      if (at_a == a.end() || at_b == b.end()) continue;
      has_common = true;
      if (!at_a->second || !at_b->second) continue;
      differences.push_back(*at_b->second - *at_a->second);
      of_piece[piece].push_back(differences.back());
    }
    comparisons.push_back(comparison_of(differences, pieces.size()));
    comparisons.back().instrument = instrument;
    all_pieces.insert(pieces.begin(), pieces.end());
  }
  SEP_CHECK(has_common,
            "{} and {} cannot be compared: no piece and instrument that both have",
            first.name,
            second.name);
  std::vector<double> means;
  for (const auto& [piece, differences] : of_piece) {
    // A piece that lacks an instrument's would have a mean of other instruments.
    if (differences.size() == comparisons.size()) means.push_back(mean(differences));
  }
  comparisons.push_back(comparison_of(means, all_pieces.size()));
  comparisons.back().instrument = kAll;
  for (auto& comparison : comparisons) {
    comparison.first = first.name;
    comparison.second = second.name;
  }
  return comparisons;
}

/// Of one score: instruments are one family of tests, `all` another.
void correct(std::vector<Comparison>& comparisons) {
  for (const bool is_all : {false, true}) {
    std::vector<Comparison*> family;
    std::vector<double> p;
    for (auto& comparison : comparisons) {
      if ((comparison.instrument == kAll) != is_all) continue;
      family.push_back(&comparison);
      p.push_back(comparison.test.p);
    }
    const auto corrected = holm(p);
    for (size_t i = 0; i < family.size(); ++i) family[i]->p_holm = corrected[i];
  }
}

}  // namespace

std::vector<Comparison> compare_models(const Rows& rows, const FurtherMetrics& further) {
  const auto of_models = models_rows(rows);
  const auto groups = by_model(of_models);
  SEP_CHECK(groups.size() >= 2,
            "a comparison wants two models or more, found {}",
            groups.empty() ? "none" : groups.front().front().model + " alone");
  std::vector<Comparison> comparisons;
  for (const auto& score : scores_of(further)) {
    std::vector<Model> models;
    for (const auto& model : groups) models.push_back(model_of(model, of_models, score));
    std::vector<Comparison> of_score;
    for (size_t i = 0; i < models.size(); ++i) {
      for (size_t j = i + 1; j < models.size(); ++j) {
        for (auto& comparison : compare(models[i], models[j])) {
          comparison.score = score.name;
          of_score.push_back(std::move(comparison));
        }
      }
    }
    correct(of_score);
    comparisons.insert(comparisons.end(), of_score.begin(), of_score.end());
  }
  return comparisons;
}

CsvTable comparison_table(const std::vector<Comparison>& comparisons) {
  CsvTable table;
  table.header = {"score",
                  "first",
                  "second",
                  "instrument",
                  "num_pieces",
                  "num_left_out",
                  "mean_difference_db",
                  "wilcoxon_w",
                  "p",
                  "p_holm"};
  for (const auto& comparison : comparisons) {
    table.rows.push_back({comparison.score,
                          comparison.first,
                          comparison.second,
                          comparison.instrument,
                          fmt::format("{}", comparison.num_pieces),
                          fmt::format("{}", comparison.num_left_out),
                          format_number(comparison.mean_difference),
                          format_number(comparison.test.w),
                          fmt::format("{:.6g}", comparison.test.p),
                          fmt::format("{:.6g}", comparison.p_holm)});
  }
  return table;
}

std::string comparison_markdown(const std::vector<Comparison>& comparisons) {
  const std::string score = score_columns().front().title;
  std::string text = fmt::format(
      "## Comparison\n\nSecond - first, {} in dB, over pieces that both were scored on; "
      "Wilcoxon's signed-rank test, two-sided, and its p for the number of tests by Holm. "
      "Folds share training pieces and are not independent: read p as a rule of thumb.\n\n"
      "| first | second | instrument | mean difference | W | p | p, Holm | pieces |\n"
      "|---|---|---|---|---|---|---|---|\n",
      score);
  for (const auto& comparison : comparisons) {
    if (comparison.score != score) continue;
    text += fmt::format("| {} | {} | {} | {:+.2f} | {:g} | {:.4g} | {:.4g} | {} |\n",
                        comparison.first,
                        comparison.second,
                        comparison.instrument,
                        comparison.mean_difference,
                        comparison.test.w,
                        comparison.test.p,
                        comparison.p_holm,
                        comparison.num_pieces);
  }
  return text + "\n";
}

}  // namespace sep
