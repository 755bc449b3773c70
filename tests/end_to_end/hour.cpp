// An hour of audio through sep-separate, in bounded memory. Labelled long.
#include <sys/resource.h>

#include <cmath>

#include "libsep/audio/file.h"
#include "tests/support/catch.h"
#include "tests/support/command.h"
#include "tests/support/pieces.h"

namespace {

constexpr int64_t kRate = 48000;
constexpr int64_t kSeconds = 3600;

/// A second of sound that is another one each time.
sep::Signal second(int64_t number) {
  auto signal = sep::make_silence(2, kRate, kRate);
  for (int64_t c = 0; c < 2; ++c) {
    const double hertz = 110.0 * static_cast<double>(1 + (number * (c + 3)) % 17);
    for (int64_t n = 0; n < kRate; ++n) {
      const double t = static_cast<double>(n) / static_cast<double>(kRate);
      signal.channel(c)[n] =
          static_cast<float>(0.3 * std::exp(-2.0 * t) * std::sin(6.2831853 * hertz * t));
    }
  }
  return signal;
}

}  // namespace

TEST_CASE("an hour is separated in 2 GiB and adds up", "[long]") {
  const TemporaryFolder folder;
  write_pieces(folder / "pieces", 3, 2.0);
  REQUIRE(run_command("printf 'mixtures: {num_train: 2, num_validation: 1, seconds: 1}\\n"
                      "train: {iterations_per_epoch: 2}\\n' >small.yaml; "
                      "sep-train small.yaml --data pieces --out run --folds 1",
                      folder.path())
              .code == 0);
  {
    sep::AudioWriter writer(folder / "hour.wav", 2, kRate, sep::SampleFormat::kInt16);
    for (int64_t s = 0; s < kSeconds; ++s) writer.write(second(s));
    writer.commit();
  }
  const auto result =
      run_command("sep-separate --model run hour.wav --report", folder.path());
  INFO(result.err);
  REQUIRE(result.code == 0);
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  std::printf("largest memory of a command: %ld MiB\n", usage.ru_maxrss / 1024);
  CHECK(usage.ru_maxrss < 2 * 1024 * 1024);  // kB

  std::vector<sep::AudioReader> parts;
  for (const char* name : {"bassoon", "clarinet", "saxphone", "violin", "remainder"}) {
    parts.emplace_back(folder / "separated/hour" / (std::string(name) + ".wav"));
    REQUIRE(parts.back().info().num_samples == kSeconds * kRate);
  }
  sep::AudioReader mixture(folder / "hour.wav");
  float worst = 0.0F;
  for (int64_t s = 0; s < kSeconds; ++s) {
    auto rest = mixture.read(kRate);
    for (auto& part : parts) rest = sep::subtract(rest, part.read(kRate));
    worst = std::max(worst, sep::peak(rest));
  }
  CHECK(worst < 1e-6F);
}
