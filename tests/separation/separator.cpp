#include "libsep/separation/separator.h"

#include <algorithm>
#include <cmath>

#include "libsep/audio/resample.h"
#include "libsep/core/random.h"
#include "libsep/dsp/long_term_spectrum.h"
#include "libsep/model/mask_inference.h"
#include "libsep/separation/detail/network_estimates.h"
#include "libsep/separation/stream_separator.h"
#include "tests/support/catch_torch.h"
#include "tests/support/host_settings.h"
#include "tests/support/paths.h"
#include "tests/support/signals.h"

using namespace sep;

namespace {

LoadedModel small_model(const StemName& instrument, uint64_t seed = 1) {
  LoadedModel loaded;
  loaded.description.instrument = instrument;
  loaded.description.mask_inference.hidden_size = 6;
  loaded.description.stft = {64, 16};
  loaded.model = make_model(loaded.description);
  loaded.model->init_parameters(RandomStream(seed));
  loaded.model->eval();
  return loaded;
}

/// A mask of one in every bin: nothing but the bias reaches the sigmoid.
LoadedModel open_model(const StemName& instrument) {
  auto loaded = small_model(instrument);
  const torch::NoGradGuard no_gradients;
  auto parameters = loaded.model->named_parameters();
  parameters["embedding.linear.weight"].zero_();
  parameters["embedding.linear.bias"].fill_(40.0);  // sigmoid(40) is 1 in single precision
  return loaded;
}

Signal noise(int64_t num_channels, int64_t num_samples) {
  return make_noise(num_channels, num_samples, 44100);
}

}  // namespace

TEST_CASE("a mask of ones gives the mixture back", "[separation]") {
  const auto num_samples = GENERATE(int64_t{1}, 10, 63, 64, 5000);
  const auto num_channels = GENERATE(int64_t{1}, 2);
  const auto mixture = noise(num_channels, num_samples);
  const auto stems = Separator({open_model("violin")}).separate(mixture);
  REQUIRE(stems.size() == 1);
  const auto& violin = stems.at("violin");
  REQUIRE(violin.num_samples() == num_samples);
  REQUIRE(violin.num_channels == num_channels);
  CHECK(peak(subtract(mixture, violin)) < 2e-6F * peak(mixture));
}

TEST_CASE("channels are separated each by itself", "[separation]") {
  const Separator separator({small_model("violin")});
  const auto stereo = noise(2, 3000);
  const auto both = separator.separate(stereo).at("violin");
  for (int64_t c = 0; c < 2; ++c) {
    Signal one = make_silence(1, 3000, 44100);
    std::copy(stereo.channel(c), stereo.channel(c) + 3000, one.samples.begin());
    const auto alone = separator.separate(one).at("violin");
    float worst = 0.0F;
    for (int64_t n = 0; n < 3000; ++n) {
      worst = std::max(
          worst, std::abs(alone.samples[static_cast<size_t>(n)] - both.channel(c)[n]));
    }
    // Matrix products of another size add up in another order: some eps.
    CHECK(worst < 1e-5F * peak(stereo));
  }
}

TEST_CASE("several models give a stem each, the same as alone", "[separation]") {
  const auto mixture = noise(1, 2000);
  const auto stems =
      Separator({small_model("violin", 1), small_model("bassoon", 2)}).separate(mixture);
  REQUIRE(stems.size() == 2);
  CHECK(stems.at("bassoon").samples ==
        Separator({small_model("bassoon", 2)}).separate(mixture).at("bassoon").samples);
  CHECK(stems.at("bassoon").samples != stems.at("violin").samples);
}

TEST_CASE("a saved model separates as before", "[separation]") {
  const TemporaryFolder folder;
  const auto model = small_model("violin");
  save_model(folder / "violin.safetensors", *model.model, model.description);
  const auto mixture = noise(1, 2000);
  CHECK(Separator::load(folder / "violin.safetensors")
            .separate(mixture)
            .at("violin")
            .samples == Separator({model}).separate(mixture).at("violin").samples);
}

TEST_CASE("a separator refuses what does not fit", "[separation][failure]") {
  CHECK_THROWS_AS(Separator(std::vector<LoadedModel>{}), Error);
  CHECK_THROWS_AS(Separator({small_model("violin"), small_model("violin")}), Error);
  auto other_rate = small_model("bassoon");
  other_rate.description.sample_rate = 48000;
  CHECK_THROWS_AS(Separator({small_model("violin"), other_rate}), Error);
  auto mixture = noise(1, 100);
  mixture.sample_rate = 48000;
  CHECK_THROWS_AS(Separator({small_model("violin")}).separate(mixture), Error);
}

namespace {

/// A network that notices where it is taken.
class Watched : public MaskInference {
 public:
  using MaskInference::MaskInference;
  void to(torch::Device device, bool non_blocking) override {
    ++num_moves;
    MaskInference::to(device, non_blocking);
  }
  int num_moves = 0;
};

}  // namespace

TEST_CASE("a separator leaves the models it is given as they are", "[separation]") {
  auto violin = small_model("violin");
  const auto watched = std::make_shared<Watched>(33, violin.description.mask_inference);
  watched->init_parameters(RandomStream(1));
  watched->eval();
  violin.model = watched;
  const auto mixture = noise(1, 3000);
  const Separator first({violin});
  const auto wanted = first.separate(mixture).at("violin").samples;
  SECTION("where another is to use them on another device") {
    // LibTorch's modules cannot go to this one; what matters is who is asked to.
    CHECK_THROWS(Separator({violin}, torch::Device(torch::kMeta)));
  }
  SECTION("where they are in training mode") {
    violin.model->train();
    const Separator second({violin});
    CHECK(violin.model->is_training());
    CHECK(second.separate(mixture).at("violin").samples == wanted);
    violin.model->eval();
  }
  CHECK(watched->num_moves == 0);
  CHECK(first.separate(mixture).at("violin").samples == wanted);
}

TEST_CASE("a separation leaves a host's settings as they were", "[separation][host]") {
  const HostSettings host(3);
  const auto mixture = noise(1, 3000);
  const Separator separator({small_model("violin"), small_model("bassoon", 2)});
  separator.separate(mixture);
  host.check();
  StreamSeparator stream(separator, 1);
  stream.push(mixture);
  stream.finish();
  while (!stream.next().empty()) continue;
  host.check();
}

namespace {

/// A tone that swells and dies away: no edges for a resampler to ring at.
Signal swelling_tone(int64_t num_samples) {
  Signal tone = make_silence(1, num_samples, 44100);
  const double turns = 2.0 * M_PI / static_cast<double>(num_samples);
  for (int64_t n = 0; n < num_samples; ++n) {
    const auto time = static_cast<double>(n);
    tone.samples[static_cast<size_t>(n)] =
        static_cast<float>((0.5 - 0.5 * std::cos(turns * time)) *
                           std::sin(2.0 * M_PI * 440.0 / 44100.0 * time));
  }
  return tone;
}

}  // namespace

TEST_CASE("passes come back in time and at the same level", "[separation][passes]") {
  const int64_t num_passes = GENERATE(int64_t{2}, 3, 5, 9);
  const auto tone = swelling_tone(GENERATE(int64_t{20000}, 20001, 22222));
  const auto same = Separator({open_model("violin")}, torch::kCPU, {num_passes, false})
                        .separate(tone)
                        .at("violin");
  REQUIRE(same.num_samples() == tone.num_samples());
  REQUIRE(same.sample_rate == 44100);
  // There and back by a resampler of 20 bits or more: each way 2^-20 of the peak, and a
  // sample's shift would be 0.06 of it.
  CHECK(peak(subtract(tone, same)) < 4e-6F * peak(tone));
}

TEST_CASE("passes are the mean of recordings at other speeds", "[separation][passes]") {
  const auto mixture = noise(2, 6001);
  const Separator once({small_model("violin")});
  const auto as_it_is = once.separate(mixture).at("violin");
  Signal wanted = as_it_is;
  for (const int64_t rate : {45423, 42816}) {  // 44100 times 1.03, and by 1.03
    auto other = mixture;
    other.sample_rate = rate;
    auto estimate = once.separate(resample(other, 44100)).at("violin");
    estimate = resample(estimate, rate);
    for (int64_t c = 0; c < 2; ++c) {
      for (int64_t n = 0; n < 6001; ++n) wanted.channel(c)[n] += estimate.channel(c)[n];
    }
  }
  for (auto& x : wanted.samples) x /= 3.0F;
  const auto found =
      Separator({small_model("violin")}, torch::kCPU, {3, false}).separate(mixture);
  CHECK(peak(subtract(found.at("violin"), wanted)) < 1e-6F * peak(mixture));
  CHECK(peak(subtract(found.at("violin"), as_it_is)) > 1e-2F * peak(mixture));
}

TEST_CASE("passes are one to nine", "[separation][passes][failure]") {
  const int64_t num_passes = GENERATE(int64_t{-1}, 0, 10);
  CHECK_THROWS_WITH(Separator({small_model("violin")}, torch::kCPU, {num_passes, false}),
                    Catch::Matchers::Contains("num_passes"));
}

namespace {

/// Bins as wide as what is smoothed over, so that each is matched by itself.
LoadedModel joint_model(const std::vector<float>& training_spectrum) {
  LoadedModel loaded;
  loaded.description.type = "joint_blstm";
  loaded.description.network = "num_bins: 12\nnum_features: 6\nhidden_size: 5\n";
  loaded.description.stft = {32, 8, StftWindow::kHann};
  loaded.description.sample_rate = 8000;
  loaded.description.stems = {"bassoon", "violin"};
  loaded.model = make_model(loaded.description);
  loaded.model->init_parameters(RandomStream(2));
  auto mean = loaded.model->named_buffers()["input_normalization.batch_norm.running_mean"];
  for (size_t f = 0; f < training_spectrum.size(); ++f) {
    mean[static_cast<int64_t>(f)] = training_spectrum[f];
  }
  loaded.model->eval();
  return loaded;
}

std::vector<float> falling_spectrum() {
  std::vector<float> spectrum;
  for (int f = 0; f < 12; ++f) spectrum.push_back(-0.2F * static_cast<float>(f));
  return spectrum;
}

}  // namespace

TEST_CASE("what a network hears is matched to its training", "[separation][match]") {
  const auto wanted = falling_spectrum();
  const auto model = joint_model(wanted);
  auto mixture = make_noise(2, 8000, 8000, 3, GENERATE(1e-3, 0.1, 10.0));
  for (int64_t n = 0; n < 8000; ++n) mixture.channel(1)[n] *= 0.5F;
  const Stft stft(model.description.stft);
  const auto spectrogram = stft.forward(mixture);
  const auto scaling = sep::detail::input_scaling(
      model, 2, rms(mixture), true, [&](const auto& use) { use(spectrogram); });
  const auto input =
      sep::detail::network_input(*model.model, spectrogram, scaling, torch::kCPU);
  for (int64_t c = 0; c < 2; ++c) {
    LongTermSpectrum heard(model.description.stft, 1, 12);
    const auto channel = input[c].contiguous();  // (T, F)
    heard.add(channel.data_ptr<float>(), 0, channel.size(0));
    const auto found = heard.means().front();
    for (size_t f = 0; f < 12; ++f) {
      // Floats, and powers of noise that come near the floor of 1e-6 in few bins.
      CHECK(double(found[f]) == Approx(double(wanted[f])).margin(1e-3));
    }
  }
}

TEST_CASE("a matched recording's level and silence are kept", "[separation][match]") {
  const Separator separator({joint_model(falling_spectrum())}, torch::kCPU, {1, true});
  const auto mixture = make_noise(1, 4000, 8000);
  auto louder = mixture;
  for (float& x : louder.samples) x *= 4.0F;
  const auto stems = separator.separate(mixture);
  const auto loud_stems = separator.separate(louder);
  for (const auto& [name, stem] : stems) {
    auto scaled = stem;
    for (float& x : scaled.samples) x *= 4.0F;
    // The gain's rounding, through an LSTM.
    CHECK(peak(subtract(loud_stems.at(name), scaled)) < 1e-5F * peak(louder));
  }
  const auto is_zero = [](float x) { return x == 0.0F; };
  for (const auto& [name, stem] : separator.separate(make_silence(2, 4000, 8000))) {
    CHECK(std::all_of(stem.samples.begin(), stem.samples.end(), is_zero));
  }
  auto half = make_silence(2, 4000, 8000);  // a channel of it
  std::copy(mixture.samples.begin(), mixture.samples.end(), half.samples.begin());
  for (const auto& [name, stem] : separator.separate(half)) {
    CHECK(std::all_of(
        stem.channel(0), stem.channel(0) + 4000, [](float x) { return std::isfinite(x); }));
    CHECK(std::all_of(stem.channel(1), stem.channel(1) + 4000, is_zero));
  }
}

TEST_CASE("a network that does not know its training's spectrum matches none",
          "[separation][match][failure]") {
  CHECK_THROWS_WITH(Separator({small_model("violin")}, torch::kCPU, {1, true}),
                    Catch::Matchers::Contains("the model for violin does not know the "
                                              "spectrum of its training"));
}
