#include "libsep/experiment/validation_scores.h"

#include "libsep/core/error.h"
#include "libsep/metrics/bss_eval.h"
#include "libsep/metrics/bss_scale.h"
#include "libsep/separation/separator.h"
#include "tests/support/catch_torch.h"
#include "tests/support/messages.h"
#include "tests/support/networks.h"
#include "tests/support/signals.h"

using namespace sep;

namespace {

/// Two pieces of three stems.
class TwoPieces final : public WaveformExamples {
 public:
  const std::vector<StemName>& stems() const override { return names_; }
  std::optional<int64_t> size() const override { return 2; }
  WaveformExample get(int64_t /*iteration*/, int64_t index) const override {
    WaveformExample example;
    example.num_samples = 2000;
    example.mixture.assign(2000, 0.0F);
    for (uint64_t s = 0; s < names_.size(); ++s) {
      auto stem = make_noise(1, 2000, 44100, 10 * uint64_t(index) + s).samples;
      if (s == silent) std::fill(stem.begin(), stem.end(), 0.0F);
      for (size_t n = 0; n < stem.size(); ++n) example.mixture[n] += stem[n];
      example.stems.insert(example.stems.end(), stem.begin(), stem.end());
    }
    return example;
  }

  size_t silent = 9;  // none

 private:
  std::vector<StemName> names_ = {"bassoon", "clarinet", "violin"};
};

ModelDescription describe(const std::vector<StemName>& stems) {
  Convolution::add();
  ModelDescription description;
  description.type = "convolution";
  description.network = "reach: 3\n";
  description.instrument = "some";
  description.stems = stems;
  return description;
}

struct Trained {
  explicit Trained(const std::vector<StemName>& stems)
      : description(describe(stems)), network(make_model(description)) {
    network->init_parameters(RandomStream(1));
    network->eval();
  }
  double score(const WaveformExamples& pieces, const std::string& name) const {
    return validation_scores(*network, description, pieces, name, torch::kCPU).at(name);
  }

  ModelDescription description;
  std::shared_ptr<Network> network;
};

Signal signal_of(const float* samples) { return {1, 44100, {samples, samples + 2000}}; }

}  // namespace

TEST_CASE("scores of validation are means over pieces and stems", "[experiment]") {
  const Trained trained({"violin", "bassoon"});
  TwoPieces pieces;
  const bool rests = GENERATE(false, true);
  if (rests) pieces.silent = 0;
  const Separator separator({{trained.description, trained.network}});
  double si_sdr = 0.0, images = 0.0;
  int64_t count = 0;
  for (int64_t i = 0; i < 2; ++i) {
    const auto example = pieces.get(0, i);
    const auto mixture = signal_of(example.mixture.data());
    auto estimates = separator.separate(mixture);
    estimates["clarinet"] = mixture;  // whatever it is: no other's score depends on it
    std::vector<Signal> references, all;
    for (int64_t s = 0; s < 3; ++s) {
      references.push_back(signal_of(example.stem(s)));
      all.push_back(estimates.at(pieces.stems()[size_t(s)]));
    }
    const auto bss = bss_eval_images(references, all);
    for (const size_t s : {0, 2}) {
      if (s == pieces.silent) continue;
      si_sdr +=
          score_estimate(references[s], subtract(mixture, references[s]), all[s]).si_sdr;
      images += bss.sdr[s];
      ++count;
    }
  }
  CHECK(count == (rests ? 2 : 4));
  CHECK(trained.score(pieces, "si_sdr") == si_sdr / double(count));
  // SDR is SNR; the other estimates change its sums by nothing.
  CHECK(trained.score(pieces, "bss_images.sdr") == images / double(count));
  CHECK_THROWS_AS(trained.score(pieces, "sdr"), Error);
  CHECK_THROWS_AS(Trained({"oboe"}).score(pieces, "si_sdr"), Error);
}

TEST_CASE("scores that no piece has are told", "[experiment][failure]") {
  TwoPieces pieces;
  pieces.silent = 0;
  CHECK(message_of([&] { Trained({"bassoon"}).score(pieces, "bss_v3.sir"); }) ==
        "bss_v3.sir: no validation piece has such a score");
  Dataset dataset;
  dataset.pieces.resize(1);
  dataset.pieces[0].name = "01-X";
  dataset.pieces[0].sample_rate = 44100;
  for (const char* name : {"loss", "si_sdr", "bss_v3.sdr"}) check_choose_by(name, dataset);
  dataset.pieces[0].num_channels = 2;
  CHECK(message_of([&] { check_choose_by("bss_v3.sdr", dataset); }) ==
        "train.choose_by = bss_v3.sdr: 01-X: BSS Eval of sources: wants mono, found 2 "
        "channels; bss_images and bss_v4 take any number");
  check_choose_by("bss_images.sdr", dataset);
}
