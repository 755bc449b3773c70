#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libsep/core/registry.h"
#include "libsep/data/piece.h"

/// Which files a dataset's folder holds, by their names alone; open_dataset() opens them.
namespace sep {

/// What the names in a folder say; no audio was opened.
struct FoundDataset {
  std::filesystem::path root;

  /// Names, mixtures and parts, in any order; parts without an id get one (add_part()).
  /// open_dataset() reads their headers, and fills in or refuses the rest.
  std::vector<Piece> pieces;
  std::vector<std::string> faults;  ///< one line each, beginning with the path

  std::vector<std::string> notes;  ///< what a user should know

  /// Whether pieces may lack instruments that others have, whatever the options say: where
  /// the layout is of pieces that differ.
  bool may_differ = false;

  /// What DataOptions::map was applied to: all instruments by the names that the layout
  /// found. open_dataset() fills it in.
  std::set<StemName> labels;

  /// Where a list names a file, "set.csv:7", for messages about the file.
  std::map<std::filesystem::path, std::string> listed_at;

  /// Where the stem of an instrument would lie that a piece lacks, for messages; none: not
  /// known.
  std::function<std::filesystem::path(const std::string& piece, const StemName& stem)>
      place_of;
};

/// Ways in which files lie below a dataset's folder: bach10, stem_folder, manifest
/// (manifest.h), and auto, which is manifest for a file whose name ends in .csv,
/// stem_folder where a folder is called mix, mixture or mixtures (letters of any size),
/// else bach10. A program adds its own before it opens a dataset; their keys stand beside
/// `data.layout` and are called otherwise than DataOptions'.
///
///     sep::layouts().add<MyOptions>(
///         "mine", "how its files lie", [](const MyOptions& options, const fs::path& root)
///         {
///           sep::FoundDataset found;
///           for (const auto& folder : sep::list_folders(root)) {
///             sep::Piece piece;
///             piece.name = folder.filename().string();
///             sep::add_part(piece, "violin", folder / "violin.wav");
///             found.pieces.push_back(piece);
///           }
///           return found;
///         });
///
/// A maker throws Error where it finds nothing of its kind.
using LayoutRegistry = Registry<FoundDataset(const std::filesystem::path& root)>;
LayoutRegistry& layouts();

/// Adds ours; they are in layouts() from its first use.
void add_layouts(LayoutRegistry& registry);

/// The files that bear the names of a piece. Two for one place are a fault.
struct NamedFiles {
  std::string name;  ///< composed (core/unicode.h), as those of stems are
  std::vector<std::filesystem::path> mixtures;
  std::map<StemName, std::vector<std::filesystem::path>> stems;
};

/// The piece that these files are, a part of one file an instrument; the first of two files
/// for one place, and a fault for the other.
Piece piece_of_files(const NamedFiles& files, std::vector<std::string>& faults);

/// Folders (and links to folders) directly in `root` whose names do not begin with a
/// dot, sorted by name. Throws Error where `root` is empty, not there or no folder.
std::vector<std::filesystem::path> list_folders(const std::filesystem::path& root);

/// `.wav` and `.flac` (in any case) directly in `folder` whose names do not begin with
/// a dot (which leaves out `._x.wav`, macOS's resource forks), sorted by name.
std::vector<std::filesystem::path> list_audio(const std::filesystem::path& folder);

/// Throws Error: no piece in `root`, what was `wanted`, and what lies there instead where
/// that helps: pieces a folder or two deeper, audio where folders should be, other formats.
[[noreturn]] void throw_no_piece(const std::filesystem::path& root,
                                 std::string_view wanted);

/// The pieces of a folder laid out as Bach10 v1.1 (Duan, Pardo, Zhang, IEEE TASLP 18(8),
/// 2010):
///
///     01-AchGottundHerr/01-AchGottundHerr.wav           the mixture
///     01-AchGottundHerr/01-AchGottundHerr-violin.wav    a stem; so bassoon, …
///
/// Other files are ignored; a folder that holds no audio is no piece, one that holds only
/// audio of other names is a fault. "…-mix.wav" (is_mixture_name()) is taken for the
/// mixture too. Throws Error where there is no piece.
FoundDataset find_bach10(const std::filesystem::path& root);

/// The pieces of a folder a stem, equal file names a piece, as nussl's MixSourceFolder
/// reads:
///
///     mix/chorale1.wav   violin/chorale1.wav   cello/chorale1.wav   …
///
/// `mix` (is_mixture_name()) may be absent: then mixtures are the sum of the stems. Throws
/// Error where there is no piece.
FoundDataset find_stem_folder(const std::filesystem::path& root);

}  // namespace sep
