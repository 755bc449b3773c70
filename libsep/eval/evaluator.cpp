#include "libsep/eval/evaluator.h"

#include <optional>

#include "libsep/audio/file.h"
#include "libsep/core/error.h"
#include "libsep/core/parallel.h"
#include "libsep/separation/oracle.h"

namespace sep {
namespace {

using Estimates = std::map<StemName, Signal>;

ScoreRow named(ScoreRow row, const std::string& estimate, const StftOptions* stft) {
  row.estimate = estimate;
  row.window_length = stft == nullptr ? 0 : stft->window_length;
  row.hop_length = stft == nullptr ? 0 : stft->hop_length;
  return row;
}

/// Where the estimate of a model came from an STFT, its settings; else nullptr.
const StftOptions* stft_of(const Separator* separator, const StemName& instrument) {
  if (separator == nullptr) return nullptr;
  for (const auto& model : separator->models()) {
    if (model.description.instrument == instrument) return &model.description.stft;
  }
  return nullptr;
}

std::vector<ScoreRow> score_instrument(const ScoreRow& label,
                                       const PieceAudio& audio,
                                       const Signal* estimate,
                                       const StftOptions* model_stft,
                                       const EvaluationOptions& options) {
  const auto& reference = audio.stems.at(label.instrument);
  const auto rest = audio.rest(label.instrument);
  std::vector<ScoreRow> rows;
  if (estimate != nullptr) {
    rows.push_back(
        score_row(named(label, "model", model_stft), reference, rest, *estimate));
  }
  rows.push_back(
      score_row(named(label, "mixture", nullptr), reference, rest, audio.mixture));
  if (!options.ideal_masks) return rows;
  const Oracle oracle(options.stft, audio.mixture, reference, rest);
  for (const auto& [kind, name] : EnumNames<IdealMask>::kValues) {
    const auto row = named(label, std::string(name), &options.stft);
    rows.push_back(score_row(row, reference, rest, oracle.separate(kind)));
  }
  return rows;
}

std::vector<ScoreRow> score_piece(const ScoreRow& label,
                                  const Piece& piece,
                                  const PieceAudio& audio,
                                  const std::vector<StemName>& instruments,
                                  const Estimates& estimates,
                                  const Separator* separator,
                                  const EvaluationOptions& options) {
  std::vector<std::vector<ScoreRow>> parts(instruments.size());
  parallel_for(
      static_cast<int64_t>(instruments.size()), options.num_threads, [&](int64_t i) {
        const auto& instrument = instruments[static_cast<size_t>(i)];
        SEP_CHECK(
            audio.stems.count(instrument) > 0, "{} has no stem {}", piece.name, instrument);
        ScoreRow row = label;
        row.piece = piece.name;
        row.instrument = instrument;
        const auto found = estimates.find(instrument);
        parts[static_cast<size_t>(i)] =
            score_instrument(row,
                             audio,
                             found == estimates.end() ? nullptr : &found->second,
                             stft_of(separator, instrument),
                             options);
      });
  std::vector<ScoreRow> rows;
  for (auto& part : parts) rows.insert(rows.end(), part.begin(), part.end());
  return rows;
}

/// The file of one estimate in any of the three layouts; empty where there is none.
std::filesystem::path find_estimate(const std::filesystem::path& root,
                                    const std::string& piece,
                                    const StemName& instrument) {
  std::vector<std::string> names = {instrument};
  if (instrument == "saxphone") names.emplace_back("saxophone");
  for (const auto& name : names) {
    for (const char* extension : {".wav", ".flac"}) {
      for (const auto& path : {root / piece / (piece + "-" + name + extension),
                               root / piece / (name + extension),
                               root / name / (piece + extension)}) {
        if (std::filesystem::exists(path)) return path;
      }
    }
  }
  return {};
}

}  // namespace

std::vector<ScoreRow> evaluate_piece(const ScoreRow& label,
                                     const Piece& piece,
                                     const PieceAudio& audio,
                                     const std::vector<StemName>& instruments,
                                     const Separator* separator,
                                     const EvaluationOptions& options) {
  const Estimates estimates =
      separator == nullptr ? Estimates{} : separator->separate(audio.mixture);
  return score_piece(label, piece, audio, instruments, estimates, separator, options);
}

std::vector<ScoreRow> evaluate_folder(const ScoreRow& label,
                                      const Dataset& references,
                                      const std::filesystem::path& estimates,
                                      const EvaluationOptions& options,
                                      Progress& progress) {
  SEP_CHECK(std::filesystem::is_directory(estimates),
            "{}: wants a folder of estimates",
            estimates.string());
  std::vector<ScoreRow> rows;
  size_t num_found = 0;
  progress.begin("scores", static_cast<int64_t>(references.pieces.size()), "pieces");
  for (const auto& piece : references.pieces) {
    Estimates found;
    for (const auto& instrument : references.instruments) {
      const auto path = find_estimate(estimates, piece.name, instrument);
      if (!path.empty()) found.emplace(instrument, read_audio(path));
    }
    num_found += found.size();
    const auto part = score_piece(
        label, piece, load_piece(piece), references.instruments, found, nullptr, options);
    rows.insert(rows.end(), part.begin(), part.end());
    progress.update(static_cast<int64_t>(&piece - references.pieces.data()) + 1);
  }
  progress.end();
  SEP_CHECK(num_found > 0,
            "{}: no estimate found: wants <piece>/<piece>-<instrument>.wav, "
            "<piece>/<instrument>.wav or <instrument>/<piece>.wav, as {}",
            estimates.string(),
            references.pieces.front().name);
  return rows;
}

}  // namespace sep
