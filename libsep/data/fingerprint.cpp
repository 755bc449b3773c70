#include "libsep/data/fingerprint.h"

#include <algorithm>

#include "libsep/core/error.h"
#include "libsep/core/random.h"
#include "libsep/data/stem_survey.h"

namespace sep {
namespace {

/// What Bach10's parts are in any dataset: one file that lies as the piece does, called by
/// its instrument.
bool is_plain(const Part& part) {
  return part.id == part.instrument && part.files.size() == 1 &&
         part.files.front().gain == 1.0 && part.files.front().start == 0;
}

bool is_plain(const Dataset& dataset, const Piece& piece) {
  return piece.num_channels == 1 && piece.parts.size() == dataset.instruments.size() &&
         std::all_of(piece.parts.begin(), piece.parts.end(), [](const Part& part) {
           return is_plain(part);
         });
}

/// How a piece is made where that is not plain; runs of before there were others go on.
std::string describe(const Piece& piece) {
  std::string text = fmt::format("*{}", piece.num_channels);
  for (const auto& part : piece.parts) {
    text += fmt::format(";{}={}", part.id, part.instrument);
    for (const auto& file : part.files) {
      text += fmt::format(":{}@{}", file.gain, file.start);
    }
  }
  return text;
}

}  // namespace

std::string dataset_fingerprint(const Dataset& dataset) {
  std::string text = fmt::format("{} Hz", dataset.sample_rate);
  for (const auto& instrument : dataset.instruments) text += "|" + instrument;
  for (const auto& piece : dataset.pieces) {
    text += fmt::format("|{}={}", piece.name, piece.num_samples);
    if (!is_plain(dataset, piece)) text += describe(piece);
  }
  return fmt::format("{} pieces, {:016x}", dataset.pieces.size(), stream_seed(0, text));
}

std::string samples_fingerprint(const Dataset& dataset,
                                int64_t num_threads,
                                const Progress& progress) {
  StemStore stems(dataset, 0);  // read once: none is kept
  return survey_stems(stems, num_threads, progress).fingerprint;
}

}  // namespace sep
