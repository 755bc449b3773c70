#include "libsep/data/stem_survey.h"

#include "libsep/core/error.h"
#include "libsep/core/hash.h"
#include "libsep/core/threads.h"
#include "libsep/data/detail/file_check.h"

namespace sep {
namespace {

struct PieceSurvey {
  std::vector<uint64_t> hashes;  // in the order of the parts' ids
  std::vector<std::string> remarks;
};

uint64_t fnv1a_of(const Signal& signal) {
  Fnv1a hash;
  hash.add({reinterpret_cast<const char*>(signal.samples.data()),
            signal.samples.size() * sizeof(float)});
  return hash.value();
}

std::string name_of(const Part& part) {
  auto first = part.files.front().path.string();
  if (part.files.size() == 1) return first;
  return fmt::format("{} and {} more", first, part.files.size() - 1);
}

PieceSurvey survey_piece(StemStore& stems, size_t piece_index) {
  const Piece& piece = stems.dataset().pieces[piece_index];
  std::vector<std::shared_ptr<const Signal>> held;
  std::vector<FileCheck> files;
  std::map<std::string, const Signal*> signals;
  PieceSurvey survey;
  for (const auto& part : piece.parts) {
    held.push_back(stems.get_part(piece_index, part.id));
    const Signal& signal = *held.back();
    survey.hashes.push_back(fnv1a_of(signal));
    files.push_back(check_file(piece.name, part.id, name_of(part), signal));
    signals[part.id] = &signal;
  }
  mark_sums(signals, files);
  for (const auto& file : files) add_remarks(file, survey.remarks);
  return survey;
}

}  // namespace

StemSurvey survey_stems(StemStore& stems, int64_t num_threads, const Progress& progress) {
  std::vector<PieceSurvey> pieces(stems.dataset().pieces.size());
  parallel_for(static_cast<int64_t>(pieces.size()), num_threads, [&](int64_t i) {
    progress.throw_if_stopped();
    pieces[static_cast<size_t>(i)] = survey_piece(stems, static_cast<size_t>(i));
  });
  StemSurvey survey;
  Fnv1a all;
  for (const auto& piece : pieces) {
    for (const uint64_t hash : piece.hashes) all.add_word(hash);
    survey.remarks.insert(survey.remarks.end(), piece.remarks.begin(), piece.remarks.end());
  }
  survey.fingerprint = all.text();
  return survey;
}

}  // namespace sep
