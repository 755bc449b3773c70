#include "libsep/eval/evaluator.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "libsep/audio/file.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/threads.h"
#include "libsep/eval/detail/estimate_search.h"
#include "libsep/eval/detail/estimate_sum.h"
#include "libsep/eval/detail/further_scores.h"
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
    const auto stems = model.description.stem_names();
    if (model.model->domain() == NetworkDomain::kWaveform) continue;
    if (std::find(stems.begin(), stems.end(), instrument) != stems.end()) {
      return &model.description.stft;
    }
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

/// Anyone's estimates; says what is wrong with them.
class EstimateFolder {
 public:
  using Paths = std::map<StemName, std::filesystem::path>;

  EstimateFolder(std::filesystem::path root, Progress& progress)
      : root_(std::move(root)), progress_(progress) {}

  /// The files of each piece. Throws Error where there is none at all.
  std::vector<Paths> find_all(const Dataset& references) const;

  /// One that cannot be read is empty.
  Estimates read(const Piece& piece, const Paths& paths);

  int64_t num_unreadable() const { return num_unreadable_; }

 private:
  void check_shape(const Piece& piece,
                   const std::filesystem::path& path,
                   const Signal& estimate) const;

  std::filesystem::path root_;
  Progress& progress_;
  int64_t num_unreadable_ = 0;
};

std::string other_size(const std::vector<std::string>& files) {
  if (files.empty()) return {};
  return fmt::format("; {} {} letters of another size",
                     fmt::join(files, ", "),
                     files.size() == 1 ? "has" : "have");
}

std::vector<EstimateFolder::Paths> EstimateFolder::find_all(
    const Dataset& references) const {
  const EstimateSearch search(root_);
  std::vector<Paths> all;
  std::vector<std::string> missing;
  std::vector<std::string> near;  // of the first piece
  size_t num_found = 0;
  for (const auto& piece : references.pieces) {
    all.emplace_back();
    for (const auto& instrument : references.instruments) {
      if (!has_instrument(piece, instrument)) continue;
      const auto path = search.find(piece.name, instrument);
      if (path.empty()) {
        const auto other = search.find_near(piece.name, instrument);
        const auto remark = other.empty() ? std::string() : other_size({other.string()});
        if (!other.empty() && all.size() == 1) near.push_back(other.string());
        missing.push_back(fmt::format("{}: no estimate of {} in {}{}",
                                      root_.string(),
                                      instrument,
                                      piece.name,
                                      remark));
      } else {
        all.back().emplace(instrument, path);
      }
    }
    num_found += all.back().size();
  }
  SEP_CHECK(num_found > 0,
            "{}: no estimate found: wants <piece>/<piece>-<instrument>.wav, "
            "<piece>/<instrument>.wav or <instrument>/<piece>.wav, as {}{}",
            root_.string(),
            references.pieces.front().name,
            other_size(near));
  for (const auto& line : missing) progress_.note(line);
  return all;
}

Estimates EstimateFolder::read(const Piece& piece, const Paths& paths) {
  Estimates estimates;
  for (const auto& [instrument, path] : paths) {
    auto& estimate = estimates[instrument];
    try {
      estimate = read_audio(path);
      check_shape(piece, path, estimate);
    } catch (const Error& error) {
      ++num_unreadable_;
      progress_.note(fmt::format("{}; not scored", error.what()));
    }
  }
  return estimates;
}

void EstimateFolder::check_shape(const Piece& piece,
                                 const std::filesystem::path& path,
                                 const Signal& estimate) const {
  const auto shape = [](int64_t num_channels, int64_t num_samples, int64_t sample_rate) {
    return fmt::format("{} {} of {} samples at {} Hz",
                       num_channels,
                       num_channels == 1 ? "channel" : "channels",
                       num_samples,
                       sample_rate);
  };
  const auto wanted = shape(piece.num_channels, piece.num_samples, piece.sample_rate);
  const auto found =
      shape(estimate.num_channels, estimate.num_samples(), estimate.sample_rate);
  if (wanted == found) return;
  progress_.note(
      fmt::format("{}: wants {}, found {}; not scored", path.string(), wanted, found));
}

}  // namespace

std::vector<StemName> scored_instruments(const Piece& piece,
                                         const std::vector<StemName>& instruments,
                                         Progress& progress) {
  std::vector<StemName> scored;
  std::vector<StemName> lacking;
  const bool is_alone = instruments_of(piece).size() < 2;
  for (const auto& instrument : instruments) {
    (has_instrument(piece, instrument) && !is_alone ? scored : lacking)
        .push_back(instrument);
  }
  if (!lacking.empty()) {
    progress.note(fmt::format("{}: {} {}; not scored",
                              piece.name,
                              is_alone ? "one instrument alone, no other beside" : "has no",
                              fmt::join(lacking, ", ")));
  }
  return scored;
}

bool all_failed(const std::vector<ScoreRow>& rows) {
  bool any = false;
  for (const auto& row : rows) {
    if (row.estimate != "model") continue;
    if (row.status != ScoreStatus::kFailed) return false;
    any = true;
  }
  return any;
}

std::vector<ScoreRow> score_estimates(const ScoreRow& label,
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
  add_further_scores(rows, audio, estimates, options);
  return rows;
}

std::vector<ScoreRow> evaluate_piece(const ScoreRow& label,
                                     const Piece& piece,
                                     const PieceAudio& audio,
                                     const std::vector<StemName>& instruments,
                                     const Separator* separator,
                                     const EvaluationOptions& options) {
  const Estimates estimates =
      separator == nullptr ? Estimates{} : separator->separate(audio.mixture);
  return score_estimates(label, piece, audio, instruments, estimates, separator, options);
}

FolderScores evaluate_folder(const ScoreRow& label,
                             const Dataset& references,
                             const std::filesystem::path& estimates,
                             const EvaluationOptions& options,
                             Progress& progress) {
  SEP_CHECK(is_folder(estimates), "{}: wants a folder of estimates", estimates.string());
  EstimateFolder folder(estimates, progress);
  FolderScores scores;
  const auto paths = folder.find_all(references);
  progress.begin("scores", static_cast<int64_t>(references.pieces.size()), "pieces");
  for (size_t i = 0; i < references.pieces.size(); ++i) {
    progress.throw_if_stopped();
    const auto& piece = references.pieces[i];
    const auto audio = load_piece(piece);
    const auto estimates_of = folder.read(piece, paths[i]);
    const auto fault = sum_fault(paths[i], estimates_of, audio.mixture);
    if (!fault.empty()) progress.note(fault);
    const auto instruments = scored_instruments(piece, references.instruments, progress);
    const auto part =
        score_estimates(label, piece, audio, instruments, estimates_of, nullptr, options);
    scores.rows.insert(scores.rows.end(), part.begin(), part.end());
    progress.update(static_cast<int64_t>(i) + 1);
  }
  progress.end();
  scores.num_unreadable = folder.num_unreadable();
  return scores;
}

}  // namespace sep
