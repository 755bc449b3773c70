#include "libsep/eval/score_row.h"

#include <limits>

#include "libsep/core/random.h"
#include "tests/eval/rows.h"
#include "tests/support/catch_torch.h"
#include "tests/support/signals.h"

using namespace sep;

namespace {

Signal noise(uint64_t seed) { return make_noise(1, 1000, 44100, seed); }

}  // namespace

TEST_CASE("what cannot be scored becomes a status", "[eval][failure]") {
  const auto target = noise(1);
  const auto rest = noise(2);
  const auto mixture = mix({&target, &rest});
  const auto silence = make_silence(1, 1000, 44100);
  CHECK(score_row({}, target, rest, mixture).status == ScoreStatus::kOk);
  CHECK(score_row({}, silence, rest, mixture).status == ScoreStatus::kSilentReference);
  CHECK(score_row({}, target, rest, silence).status == ScoreStatus::kSilentEstimate);
  CHECK(score_row({}, target, rest, make_silence(1, 999, 44100)).status ==
        ScoreStatus::kFailed);
  auto broken = mixture;
  broken.samples[3] = std::numeric_limits<float>::quiet_NaN();
  CHECK(score_row({}, target, rest, broken).status == ScoreStatus::kFailed);
  // A piece in which one instrument plays alone still has scores.
  CHECK(score_row({}, target, silence, mixture).status == ScoreStatus::kOk);
}

TEST_CASE("the table of scores has the columns that others read", "[eval]") {
  auto ok = row_of("violin", 1.25);
  ok.window_length = 512;
  ok.hop_length = 128;
  ok.scores.si_sir = std::numeric_limits<double>::infinity();
  auto silent = row_of("bassoon", 0.0, "mixture");
  silent.status = ScoreStatus::kSilentReference;
  const auto text = to_csv(scores_table({ok, silent}));
  CHECK(text ==
        "scores_version,model,protocol,seed,fold,piece,instrument,estimate,window_length,"
        "hop_length,si_sdr_db,si_sir_db,si_sar_db,sd_sdr_db,snr_db,srr_db,si_sdri_db,"
        "sd_sdri_db,snri_db,status\n"
        "2,Model A,clean,0,1,01-X,violin,model,512,128,1.250000,inf,3.250000,0.000000,"
        "4.250000,0.000000,5.250000,0.000000,0.000000,ok\n"
        "2,Model A,clean,0,1,01-X,bassoon,mixture,,,,,,,,,,,,silent_reference\n");
}
