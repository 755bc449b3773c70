#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "libsep/data/dataset.h"

namespace sep {

/// A dataset as it is, and its faults, one a line, each beginning with the path. With
/// faults the pieces hold what is there, the first of two files of one place.
struct DatasetInspection {
  Dataset dataset;
  std::set<StemName> labels;        ///< FoundDataset::labels
  std::vector<std::string> faults;  ///< sorted, so that those of a piece stand together
  std::vector<bool> is_sound;       ///< a piece: nothing missing, and its files fit
};

/// What the layout finds, put in order: pieces by name, parts with ids, names composed.
/// Throws Error where there is no piece.
FoundDataset find_pieces(const std::filesystem::path& root, const DataOptions& options);

/// Finds the pieces (layout.h) and reads the headers: what open_dataset()
/// and verify_dataset() share. A fault is one of
///
///     data/03-X/03-X-violin.wav: missing; 9 of 10 pieces have violin
///     data/03-X/03-X-oboe.wav: two files for stem oboe, also data/03-X/03-X-oboe.flac
///     data/03-X/03-X-violin.wav: 2 channels, wants 1 (mono)
///     data/03-X/03-X-violin.wav: 48000 Hz, the dataset has 44100 Hz
///     data/03-X/03-X-violin.wav: 1102500 samples, 03-X-bassoon.wav has 1102499
///     data/03-X: wants 03-X-<instrument>.wav, found Y.wav
///     data/03-X/03-X-remainder.wav: wants another name of the instrument, found
///         "remainder": what is left of a recording is called so
///
///     data/03-X/03-X-violin.wav: ends at 1200, the mixture has 1000 samples
///
/// or what read_audio_info() says; where a list names the file, its place stands before,
/// "set.csv:7: ". Every piece must have the instruments any piece has,
/// unless the options or the layout allow that stems are missing. The right rate is that of
/// the options, else that of most files; right channels and length are those of most files
/// of a piece, of several equally frequent ones the first. A resampled file may be a sample
/// longer or shorter than one that is not. Where files of a piece have a start, its length
/// is its mixture's, or where there is none the end of the last file, and files may end
/// early. Throws Error only where the folder is not there or holds no piece.
DatasetInspection inspect_dataset(const std::filesystem::path& root,
                                  const DataOptions& options);

/// The dataset of the options and those of `also`, as open_data() has them. A further one
/// that is not there or holds no piece is a fault, and so are
///
///     data/synthetic: 48000 Hz, data/Bach10 has 44100 Hz; data.sample_rate resamples
///     data/synthetic: has none of the instruments of data/Bach10, but flute, horn
///     data/synthetic: another dataset has a piece synthetic-01 too
///     data/Bach10: data.map.vln: no instrument is called so; there are bassoon, …
DatasetInspection inspect_data(const DataOptions& options);

/// In the order of Dataset::instruments.
std::vector<StemName> in_order(const std::set<StemName>& names);

}  // namespace sep
