#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "libsep/core/csv.h"
#include "libsep/core/progress.h"
#include "libsep/mixing/fold_mixtures.h"

namespace sep {

/// Mixtures of a fold as files, to be listened to or used elsewhere: FLAC of 24 bit, and
/// a table of the draws.
///
///     out/draws.csv
///     out/train/seed-00/mixture.flac, bassoon.flac, clarinet.flac, …
///     out/valid/seed-00/…
///
/// All files appear at once, at the end; where the user stops it (Interrupted), none does.
///
/// Training mixtures are those of epoch `epoch` (from 0). What exceeds full scale is
/// clipped in the file, which a note says (stems may, their mixture never does). Throws
/// Error where `out` holds anything but hidden files already, before anything is rendered;
/// for an epoch or a fold that MixtureRenderer has no draws for; and for a file of the
/// dataset that cannot be read. Failure where the disk is full.
void write_mixtures(const std::filesystem::path& out,
                    const MixtureRenderer& renderer,
                    const Fold& fold,
                    int64_t epoch,
                    int64_t num_threads,
                    Progress& progress);

/// One row a mixture: fold, part (train or valid), seed, piece, source_time,
/// event_duration, pitch_shift, time_stretch, and snr_<stem> for each stem; numbers read
/// back to the last bit. Columns of options follow where they are in use: gain_db;
/// dropped (names with + between them); and of incoherent mixtures piece_<stem>,
/// source_time_<stem>, … instead of the plain ones, which are empty.
CsvTable draws_table(const Fold& fold, const FoldMixtures& mixtures);

}  // namespace sep
