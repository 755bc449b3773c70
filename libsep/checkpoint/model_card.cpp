#include "libsep/checkpoint/model_card.h"

#include <cmath>
#include <optional>
#include <set>

#include "libsep/core/config.h"
#include "libsep/core/csv.h"
#include "libsep/core/error.h"
#include "libsep/core/number.h"
#include "libsep/core/text.h"

namespace sep {
namespace {

constexpr size_t kMaxText = 2000;

void check_text(const char* key, const std::string& text) {
  if (is_line(text) && text.size() <= kMaxText) return;
  throw ConfigError(key, fmt::format(": wants one line of at most {} bytes", kMaxText));
}

double mean_of(const std::vector<ModelScore>& scores, double ModelScore::*value) {
  double sum = 0.0;
  for (const auto& score : scores) sum += score.*value;
  return scores.empty() ? 0.0 : sum / static_cast<double>(scores.size());
}

double number_in(const std::string& cell, const std::string& name) {
  const auto value = parse_double(cell);
  SEP_CHECK(value && std::isfinite(*value),
            "{}: wants a finite number, found '{}'",
            name,
            shown_text(cell));
  return *value;
}

/// The mean SI-SDR of a stem's estimates of one kind.
double mean_of(const CsvTable& table,
               const StemName& stem,
               const std::string& estimate,
               const std::string& name) {
  std::optional<double> mean;
  for (const auto& row : table.rows) {
    if (row[table.column("instrument")] != stem ||
        row[table.column("estimate")] != estimate ||
        row[table.column("score")] != "SI-SDR") {
      continue;
    }
    SEP_CHECK(!mean, "{}: two rows for {} of {}: wants one model", name, estimate, stem);
    mean = number_in(row[table.column("mean_db")], name);
  }
  SEP_CHECK(mean, "{}: no SI-SDR for {} of {} there", name, estimate, stem);
  return *mean;
}

}  // namespace

void ModelScore::validate() const {
  if (!std::isfinite(si_sdr_db)) throw ConfigError("si_sdr_db", ": is not finite");
  if (!std::isfinite(mixture_db)) throw ConfigError("mixture_db", ": is not finite");
}

bool ModelCard::empty() const {
  return licence.empty() && training.empty() && scored_on.empty() && scores.empty();
}

double ModelCard::mean_si_sdr_db() const { return mean_of(scores, &ModelScore::si_sdr_db); }

double ModelCard::mean_mixture_db() const {
  return mean_of(scores, &ModelScore::mixture_db);
}

void ModelCard::validate() const {
  check_text("licence", licence);
  check_text("training", training);
  check_text("scored_on", scored_on);
  std::set<StemName> different;
  for (const auto& score : scores) {
    if (different.insert(score.stem).second) continue;
    throw ConfigError("scores", fmt::format(": {} is there twice", score.stem));
  }
}

std::vector<ModelScore> read_model_scores(const std::filesystem::path& summary_csv,
                                          const std::vector<StemName>& stems) {
  const auto table = read_csv(summary_csv);
  const auto name = summary_csv.string();
  std::vector<ModelScore> scores;
  try {
    for (const char* column : {"instrument", "estimate", "score", "mean_db"}) {
      table.column(column);
    }
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", name, error.what()));
  }
  scores.reserve(stems.size());
  for (const auto& stem : stems) {
    scores.push_back(
        {stem, mean_of(table, stem, "model", name), mean_of(table, stem, "mixture", name)});
  }
  return scores;
}

}  // namespace sep
