#include "libsep/data/detail/inspection.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "libsep/audio/file.h"
#include "libsep/core/error.h"
#include "libsep/core/stem_name.h"
#include "libsep/data/bach10.h"
#include "libsep/data/layout.h"

namespace sep {
namespace {

namespace fs = std::filesystem;
using Faults = std::vector<std::string>;

struct Header {
  fs::path path;
  AudioInfo info;
};
using PieceHeaders = std::vector<Header>;

template <class... Args>
void add_fault(Faults& faults,
               const fs::path& path,
               fmt::format_string<Args...> format,
               Args&&... args) {
  faults.push_back(path.string() + ": " + fmt::format(format, std::forward<Args>(args)...));
}

DatasetLayout decide_layout(const fs::path& root, DatasetLayout layout) {
  if (layout != DatasetLayout::kAuto) return layout;
  const auto folders = list_folders(root);
  const bool stem_folders =
      std::any_of(folders.begin(), folders.end(), [](const fs::path& folder) {
        return is_mixture_name(folder.filename().string());
      });
  return stem_folders ? DatasetLayout::kStemFolder : DatasetLayout::kBach10;
}

fs::path wanted_path(const FoundDataset& found,
                     const std::string& piece,
                     const StemName& stem) {
  return found.layout == DatasetLayout::kStemFolder
             ? found.root / stem / (piece + ".wav")
             : found.root / piece / (piece + "-" + stem + ".wav");
}

std::vector<StemName> instruments_of(const FoundDataset& found) {
  std::set<StemName> names;
  for (const auto& piece : found.pieces) {
    for (const auto& [stem, paths] : piece.stems) names.insert(stem);
  }
  const auto& bach10 = bach10_instruments();
  if (names == std::set<StemName>(bach10.begin(), bach10.end())) return bach10;
  return {names.begin(), names.end()};
}

int64_t num_pieces_with(const FoundDataset& found, const StemName& stem) {
  return std::count_if(
      found.pieces.begin(), found.pieces.end(), [&](const FoundPiece& piece) {
        return piece.stems.count(stem) > 0;
      });
}

void check_names(const FoundDataset& found,
                 const std::vector<StemName>& instruments,
                 Faults& faults) {
  for (const auto& stem : instruments) {
    const auto problem = stem_name_problem(stem);
    if (problem.empty()) continue;
    for (const auto& piece : found.pieces) {
      const auto paths = piece.stems.find(stem);
      if (paths == piece.stems.end()) continue;
      add_fault(faults,
                paths->second.front(),
                "wants another name of the instrument, found {}",
                problem);
      break;
    }
  }
}

fs::path choose_file(const std::vector<fs::path>& paths,
                     const std::string& place,
                     Faults& faults) {
  for (size_t i = 1; i < paths.size(); ++i) {
    add_fault(faults, paths[i], "two files for {}, also {}", place, paths.front().string());
  }
  return paths.empty() ? fs::path() : paths.front();
}

Piece choose_files(const FoundDataset& found,
                   const FoundPiece& from,
                   const std::vector<StemName>& instruments,
                   Faults& faults) {
  Piece piece;
  piece.name = from.name;
  piece.mixture = choose_file(from.mixtures, "the mixture", faults);
  for (const auto& stem : instruments) {
    const auto paths = from.stems.find(stem);
    if (paths != from.stems.end()) {
      piece.stems[stem] = choose_file(paths->second, "stem " + stem, faults);
    } else {
      add_fault(faults,
                wanted_path(found, from.name, stem),
                "missing; {} of {} pieces have {}",
                num_pieces_with(found, stem),
                found.pieces.size(),
                stem);
    }
  }
  return piece;
}

PieceHeaders read_headers(const Piece& piece, Faults& faults) {
  std::vector<fs::path> paths;
  for (const auto& [stem, path] : piece.stems) paths.push_back(path);
  if (!piece.mixture.empty()) paths.push_back(piece.mixture);
  PieceHeaders headers;
  for (const auto& path : paths) {
    try {
      headers.push_back({path, read_audio_info(path)});
    } catch (const Error& error) {
      faults.emplace_back(error.what());
    }
  }
  return headers;
}

// The most frequent value; of several the first. 0 for none.
int64_t most_frequent(const std::vector<int64_t>& values) {
  int64_t best = 0;
  int64_t best_count = 0;
  for (const int64_t value : values) {
    const int64_t count = std::count(values.begin(), values.end(), value);
    if (count > best_count) {
      best = value;
      best_count = count;
    }
  }
  return best;
}

int64_t common_rate(const std::vector<PieceHeaders>& pieces) {
  std::vector<int64_t> rates;
  for (const auto& headers : pieces) {
    for (const auto& header : headers) rates.push_back(header.info.sample_rate);
  }
  return most_frequent(rates);
}

// A file of another rate has another length too, which would be said twice.
PieceHeaders check_formats(const PieceHeaders& headers,
                           int64_t sample_rate,
                           Faults& faults) {
  PieceHeaders comparable;
  for (const auto& header : headers) {
    const AudioInfo& info = header.info;
    if (info.num_channels != 1) {
      add_fault(faults, header.path, "{} channels, wants 1 (mono)", info.num_channels);
    }
    if (info.sample_rate == sample_rate) {
      comparable.push_back(header);
    } else {
      add_fault(faults,
                header.path,
                "{} Hz, the dataset has {} Hz",
                info.sample_rate,
                sample_rate);
    }
  }
  return comparable;
}

int64_t check_lengths(const PieceHeaders& headers, Faults& faults) {
  std::vector<int64_t> lengths;
  for (const auto& header : headers) lengths.push_back(header.info.num_samples);
  const int64_t length = most_frequent(lengths);
  const auto right = std::find(lengths.begin(), lengths.end(), length) - lengths.begin();
  for (const auto& header : headers) {
    if (header.info.num_samples == length) continue;
    add_fault(faults,
              header.path,
              "{} samples, {} has {}",
              header.info.num_samples,
              headers[static_cast<size_t>(right)].path.filename().string(),
              length);
  }
  return length;
}

void note_made_mixtures(Dataset& dataset) {
  std::vector<std::string> names;
  for (const auto& piece : dataset.pieces) {
    if (piece.mixture.empty()) names.push_back(piece.name);
  }
  if (names.empty()) return;
  const bool all = names.size() == dataset.pieces.size();
  dataset.notes.push_back(
      fmt::format("{} {} missing{}: made as the sum of the stems, clipped to full scale",
                  names.size(),
                  names.size() == 1 ? "mixture is" : "mixtures are",
                  all ? "" : fmt::format(" ({})", fmt::join(names, ", "))));
}

}  // namespace

DatasetInspection inspect_dataset(const fs::path& root, DatasetLayout layout) {
  const bool bach10 = decide_layout(root, layout) == DatasetLayout::kBach10;
  const FoundDataset found = bach10 ? find_bach10(root) : find_stem_folder(root);
  DatasetInspection result;
  Dataset& dataset = result.dataset;
  Faults& faults = result.faults;
  faults = found.faults;
  dataset.root = root;
  dataset.instruments = instruments_of(found);
  if (dataset.instruments.size() < 2) {
    add_fault(faults,
              root,
              "wants stems of at least two instruments, found {}",
              dataset.instruments.empty() ? "none" : dataset.instruments.front());
  }
  check_names(found, dataset.instruments, faults);
  std::vector<PieceHeaders> headers;
  for (const auto& piece : found.pieces) {
    dataset.pieces.push_back(choose_files(found, piece, dataset.instruments, faults));
    headers.push_back(read_headers(dataset.pieces.back(), faults));
  }
  dataset.sample_rate = common_rate(headers);
  for (size_t i = 0; i < headers.size(); ++i) {
    const auto comparable = check_formats(headers[i], dataset.sample_rate, faults);
    dataset.pieces[i].num_samples = check_lengths(comparable, faults);
    dataset.pieces[i].sample_rate = dataset.sample_rate;
  }
  note_made_mixtures(dataset);
  std::sort(faults.begin(), faults.end());
  return result;
}

}  // namespace sep
