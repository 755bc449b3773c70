#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "libsep/core/signal.h"
#include "libsep/core/stem_name.h"

namespace sep {

/// What a file's header said when its dataset was opened; a file that says something else
/// later is refused. 0 where nobody looked: it is to be as the piece.
struct FileShape {
  int64_t sample_rate = 0;  ///< Hz, before resampling
  int64_t num_samples = 0;  ///< a channel, before resampling
};

/// A file that a part is made of.
struct PartFile {
  std::filesystem::path path;
  double gain = 1.0;  ///< linear
  int64_t start = 0;  ///< where its first sample lies in the piece, in samples of the
                      ///< piece's rate; what lies before the piece is cut off
  FileShape shape = {};
  double start_seconds = 0.0;  ///< more of a start, for layouts, which do not know the
                               ///< rate: opening a dataset adds it to `start`, to the
                               ///< nearest sample, and leaves 0
};

/// One player of a piece. With x_f the file f at the piece's rate, N_f long, and zeros
/// where no file lies, its samples are
///
///     part[n] = sum over f of float(gain_f x_f[n - start_f])
///
/// added in the order of the files; one file of gain 1 that begins and ends with the piece
/// is taken as it is, to the bit.
struct Part {
  std::string id;       ///< once in a piece: "violin", "violin-2"
  StemName instrument;  ///< the label that networks and tables know; may repeat in a piece
  std::vector<PartFile> files;
};

/// A recording: where its mixture and parts lie. All have its rate, length and channels
/// once they are loaded.
struct Piece {
  std::string name;   ///< "01-AchGottundHerr"
  std::string split;  ///< the dataset's own: train, validation, test; empty: none
  size_t root = 0;    ///< of a dataset of several, where it is from
  std::filesystem::path mixture;  ///< empty: made as the sum of the stems, clipped to ±1
  FileShape mixture_shape = {};
  std::vector<Part> parts;   ///< sorted by id; add_part() keeps them so
  int64_t num_samples = 0;   ///< a channel
  int64_t sample_rate = 0;   ///< Hz; files of another one (FileShape) are resampled
  int64_t num_channels = 1;  ///< of every file
};

/// Puts a part at its place. Where it has no id, that is its instrument's name, or
/// "violin-2", "violin-3", … where it is taken. Throws Error for an id that is there.
void add_part(Piece& piece, Part part);

/// The part of one file that is called by its instrument, as all of Bach10 are.
void add_part(Piece& piece, const StemName& instrument, const std::filesystem::path& path);

bool has_part(const Piece& piece, const std::string& id);

/// Throws Error where there is none of that id.
const Part& part(const Piece& piece, const std::string& id);

/// The labels of the parts, each once, sorted.
std::vector<StemName> instruments_of(const Piece& piece);
bool has_instrument(const Piece& piece, const StemName& instrument);

/// The audio of a piece: parts of one label are one stem.
struct PieceAudio {
  Signal mixture;
  std::map<StemName, Signal> stems;

  /// The sum of all stems but `target`, in the order of their names. Throws Error where
  /// there is no such stem, or no other.
  Signal rest(const StemName& target) const;
};

/// The mixture of a piece that comes without one: the sum of the stems in the order of
/// their names, clipped to ±1. Nothing is rounded: the sum of a few int16 stems is exact
/// in float and lies on the int16 grid already.
///
/// On Bach10 v1.1 it is the shipped mixture to -79 dB in each of the ten pieces (at most
/// 2 of 32768 away; without the clipping -55 to -79 dB).
Signal clipped_sum(const std::map<StemName, Signal>& stems);

/// Reads one part. Throws Error where the piece has no such part, for a file that is not
/// there or no audio, is cut short, holds samples that are not finite, or is not as the
/// piece says any more.
Signal load_part(const Piece& piece, const std::string& id);

/// Reads one stem: the sum of all parts of that instrument in the order of their ids; or
/// all of them. Throws Error for the same.
Signal load_stem(const Piece& piece, const StemName& instrument);
std::map<StemName, Signal> load_stems(const Piece& piece);

/// Reads mixture and stems. Throws Error for the same.
PieceAudio load_piece(const Piece& piece);

}  // namespace sep
