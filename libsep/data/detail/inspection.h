#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "libsep/data/dataset.h"

namespace sep {

/// A dataset as it is, and its faults, one a line, each beginning with the path. With
/// faults the pieces hold what is there, the first of two files of one place.
struct DatasetInspection {
  Dataset dataset;
  std::vector<std::string> faults;  ///< sorted, so that those of a piece stand together
};

/// Decides kAuto, finds the pieces (layout.h) and reads the headers: what open_dataset()
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
/// or what read_audio_info() says. Every piece must have the instruments any piece has;
/// the right rate is that of most files, the right length that of most files of a piece,
/// of several equally frequent ones the first. Throws Error only where the folder is not
/// there or holds no piece.
DatasetInspection inspect_dataset(const std::filesystem::path& root, DatasetLayout layout);

}  // namespace sep
