#pragma once

#include <filesystem>
#include <string>

#include "libsep/core/csv.h"
#include "libsep/data/dataset.h"
#include "libsep/data/layout.h"

/// Any dataset as one table: a row a file, whatever folders and names the files have.
///
///     piece,split,part,instrument,path,start_seconds,gain_db,alternative
///     Jupiter,train,mixture,,01/AuMix.wav,,,
///     Jupiter,train,1,violin,01/AuSep_1_vn.wav,,,
///     Jupiter,train,2,violin,01/AuSep_2_vn.wav,0.5,-3,
///
///     piece          its name
///     split          train, validation or test: the dataset's own (SplitOptions::from);
///                    empty for none, and one for all rows of a piece
///     part           once in a piece and alternative; several rows are its files, added
///     up;
///                    `mixture` is the mixture, one row without start and gain
///     instrument     the part's label, which may repeat; that of the mixture may be empty
///     path           of the audio, from the folder of the table, out of which only a path
///                    from the root leads
///     start_seconds  where the file begins in the piece, 0 … 100000; empty: 0
///     gain_db        of the file, -200 … 200; empty: 0
///     alternative    another recording of the same part (a microphone, a take, a player):
///                    of a part that has several, one is read
///
/// The first line names the columns, in any order; piece, part, instrument and path must be
/// there. Rows of empty cells are passed over.
namespace sep {

struct ManifestOptions {
  std::string alternative;  ///< what is read of parts that have it; empty, and of other
                            ///< parts: the first in the file

  template <class Archive>
  void visit(Archive& archive) {
    archive("alternative",
            alternative,
            "what is read of parts that have it; of others their first");
  }
};

/// The dataset that a table describes. Each fault is a line such as
///
///     set.csv:7: stems/violin.wav: no such file
///     set.csv:9: start_seconds = -1: wants 0 to 100000
///
/// and the rows without fault are there as if the others were not. Throws ErrorList where
/// the first line is at fault; Error for a file that cannot be read, is no CSV (csv.h) or
/// has no row, and for an alternative that no part has.
FoundDataset find_manifest(const ManifestOptions& options,
                           const std::filesystem::path& file);

/// The same of text as if it lay in `file`, without looking for the files it names.
FoundDataset parse_manifest(const ManifestOptions& options,
                            const std::string& text,
                            const std::filesystem::path& file);

/// A dataset of any layout as such a table, to be written to `file`: paths below its folder
/// from there, others from the root; rows by piece, the mixture first, and by part. No
/// audio is read. A gain may be another in its last bits when it is read again. Throws as
/// the layout does, ErrorList with the faults it finds; Error for what a table cannot say:
/// a gain that is no ratio of levels (0, negative), a start in samples, a name of several
/// lines.
CsvTable describe_dataset(const std::filesystem::path& root,
                          const DataOptions& options,
                          const std::filesystem::path& file);

}  // namespace sep
