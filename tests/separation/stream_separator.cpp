#include "libsep/separation/stream_separator.h"

#include <limits>
#include <thread>

#include "libsep/audio/file.h"
#include "libsep/core/random.h"
#include "tests/support/catch_torch.h"
#include "tests/support/networks.h"
#include "tests/support/paths.h"
#include "tests/support/signals.h"

using namespace sep;

namespace {

struct Settings {
  StftOptions stft;
  int64_t num_layers;
  LstmBackend lstm;
};

/// A model that forgets nothing: forget gates at sigmoid(20), which is 1 - 2e-9, so that
/// only carrying states from block to block can give what the whole gives.
LoadedModel unforgetting_model(const StemName& instrument,
                               const Settings& kind,
                               uint64_t seed) {
  LoadedModel loaded;
  loaded.description.instrument = instrument;
  loaded.description.mask_inference.hidden_size = 6;
  loaded.description.mask_inference.num_layers = kind.num_layers;
  loaded.description.mask_inference.lstm = kind.lstm;
  loaded.description.stft = kind.stft;
  loaded.description.sample_rate = 8000;
  loaded.model = make_model(loaded.description);
  loaded.model->init_parameters(RandomStream(seed));
  const torch::NoGradGuard no_gradients;
  for (auto& parameter : loaded.model->named_parameters()) {
    if (parameter.key().find("bias_ih") != std::string::npos) {
      parameter.value().slice(0, 6, 12).fill_(20.0);
    }
    // Quiet gates: a cell that grows for long saturates, and remembers nothing then.
    if (parameter.key().find("rnn.weight") != std::string::npos) parameter.value() *= 1e-4;
  }
  loaded.model->eval();
  return loaded;
}

Signal noise(int64_t num_channels, int64_t num_samples) {
  return make_noise(num_channels, num_samples, 8000);
}

/// All of the stream's blocks together.
std::map<StemName, Signal> streamed(const Separator& separator,
                                    const Signal& mixture,
                                    double block_seconds,
                                    int64_t push_samples = 1000) {
  StreamSeparator stream(separator, mixture.num_channels, {block_seconds, {}, 0.0});
  for (int64_t n = 0; n < mixture.num_samples(); n += push_samples) {
    stream.push(slice(mixture, n, std::min(n + push_samples, mixture.num_samples())));
  }
  stream.finish();
  std::map<StemName, std::vector<std::vector<float>>> channels;
  for (auto stems = stream.next(); !stems.empty(); stems = stream.next()) {
    for (const auto& [name, part] : stems) {
      auto& stem = channels[name];
      stem.resize(static_cast<size_t>(mixture.num_channels));
      for (int64_t c = 0; c < part.num_channels; ++c) {
        auto& channel = stem[static_cast<size_t>(c)];
        channel.insert(
            channel.end(), part.channel(c), part.channel(c) + part.num_samples());
      }
    }
  }
  std::map<StemName, Signal> result;
  for (const auto& [name, stem] : channels) {
    Signal signal{mixture.num_channels, mixture.sample_rate, {}};
    for (const auto& channel : stem) {
      signal.samples.insert(signal.samples.end(), channel.begin(), channel.end());
    }
    result[name] = signal;
  }
  return result;
}

void check_same(const std::map<StemName, Signal>& found,
                const std::map<StemName, Signal>& wanted,
                const Signal& mixture,
                double tolerance) {
  REQUIRE(found.size() == wanted.size());
  for (const auto& [name, stem] : wanted) {
    INFO(name);
    REQUIRE(found.at(name).samples.size() == stem.samples.size());
    CHECK(peak(subtract(found.at(name), stem)) <= tolerance * peak(mixture));
  }
}

// The same sums in the same order but for matrix products of other sizes; 1e-4 of the
// peak is what is promised.
constexpr double kTolerance = 2e-6;

}  // namespace

TEST_CASE("blocks give what the whole gives", "[separation][stream]") {
  const auto kind = GENERATE(Settings{{64, 16}, 1, LstmBackend::kAuto},
                             Settings{{64, 16}, 3, LstmBackend::kAuto},
                             Settings{{64, 24}, 2, LstmBackend::kTorch},
                             Settings{{256, 64}, 2, LstmBackend::kAuto},
                             Settings{{64, 48}, 1, LstmBackend::kAuto});
  // Around whole blocks of 0.1 s, 800 samples (816 for a hop of 24, 832 for 64).
  const auto num_samples =
      GENERATE(int64_t{1}, 63, 799, 800, 801, 815, 816, 817, 832, 1599, 1600, 2449, 5000);
  const auto num_channels = GENERATE(int64_t{1}, 3);
  const Separator separator({unforgetting_model("violin", kind, 1)});
  const auto mixture = noise(num_channels, num_samples);
  check_same(
      streamed(separator, mixture, 0.1), separator.separate(mixture), mixture, kTolerance);
}

TEST_CASE("the model of these tests does remember", "[separation][stream]") {
  const Separator separator(
      {unforgetting_model("violin", {{64, 16}, 1, LstmBackend::kAuto}, 1)});
  const auto mixture = noise(1, 16000);
  const auto whole = separator.separate(mixture).at("violin");
  const auto alone = separator.separate(slice(mixture, 0, 8000)).at("violin");
  const auto begin = slice(whole, 0, 4000);  // half a second before the cut
  CHECK(peak(subtract(begin, slice(alone, 0, 4000))) > 1e-3 * peak(mixture));
}

TEST_CASE("models of several windows come out together", "[separation][stream]") {
  const Separator separator(
      {unforgetting_model("violin", {{64, 16}, 2, LstmBackend::kAuto}, 1),
       unforgetting_model("bassoon", {{256, 96}, 1, LstmBackend::kAuto}, 2)});
  const auto mixture = noise(2, 9001);
  const auto stems = streamed(separator, mixture, 0.1, 777);
  REQUIRE(stems.size() == 2);
  check_same(stems, separator.separate(mixture), mixture, kTolerance);
}

TEST_CASE("no samples give no samples", "[separation][stream]") {
  const Separator separator(
      {unforgetting_model("violin", {{64, 16}, 1, LstmBackend::kAuto}, 1)});
  StreamSeparator stream(separator, 1);
  stream.finish();
  for (auto stems = stream.next(); !stems.empty(); stems = stream.next()) {
    CHECK(stems.at("violin").num_samples() == 0);
  }
}

TEST_CASE("progress reaches one and never goes back", "[separation][stream]") {
  const Separator separator(
      {unforgetting_model("violin", {{64, 16}, 2, LstmBackend::kAuto}, 1),
       unforgetting_model("bassoon", {{64, 16}, 1, LstmBackend::kAuto}, 2)});
  StreamSeparator stream(separator, 1, {0.1, {}, 0.0});
  stream.push(noise(1, 8000));
  double last = 0.0;
  stream.finish([&](double done) {
    CHECK(done >= last);
    last = done;
  });
  CHECK(last > 0.2);
  CHECK(last < 0.8);
  while (!stream.next().empty()) continue;
  CHECK(last == Approx(1.0));
}

TEST_CASE("what the report throws ends the work", "[separation][stream]") {
  const Separator separator(
      {unforgetting_model("violin", {{64, 16}, 1, LstmBackend::kAuto}, 1)});
  StreamSeparator stream(separator, 1, {0.1, {}, 0.0});
  stream.push(noise(1, 8000));
  CHECK_THROWS_AS(stream.finish([](double) { throw Failure("stop"); }), Failure);
}

TEST_CASE("many threads share one separator", "[separation][stream]") {
  const Separator separator(
      {unforgetting_model("violin", {{64, 16}, 2, LstmBackend::kAuto}, 1)});
  const auto mixture = noise(1, 6000);
  const auto whole = separator.separate(mixture);
  const auto blocks = streamed(separator, mixture, 0.1);
  std::vector<std::map<StemName, Signal>> results(8);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&, i] {
      results[i] =
          i % 2 == 0 ? separator.separate(mixture) : streamed(separator, mixture, 0.1);
    });
  }
  for (auto& thread : threads) thread.join();
  for (size_t i = 0; i < results.size(); ++i) {
    CHECK(results[i].at("violin").samples ==
          (i % 2 == 0 ? whole : blocks).at("violin").samples);
  }
}

TEST_CASE("a stream refuses what does not fit", "[separation][stream][failure]") {
  const Separator separator(
      {unforgetting_model("violin", {{64, 16}, 1, LstmBackend::kAuto}, 1)});
  const TemporaryFolder folder;
  CHECK_THROWS_AS(StreamSeparator(separator, 0), Error);
  CHECK_THROWS_AS(StreamSeparator(separator, 1, {0.0, {}, 0.0}), ConfigError);
  CHECK_THROWS_AS(StreamSeparator(separator, 1, {10.0, folder / "absent", 0.0}), Error);
  StreamSeparator stream(separator, 1);
  CHECK_THROWS_AS(stream.next(), Error);
  CHECK_THROWS_AS(stream.push(noise(2, 10)), Error);
  stream.finish();
  CHECK_THROWS_AS(stream.push(noise(1, 10)), Error);
  CHECK_THROWS_AS(stream.finish(), Error);
}

TEST_CASE("hops without common divisors are refused, not multiplied",
          "[separation][failure]") {
  const auto separator_of = [](const std::vector<int64_t>& hops) {
    std::vector<LoadedModel> models;
    for (const int64_t hop : hops) {
      models.push_back(unforgetting_model(
          fmt::format("hop-{}", hop), {{2048, hop}, 1, LstmBackend::kAuto}, 1));
    }
    return Separator(std::move(models), torch::kCPU);
  };
  // 15 s at 8000 Hz are 120000 samples.
  CHECK_NOTHROW(StreamSeparator(separator_of({128, 512, 1000}), 1));  // 64000
  for (const auto& hops : std::vector<std::vector<int64_t>>{
           {509, 512}, {499, 503, 509, 512, 487, 491, 479, 463}}) {  // 260608; above 2^63
    try {
      const auto separator = separator_of(hops);
      StreamSeparator stream(separator, 1);
      FAIL("was taken");
    } catch (const Error& error) {
      const std::string message = error.what();
      INFO(message);
      for (const int64_t hop : hops) {
        CHECK(message.find(fmt::format("{} (hop-{})", hop, hop)) != std::string::npos);
      }
      CHECK(message.find("none up to 15 s") != std::string::npos);
      CHECK(message.find('\n') == std::string::npos);
    }
  }
}

namespace {

LoadedModel joint_model(const ModelDescription& kind) {
  LoadedModel loaded;
  loaded.description = kind;
  loaded.description.instrument = "joint";
  loaded.description.stems = {"bassoon", "oboe", "violin"};
  loaded.description.sample_rate = 8000;
  loaded.model = make_model(loaded.description);
  loaded.model->init_parameters(RandomStream(5));
  loaded.model->eval();
  return loaded;
}

double worst_difference(const std::map<StemName, Signal>& a,
                        const std::map<StemName, Signal>& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0.0;
  for (const auto& [name, stem] : a) {
    const auto& other = b.at(name);
    REQUIRE(stem.samples.size() == other.samples.size());
    for (size_t i = 0; i < stem.samples.size(); ++i) {
      worst = std::max(worst, std::abs(double(stem.samples[i]) - other.samples[i]));
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("a joint model's stems stream without seams, at the recording's level",
          "[separation][stream]") {
  ModelDescription kind;
  kind.type = "joint_blstm";
  kind.network = "num_bins: 20\nnum_features: 6\nhidden_size: 5\n";
  kind.stft = {64, 16, StftWindow::kHann};
  const Separator separator({joint_model(kind)});
  auto mixture = noise(2, 20000);
  // The second half is louder: a level of each block would not be the whole's.
  for (int64_t c = 0; c < 2; ++c) {
    for (int64_t n = 10000; n < 20000; ++n) mixture.channel(c)[n] *= 8.0F;
  }
  const auto whole = separator.separate(mixture);
  // Float sums in another order, as for the other networks here: 2e-6 of the peak.
  CHECK(worst_difference(streamed(separator, mixture, 0.3), whole) <= 2e-6 * peak(mixture));
  Signal sum = whole.at("bassoon");
  for (const char* name : {"oboe", "violin"}) {
    for (size_t i = 0; i < sum.samples.size(); ++i) {
      sum.samples[i] += whole.at(name).samples[i];
    }
  }
  CHECK(rms(subtract(mixture, sum)) <= 1e-5 * rms(mixture));  // masks add up to one
}

namespace {

ModelDescription joint_kind() {
  ModelDescription kind;
  kind.type = "joint_blstm";
  kind.network = "num_bins: 20\nnum_features: 6\nhidden_size: 5\n";
  kind.stft = {64, 16, StftWindow::kHann};
  return kind;
}

Signal scaled(Signal signal, float gain) {
  for (auto& x : signal.samples) x *= gain;
  return signal;
}

}  // namespace

TEST_CASE("blocks of a joint model give what the whole gives", "[separation][stream]") {
  auto kind = joint_kind();
  // Rows of 2 x 5 are no longer than a hop and kept on the disk, rows of 2 x 9 are not.
  const int64_t hidden_size = GENERATE(int64_t{5}, 9);
  const int64_t num_layers = GENERATE(int64_t{1}, 3);
  kind.network =
      fmt::format("num_bins: 20\nnum_features: 6\nhidden_size: {}\nnum_layers: {}\n",
                  hidden_size,
                  num_layers);
  const auto num_samples = GENERATE(int64_t{1}, 799, 800, 816, 1599, 2449, 5000);
  const auto num_channels = GENERATE(int64_t{1}, 3);
  const Separator separator({joint_model(kind)});
  const auto mixture = noise(num_channels, num_samples);
  check_same(
      streamed(separator, mixture, 0.1), separator.separate(mixture), mixture, kTolerance);
}

TEST_CASE("a louder recording gives louder stems and nothing else",
          "[separation][stream][property]") {
  const Separator separator({joint_model(joint_kind())});
  const auto mixture = noise(2, 9000);
  const float gain = GENERATE(0.001F, 0.5F, 10.0F);
  const auto loud = scaled(mixture, gain);
  const auto wanted = separator.separate(mixture);
  const auto whole = separator.separate(loud);
  const auto blocks = streamed(separator, loud, 0.3);
  for (const auto& [name, stem] : wanted) {
    // As between blocks and the whole: magnitudes differ by float's rounding and so do
    // masks.
    const auto limit = 2e-6F * peak(loud);
    CHECK(peak(subtract(whole.at(name), scaled(stem, gain))) <= limit);
    CHECK(peak(subtract(blocks.at(name), scaled(stem, gain))) <= limit);
  }
}

TEST_CASE("the level is that of all channels, a silent one as well",
          "[separation][stream]") {
  const Separator separator({joint_model(joint_kind())});
  const auto mono = noise(1, 9000);
  auto stereo = make_silence(2, 9000, 8000);
  std::copy(mono.samples.begin(), mono.samples.end(), stereo.channel(1));
  const auto whole = separator.separate(stereo);
  check_same(streamed(separator, stereo, 0.3), whole, stereo, kTolerance);
  // Half of the power is missing: as a mono recording that is given the level of the two.
  StreamOptions options{0.3, {}, rms(mono) / std::sqrt(2.0)};
  StreamSeparator stream(separator, 1, options);
  stream.push(mono);
  stream.finish();
  int64_t begin = 0;
  for (auto stems = stream.next(); !stems.empty(); stems = stream.next()) {
    int64_t count = 0;
    for (const auto& [name, part] : stems) {
      count = part.num_samples();
      const auto both = slice(whole.at(name), begin, begin + count);
      CHECK(std::all_of(
          both.channel(0), both.channel(0) + count, [](float x) { return x == 0.0F; }));
      for (int64_t n = 0; n < count; ++n) {
        if (std::abs(both.channel(1)[n] - part.samples[static_cast<size_t>(n)]) >
            kTolerance * peak(mono)) {
          FAIL(name << " differs at sample " << begin + n);
        }
      }
    }
    begin += count;
  }
  CHECK(begin == 9000);
}

TEST_CASE("a part of a recording at the whole's level", "[separation][stream]") {
  const Separator separator({joint_model(joint_kind())});
  const auto part = noise(1, 4000);
  StreamSeparator stream(separator, 1, {10.0, {}, 3.0 * rms(part)});
  stream.push(part);
  stream.finish();
  const auto louder = stream.next().at("violin");
  const auto alone = separator.separate(part).at("violin");
  CHECK(peak(subtract(louder, alone)) > 1e-3F * peak(part));  // another mask
}

TEST_CASE("silence and what is nearly silent stay so", "[separation][stream]") {
  const Separator separator({joint_model(joint_kind())});
  const float gain = GENERATE(0.0F, 1e-30F, 1e-38F);
  const auto mixture = scaled(noise(2, 3000), gain);
  for (const auto& stems :
       {separator.separate(mixture), streamed(separator, mixture, 0.3)}) {
    for (const auto& [name, stem] : stems) {
      for (const float x : stem.samples) {
        if (!(std::abs(x) <= 4 * peak(mixture))) FAIL(name << " has " << x);
      }
    }
  }
}

TEST_CASE("what is not finite is refused where it is", "[separation][stream][failure]") {
  const Separator separator({joint_model(joint_kind())});
  auto mixture = noise(2, 3000);
  mixture.channel(1)[17] = GENERATE(std::numeric_limits<float>::quiet_NaN(),
                                    -std::numeric_limits<float>::infinity());
  const std::string wanted = "the mixture's sample 17 of channel 1 is not finite";
  CHECK_THROWS_WITH(separator.separate(mixture), wanted);
  StreamSeparator stream(separator, 2);
  CHECK_THROWS_WITH(stream.push(mixture), wanted);
  CHECK_THROWS_AS(StreamSeparator(separator, 2, {10.0, {}, -1.0}), ConfigError);
  CHECK_THROWS_AS(
      StreamSeparator(separator, 2, {10.0, {}, std::numeric_limits<double>::infinity()}),
      ConfigError);
}

TEST_CASE("blocks of a network that says how far it hears have no seams",
          "[separation][stream]") {
  Convolution::add();
  const auto reach = GENERATE(0, 40, 3000);
  const auto num_samples = GENERATE(int64_t{0}, 1, 2400, 20001);
  ModelDescription kind;
  kind.type = "convolution";
  kind.network = fmt::format("reach: {}\n", reach);
  const Separator separator({joint_model(kind)});
  const auto mixture = noise(2, num_samples);
  if (num_samples == 0) {
    const auto nothing = streamed(separator, mixture, 0.3);
    for (const auto& [name, stem] : nothing) CHECK(stem.samples.empty());
    return;
  }
  const auto whole = separator.separate(mixture);
  // Sums of up to 6001 products, in another order where LibTorch splits them.
  CHECK(worst_difference(streamed(separator, mixture, 0.3), whole) <=
        1e-4 * std::max(1.0F, peak(mixture)));
}

TEST_CASE("blocks of a network that may hear everything fade into each other",
          "[separation][stream]") {
  Convolution::add();
  ModelDescription kind;
  kind.type = "convolution";
  kind.network = "reach: 4000\nsays_reach: false\n";  // half a second of the 8 around
  const Separator separator({joint_model(kind)});
  const auto mixture = noise(1, 8000 * 40);
  CHECK(worst_difference(streamed(separator, mixture, 4.0), separator.separate(mixture)) <=
        1e-4 * peak(mixture));
}

TEST_CASE("blocks in several passes give what the whole gives",
          "[separation][stream][passes]") {
  const auto num_samples = GENERATE(int64_t{1}, 799, 800, 1600, 5000);
  const auto num_channels = GENERATE(int64_t{1}, 3);
  const int64_t num_passes = GENERATE(int64_t{2}, 3, 4);
  const bool match = num_passes == 3;
  const Separator separator({joint_model(joint_kind())}, torch::kCPU, {num_passes, match});
  const auto mixture = noise(num_channels, num_samples);
  // Resampled in blocks and at once differ by float's rounding, there and back: as many
  // roundings again.
  check_same(streamed(separator, mixture, 0.1),
             separator.separate(mixture),
             mixture,
             2.0 * kTolerance);
}

TEST_CASE("blocks matched to a spectrum give what the whole gives",
          "[separation][stream][match]") {
  const auto num_samples = GENERATE(int64_t{1}, 799, 800, 1600, 5000);
  const auto num_channels = GENERATE(int64_t{1}, 3);
  auto description = joint_kind();
  // Rows of 2 x 5 are no longer than a hop and kept on the disk, rows of 2 x 9 are not.
  description.network = fmt::format("num_bins: 20\nnum_features: 6\nhidden_size: {}\n",
                                    GENERATE(int64_t{5}, 9));
  const auto kind = joint_model(description);
  const Separator separator({kind}, torch::kCPU, {1, true});
  const auto mixture = noise(num_channels, num_samples);
  const auto whole = separator.separate(mixture);
  check_same(streamed(separator, mixture, 0.1), whole, mixture, kTolerance);
  if (num_samples < 800) return;
  // And matching does something.
  CHECK(worst_difference(Separator({kind}).separate(mixture), whole) >
        1e-3F * peak(mixture));
}

TEST_CASE("progress of several passes reaches one and never goes back",
          "[separation][stream][passes]") {
  const Separator separator({joint_model(joint_kind())}, torch::kCPU, {3, false});
  StreamSeparator stream(separator, 1, {0.1, {}, 0.0});
  stream.push(noise(1, 8000));
  double last = 0.0;
  stream.finish([&](double done) {
    CHECK(done >= last);
    last = done;
  });
  CHECK(last < 1.0);
  while (!stream.next().empty()) continue;
  CHECK(last == Approx(1.0));
}
