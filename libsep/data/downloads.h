#pragma once

#include <filesystem>
#include <string>

#include "libsep/data/layout.h"

/// Datasets as they are downloaded. Instruments have the names that they have there
/// (DataOptions::map gives them others), pieces may differ in instruments, and files of
/// other names are ignored. Each throws Error where there is no piece.
namespace sep {

/// A folder a piece, a file an instrument, as MUSDB18-HQ and TRIOS; pieces are to have the
/// same instruments (DataOptions::missing_stems):
///
///     Jupiter/violin.wav   Jupiter/cello.wav   Jupiter/mixture.wav
///     train/Jupiter/…      test/Pavane/…
///
/// The mixture (is_mixture_name()) may be absent. Folders called train, validation and test
/// hold pieces of that split where they hold folders.
FoundDataset find_song_folder(const std::filesystem::path& root);

/// URMP (Li, Liu, Dinesh, Duan, Sharma, IEEE Transactions on Multimedia 21(2), 2019):
///
///     01_Jupiter_vn_vc/AuMix_01_Jupiter.wav
///     01_Jupiter_vn_vc/AuSep_1_vn_01_Jupiter.wav    AuSep_2_vc_01_Jupiter.wav
///
/// The folder is the piece, what follows the number is the instrument: vn va vc db fl ob cl
/// sax bn tpt hn tbn tba. Two of one code are two parts. Folders without such files (the
/// supplementary ones) are no pieces.
FoundDataset find_urmp(const std::filesystem::path& root);

/// CocoChorales (Wu, Gardner, Manilow, Simon, Hawthorne, Engel, 2022), unpacked:
///
///     string_track000001/mix.wav
///     string_track000001/stems_audio/0_violin.wav   1_violin.wav   2_viola.wav   …
///
/// The split follows from the track's number: up to 192000 train, up to 216000 validation,
/// above test.
FoundDataset find_cocochorales(const std::filesystem::path& root);

/// What of a dataset is read that was recorded by several microphones.
template <class Dataset>
struct MicrophoneOptions {
  std::string microphone = Dataset::kMicrophone;

  template <class Archive>
  void visit(Archive& archive) {
    archive("microphone", microphone, "the folder of each piece that is read");
  }
};
struct EnsembleSet {
  static constexpr const char* kMicrophone = "Mix_1";
};
struct SynthSod {
  static constexpr const char* kMicrophone = "Tree";
};

/// EnsembleSet (Sarkar, Benetos, Sandler, 2022), the folder BBCSO_Ensembles, and SynthSOD
/// (Garcia-Martinez, Diaz-Guerra, Politis, Virtanen, Carabias-Orti, Vera-Candeas, 2024),
/// the folder SynthSOD_data; there is no mixture:
///
///     <piece>/<microphone>/Violin_1.flac   Violin_2.flac   Viola.flac   …
///
/// Violin_1 and Violin_2 are two parts of the instrument Violin. A piece without the
/// microphone is a fault.
FoundDataset find_microphone(const std::string& microphone,
                             const std::filesystem::path& root);

/// PHENICX-Anechoic (Miron, Carabias-Orti, Bosch, Gómez, Janer, 2016), its folder or the
/// folder `audio` in it; there is no mixture:
///
///     audio/beethoven/violin1.wav   violin2.wav   …   doublebass.wav
///
/// violin1 and violin2 are two parts of the instrument violin. Files of a piece differ in
/// length: DataOptions::lengths.
FoundDataset find_phenicx(const std::filesystem::path& root);

}  // namespace sep
