#include "libsep/data/stem_store.h"

#include "libsep/core/error.h"
#include "libsep/core/threads.h"
#include "libsep/data/piece.h"
#include "libsep/data/stem_survey.h"
#include "tests/support/audio_files.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace sep;

TEST_CASE("a stem is decoded once and kept while there is room", "[data][stem_store]") {
  const TemporaryFolder folder;
  for (const char* piece : {"a", "b", "c"}) write_bach10_piece(folder.path(), piece);
  const auto dataset = open_dataset(folder.path());
  constexpr int64_t kStemBytes = 100 * sizeof(float);
  const auto num_kept = GENERATE(int64_t{0}, 5, 12);
  StemStore stems(dataset, num_kept * kStemBytes);
  const auto num_threads = GENERATE(int64_t{1}, 4);
  survey_stems(stems, num_threads, Progress());
  CHECK(stems.num_decoded() == 12);
  parallel_for(12, num_threads, [&](int64_t i) {
    const auto piece = static_cast<size_t>(i / 4);
    const auto& stem = dataset.instruments[static_cast<size_t>(i % 4)];
    const auto signal = stems.get(piece, stem);
    REQUIRE(signal->samples == load_stem(dataset.pieces[piece], stem).samples);
    REQUIRE(stems.hash(piece, stem) == hash_samples(*signal));
    REQUIRE(stems.get(piece, stem) == signal);  // held by who asked, kept or not
  });
  CHECK(stems.num_decoded() == 12 + (12 - num_kept));
}

TEST_CASE("a stem that changed since it was first read is refused",
          "[data][stem_store][failure]") {
  const TemporaryFolder folder;
  write_bach10_piece(folder.path(), "a");
  const auto dataset = open_dataset(folder.path());
  StemStore stems(dataset, 0);
  stems.hash(0, "violin");
  const auto path = path_of(dataset.pieces[0], "violin");
  write_tone(path, 100, 44100, 4001);
  CHECK_THROWS_WITH(stems.get(0, "violin"),
                    path.string() + ": other samples than when it was first read");
  CHECK_THROWS_WITH(stems.get(0, "oboe"), "piece a: no stem oboe");
}

TEST_CASE("a stem that there is no room for is not decoded where that is asked",
          "[data][stem_store]") {
  const TemporaryFolder folder;
  write_bach10_piece(folder.path(), "a");
  const auto dataset = open_dataset(folder.path());
  StemStore stems(dataset, 100 * sizeof(float));
  const auto kept = stems.get_if_kept(0, "violin");
  REQUIRE(kept != nullptr);
  CHECK(kept == stems.get(0, "violin"));
  CHECK(stems.get_if_kept(0, "bassoon") == nullptr);
  CHECK(stems.num_decoded() == 1);
  const auto held = stems.get(0, "bassoon");
  CHECK(stems.get_if_kept(0, "bassoon") == held);
  CHECK_THROWS_WITH(stems.get_if_kept(0, "oboe"), "piece a: no stem oboe");
}
