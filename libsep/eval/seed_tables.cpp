#include "libsep/eval/seed_tables.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "libsep/eval/detail/named_scores.h"
#include "libsep/eval/detail/row_groups.h"

namespace sep {
namespace {

using rows::by_model;
using rows::deviation;
using rows::group;
using rows::mean;
using rows::models_rows;
using rows::NamedScore;
using rows::scores_of;
using Rows = std::vector<ScoreRow>;

/// Seeds of a model's rows.
std::set<std::string> seeds_of(const Rows& rows) {
  std::set<std::string> seeds;
  for (const auto& row : rows) seeds.insert(row.seed_text());
  return seeds;
}

struct SeedSummary {
  int64_t num_pieces = 0;
  double mean = 0.0;
  double std_pieces = 0.0;
  double std_seeds = 0.0;
};

SeedSummary summarize_seeds(const Rows& rows, const NamedScore& score) {
  std::map<std::string, std::map<std::string, double>> values;  // by piece, seed
  for (const auto& row : rows) {
    if (const auto value = score.of(row)) values[row.piece][row.seed_text()] = *value;
  }
  const auto seeds = seeds_of(rows);
  std::vector<double> of_pieces;
  std::map<std::string, std::vector<double>> by_seed;
  for (const auto& [piece, of_seeds] : values) {
    if (of_seeds.size() != seeds.size()) continue;
    std::vector<double> here;
    for (const auto& [seed, value] : of_seeds) {
      here.push_back(value);
      by_seed[seed].push_back(value);
    }
    of_pieces.push_back(mean(here));
  }
  std::vector<double> of_seeds;
  for (const auto& [seed, here] : by_seed) of_seeds.push_back(mean(here));
  SeedSummary summary;
  summary.num_pieces = static_cast<int64_t>(of_pieces.size());
  summary.mean =
      of_pieces.empty() ? std::numeric_limits<double>::quiet_NaN() : mean(of_pieces);
  summary.std_pieces = deviation(of_pieces);
  summary.std_seeds = deviation(of_seeds);
  return summary;
}

/// Rows of models that have several seeds, by model.
std::vector<Rows> seeded_models(const Rows& rows) {
  std::vector<Rows> models;
  for (auto& model : by_model(rows)) {
    if (seeds_of(model).size() > 1) models.push_back(std::move(model));
  }
  return models;
}

}  // namespace

bool has_seeds(const Rows& rows) { return !seeded_models(models_rows(rows)).empty(); }

CsvTable seeds_table(const Rows& rows, const FurtherMetrics& further) {
  CsvTable table;
  table.header = {"model",
                  "protocol",
                  "instrument",
                  "estimate",
                  "score",
                  "num_seeds",
                  "num_pieces",
                  "mean_db",
                  "std_pieces_db",
                  "std_seeds_db"};
  for (const auto& model : seeded_models(models_rows(rows))) {
    for (const auto& part : group(model, rows::estimate_key)) {
      for (const auto& score : scores_of(further)) {
        const auto summary = summarize_seeds(part, score);
        const auto& row = part.front();
        table.rows.push_back({row.model,
                              row.protocol,
                              row.instrument,
                              row.estimate,
                              score.name,
                              fmt::format("{}", seeds_of(part).size()),
                              fmt::format("{}", summary.num_pieces),
                              format_number(summary.mean),
                              format_number(summary.std_pieces),
                              format_number(summary.std_seeds)});
      }
    }
  }
  return table;
}

std::string seeds_markdown(const Rows& rows) {
  std::string text;
  for (const auto& model : seeded_models(models_rows(rows))) {
    const auto& label = model.front();
    text += fmt::format(
        "## {}{}, {} seeds\n\nMean over seeds and pieces, in dB; in brackets the standard "
        "deviations of pieces (each its mean over seeds) and of seeds (each its mean over "
        "pieces).\n\n| instrument |",
        label.model,
        label.protocol.empty() ? "" : ", protocol " + label.protocol,
        seeds_of(model).size());
    std::string line = "|---|";
    std::vector<NamedScore> scores;
    for (const auto& score : scores_of({})) {
      if (score.name != "SD-SDR" && score.name != "SRR") scores.push_back(score);
    }
    for (const auto& score : scores) {
      text += fmt::format(" {} |", score.name);
      line += "---|";
    }
    text += " pieces |\n" + line + "---|\n";
    for (const auto& part : group(model, rows::estimate_key)) {
      text += fmt::format("| {} |", part.front().instrument);
      int64_t num_pieces = 0;
      for (const auto& score : scores) {
        const auto summary = summarize_seeds(part, score);
        text += fmt::format(" {:.2f} ({:.2f}, {:.2f}) |",
                            summary.mean,
                            summary.std_pieces,
                            summary.std_seeds);
        num_pieces = std::max(num_pieces, summary.num_pieces);
      }
      text += fmt::format(" {} |\n", num_pieces);
    }
    text += "\n";
  }
  return text;
}

}  // namespace sep
