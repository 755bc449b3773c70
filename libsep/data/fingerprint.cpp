#include "libsep/data/fingerprint.h"

#include "libsep/core/error.h"
#include "libsep/core/random.h"
#include "libsep/data/stem_survey.h"

namespace sep {

std::string dataset_fingerprint(const Dataset& dataset) {
  std::string text = fmt::format("{} Hz", dataset.sample_rate);
  for (const auto& instrument : dataset.instruments) text += "|" + instrument;
  for (const auto& piece : dataset.pieces) {
    text += fmt::format("|{}={}", piece.name, piece.num_samples);
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
