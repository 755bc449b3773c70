#include "libsep/commands/detail/model_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "libsep/checkpoint/model_library.h"
#include "libsep/checkpoint/stored_model.h"

namespace sep {
namespace {

std::string network_text(const ModelDescription& model) {
  return fmt::format("{}, windows of {} every {} samples at {} Hz",
                     model.type,
                     model.stft.window_length,
                     model.stft.hop_length,
                     model.sample_rate);
}

std::string score_text(const ModelCard& card) {
  std::vector<std::string> scores;
  for (const auto& score : card.scores) {
    scores.push_back(
        fmt::format("{} {:.1f} ({:.1f})", score.stem, score.si_sdr_db, score.mixture_db));
  }
  return fmt::format("{}: SI-SDR {:.1f} dB (doing nothing {:.1f}): {}",
                     card.scored_on,
                     card.mean_si_sdr_db(),
                     card.mean_mixture_db(),
                     fmt::join(scores, ", "));
}

void add(std::vector<std::string>& lines, const char* what, const std::string& text) {
  if (!text.empty()) lines.push_back(fmt::format("  {:<10}{}", what, text));
}

void add_model(std::vector<std::string>& lines, const NamedModel& named) {
  const auto model = read_model_description(named.path);
  const auto& card = model.card;
  lines.push_back(named.name);
  add(lines, "title", model.title);
  add(lines, "stems", fmt::format("{}", fmt::join(model.stem_names(), ", ")));
  add(lines, "network", network_text(model));
  add(lines, "licence", card.licence);
  add(lines, "training", card.training);
  if (!card.scores.empty()) add(lines, "scores", score_text(card));
  add(lines, "path", named.path.string());
}

}  // namespace

std::vector<std::string> model_list() {
  std::vector<std::string> lines;
  for (const auto& model : list_models()) add_model(lines, model);
  return lines;
}

}  // namespace sep
