#include "libsep/data/verify.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "libsep/audio/file.h"
#include "libsep/core/error.h"
#include "libsep/core/signal.h"
#include "libsep/data/detail/file_check.h"
#include "libsep/data/detail/inspection.h"
#include "libsep/data/detail/part_audio.h"
#include "libsep/data/piece.h"

namespace sep {
namespace {

constexpr const char* kMixture = "mixture";

/// Reads a piece file by file, as far as that goes.
class PieceReader {
 public:
  PieceReader(const Piece& piece, DatasetReport& report) : piece_(piece), report_(report) {
    for (const auto& part : piece.parts) read(part);
    if (!piece.mixture.empty()) read(mixture_part(piece));
  }

  /// `is_sound`: whether its files fit one another.
  PieceCheck check(bool is_sound) {
    PieceCheck check;
    check.piece = piece_.name;
    check.seconds = piece_.sample_rate > 0 ? static_cast<double>(piece_.num_samples) /
                                                 static_cast<double>(piece_.sample_rate)
                                           : 0.0;
    if (is_sound && all_read_) check_sum(check);
    report_.files.insert(report_.files.end(), files_.begin(), files_.end());
    return check;
  }

 private:
  void read(const Part& part) {
    std::vector<Signal> signals;
    for (const auto& file : part.files) {
      try {
        Signal signal = read_audio(file.path);
        files_.push_back(check_file(piece_.name, part.id, file.path, signal));
        signals.push_back(std::move(signal));
      } catch (const Error& error) {
        all_read_ = false;
        const std::string fault = error.what();
        auto& faults = report_.faults;
        if (std::find(faults.begin(), faults.end(), fault) == faults.end()) {
          faults.push_back(fault);
        }
      }
    }
    if (all_read_) files_of_.emplace_back(part, std::move(signals));
  }

  /// Of files that fit.
  std::map<std::string, Signal> add_up_files() {
    std::map<std::string, Signal> parts;
    for (auto& [part, signals] : files_of_) {
      for (auto& signal : signals) signal = at_rate(std::move(signal), piece_.sample_rate);
      parts.emplace(part.id, sum_files(piece_, part, std::move(signals)));
    }
    return parts;
  }

  void check_sum(PieceCheck& check) {
    auto parts = add_up_files();
    const auto mixture = parts.extract(kMixture);
    std::vector<const Signal*> stems;
    std::map<std::string, const Signal*> by_name;
    for (const auto& [id, signal] : parts) {
      stems.push_back(&signal);
      by_name[id] = &signal;
    }
    mark_sums(by_name, files_);
    Signal sum = mix(stems);
    check.sum_peak = static_cast<double>(peak(sum));
    for (float& x : sum.samples) {
      if (x > FileCheck::kFullScale || x < -1.0F) ++check.num_over;
      x = std::clamp(x, -1.0F, 1.0F);
    }
    if (mixture.empty()) return;
    check.residual_db = energy_ratio_db(signal_energy(subtract(sum, mixture.mapped())),
                                        signal_energy(mixture.mapped()));
    if (*check.residual_db > DatasetReport::kLargestResidualDb) {
      report_.faults.push_back(
          fmt::format("{}: the stems miss it by {:.1f} dB, wants {:.0f} dB or less",
                      piece_.mixture.string(),
                      *check.residual_db,
                      DatasetReport::kLargestResidualDb));
    }
  }

  const Piece& piece_;
  DatasetReport& report_;
  std::vector<std::pair<Part, std::vector<Signal>>> files_of_;
  std::vector<FileCheck> files_;
  bool all_read_ = true;
};

std::string line_of(const PieceCheck& piece) {
  std::string line = fmt::format("{}: {:.2f} s", piece.piece, piece.seconds);
  if (piece.residual_db) {
    line +=
        std::isinf(*piece.residual_db) && *piece.residual_db < 0.0
            ? ", stems add up to the mixture exactly"
            : fmt::format(", stems add up to the mixture to {:.1f} dB", *piece.residual_db);
  }
  if (piece.num_over > 0) {
    line += fmt::format(
        ", their sum peaks at {:.3f} ({} over full scale)", piece.sum_peak, piece.num_over);
  }
  return line;
}

std::string closing_line(const DatasetReport& report) {
  double seconds = 0.0;
  for (const auto& piece : report.pieces) seconds += piece.seconds;
  const size_t num_faults = report.faults.size();
  return fmt::format("{} {}, {}, {} Hz, {}: {}",
                     report.pieces.size(),
                     report.pieces.size() == 1 ? "piece" : "pieces",
                     format_duration(seconds),
                     report.dataset.sample_rate,
                     fmt::join(report.dataset.instruments, " "),
                     num_faults == 0   ? std::string("no faults")
                     : num_faults == 1 ? std::string("1 fault")
                                       : fmt::format("{} faults", num_faults));
}

}  // namespace

std::vector<std::string> DatasetReport::lines() const {
  std::vector<std::string> lines;
  for (const auto& piece : pieces) lines.push_back(line_of(piece));
  for (const auto& note : dataset.notes) lines.push_back("note: " + note);
  for (const auto& remark : remarks) lines.push_back("remark: " + remark);
  for (const auto& fault : faults) lines.push_back("fault: " + fault);
  lines.push_back(closing_line(*this));
  return lines;
}

CsvTable DatasetReport::table() const {
  std::map<std::string, std::string> residuals;
  for (const auto& piece : pieces) {
    if (piece.residual_db) residuals[piece.piece] = format_number(*piece.residual_db);
  }
  CsvTable table{{"piece",
                  "stem",
                  "path",
                  "num_samples",
                  "sample_rate",
                  "peak",
                  "rms_db",
                  "num_clipped",
                  "silent",
                  "residual_db"},
                 {}};
  for (const auto& file : files) {
    table.rows.push_back({file.piece,
                          file.stem,
                          file.path.string(),
                          fmt::format("{}", file.num_samples),
                          fmt::format("{}", file.sample_rate),
                          format_number(file.peak),
                          format_number(file.rms_db),
                          fmt::format("{}", file.num_clipped),
                          file.silent ? "1" : "0",
                          file.stem == "mixture" ? residuals[file.piece] : ""});
  }
  return table;
}

DatasetReport verify_dataset(const std::filesystem::path& root,
                             const DataOptions& options,
                             Progress& progress) {
  DatasetInspection inspection = inspect_dataset(root, options);
  DatasetReport report;
  report.dataset = std::move(inspection.dataset);
  report.faults = std::move(inspection.faults);
  const auto num_pieces = static_cast<int64_t>(report.dataset.pieces.size());
  progress.begin("verifying", num_pieces, "pieces");
  for (size_t i = 0; i < report.dataset.pieces.size(); ++i) {
    progress.throw_if_stopped();
    const Piece& piece = report.dataset.pieces[i];
    report.pieces.push_back(PieceReader(piece, report).check(inspection.is_sound[i]));
    progress.update(static_cast<int64_t>(report.pieces.size()), piece.name);
  }
  progress.end();
  for (const auto& file : report.files) add_remarks(file, report.remarks);
  std::sort(report.faults.begin(), report.faults.end());
  return report;
}

}  // namespace sep
