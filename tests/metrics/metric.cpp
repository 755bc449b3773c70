#include "libsep/metrics/metric.h"

#include <cmath>
#include <limits>

#include "libsep/core/error.h"
#include "libsep/metrics/bss_metric.h"
#include "libsep/metrics/bss_scale.h"
#include "libsep/metrics/score_choice.h"
#include "libsep/metrics/si_metric.h"
#include "tests/support/catch.h"
#include "tests/support/messages.h"
#include "tests/support/signals.h"

using namespace sep;

namespace {

constexpr int64_t kRate = 8000;
using Signals = std::map<std::string, Signal>;

struct Scene {
  Signals references, estimates;
  Signal mixture;

  MetricInput input(FrameScores frames = FrameScores::kNone) const {
    return {references, mixture, estimates, frames};
  }
};

std::vector<Signal> listed(const Signals& signals) {
  std::vector<Signal> list;
  for (const auto& [name, signal] : signals) list.push_back(signal);
  return list;
}

Signal sum_of(const Signals& signals) {
  std::vector<const Signal*> list;
  for (const auto& [name, signal] : signals) list.push_back(&signal);
  return mix(list);
}

/// Estimates are references with some of the mixture.
Scene make_scene(int64_t num_samples, int64_t num_channels = 1) {
  Scene scene;
  uint64_t seed = 1;
  for (const char* name : {"bassoon", "clarinet", "violin"}) {
    scene.references[name] = make_noise(num_channels, num_samples, kRate, seed++);
  }
  scene.mixture = sum_of(scene.references);
  for (const auto& [name, reference] : scene.references) {
    auto estimate = reference;
    for (size_t n = 0; n < estimate.samples.size(); ++n) {
      estimate.samples[n] += 0.25F * scene.mixture.samples[n];
    }
    scene.estimates[name] = estimate;
  }
  return scene;
}

BssImagesOptions short_images() {
  BssImagesOptions options;
  options.filter_length = 16;
  options.window_seconds = 0.05;
  options.hop_seconds = 0.025;
  return options;
}

BssV4Options short_v4() {
  BssV4Options options;
  options.filter_length = 16;
  options.window_seconds = options.hop_seconds = 0.05;
  return options;
}

BssEvalOptions with_filter(int64_t length) {
  BssEvalOptions options;
  options.filter_length = length;
  return options;
}

struct PeakOptions {
  double offset_db = 3.0;

  template <class Archive>
  void visit(Archive& archive) {
    archive("offset_db", offset_db, "added to all");
  }
};

/// A user's: says wrong things on request.
class Peak final : public Metric {
 public:
  explicit Peak(double offset_db, std::string score = "peak")
      : offset_db_(offset_db), score_(std::move(score)) {}

  MetricDescription describe() const override {
    return {"Peak", {{"peak", "peak"}, {"extra", "extra", ScoreUse::kReport}}};
  }
  MetricResults evaluate(const MetricInput& input) const override {
    MetricResults results;
    for (const auto& [name, estimate] : input.estimates) {
      const double level = 20.0 * std::log10(double(peak(estimate)));
      results[name].values[score_] = level + offset_db_;
      results[name].frames = {{0.0, 1.0, {{"peak", 1.0}, {"extra", std::nan("")}}}};
    }
    if (score_ == "none") results.clear();
    return results;
  }

 private:
  double offset_db_;
  std::string score_;
};

}  // namespace

TEST_CASE("our metrics are in the registry, with their keys", "[metrics][metric]") {
  CHECK(metrics().noun() == "metric");
  for (const char* name : {"si", "bss_v3", "bss_images", "bss_v4"}) {
    INFO(name);
    REQUIRE(metrics().contains(name));
    const auto description = MetricKind(name).make()->describe();
    CHECK_FALSE(description.title.empty());
    CHECK_FALSE(description.scores.empty());
  }
  CHECK(MetricKind("si").make()->describe().scores.size() == 12);
  for (const auto& kind : list_kinds(metrics())) {
    for (const auto& key : kind.keys) CHECK_FALSE(key.meaning.empty());
  }
  BssV4Options options;
  options.silence = SilenceRule::kMuseval;
  CHECK(MetricKind::of(options).type() == "bss_v4");
  options.filter_length = 0;
  CHECK_THROWS_WITH(MetricKind::of(options).make(), "filter_length = 0: wants 1 to 8192");
  CHECK_THROWS_AS(BssV3Options({512, SilenceRule::kOwn, 0.0, 1.0}).validate(), ConfigError);
}

TEST_CASE("the metric si is bss_scale.h", "[metrics][metric]") {
  const auto scene = make_scene(500, 2);
  const auto results = evaluate_metric("si", *make_si_metric({}), scene.input());
  for (const auto& [name, estimate] : scene.estimates) {
    const auto& reference = scene.references.at(name);
    const auto scores =
        score_estimate(reference, subtract(scene.mixture, reference), estimate);
    const auto& values = results.at(name).values;
    CHECK(values.size() == 12);
    CHECK(values.at("si_sdr") == scores.si_sdr);
    CHECK(values.at("si_sir") == scores.si_sir);
    CHECK(values.at("snri") == scores.snri);
    CHECK(values.at("mix_snr") == scores.mix_snr);
  }
}

TEST_CASE("metrics of BSS Eval are bss_eval.h", "[metrics][metric]") {
  const auto num_channels = GENERATE(int64_t{1}, 2);
  const auto scene = make_scene(2050, num_channels);
  const auto references = listed(scene.references), estimates = listed(scene.estimates);
  const auto options = with_filter(16);
  const auto images = evaluate_metric(
      "bss_images", *make_bss_images(short_images()), scene.input(FrameScores::kWanted));
  const auto v4 = evaluate_metric(
      "bss_v4", *make_bss_v4(short_v4()), scene.input(FrameScores::kWanted));
  const auto whole = bss_eval_images(references, estimates, options);
  const auto parts =
      bss_eval_framewise(BssDialect::kImages, references, estimates, 400, 200, options);
  const auto v4_parts = bss_eval_v4(references, estimates, 400, 400, options);
  size_t j = 0;
  for (const auto& [name, estimate] : scene.estimates) {
    CHECK(images.at(name).values == std::map<std::string, double>{{"sdr", whole.sdr[j]},
                                                                  {"isr", whole.isr[j]},
                                                                  {"sir", whole.sir[j]},
                                                                  {"sar", whole.sar[j]}});
    REQUIRE(images.at(name).frames.size() == size_t(parts.num_frames));
    CHECK(images.at(name).frames[3].values.at("sar") == parts.sar[j][3]);
    CHECK(images.at(name).frames[3].begin_seconds == Approx(0.075));
    CHECK(images.at(name).frames[3].end_seconds == Approx(0.125));
    CHECK(v4.at(name).values.at("isr") == museval_median(v4_parts.isr[j]));
    REQUIRE(v4.at(name).frames.size() == 5);
    CHECK(v4.at(name).frames[4].values.at("sdr") == v4_parts.sdr[j][4]);
    ++j;
  }
  if (num_channels == 2) return;
  BssV3Options v3;
  v3.filter_length = 16;
  const auto sources = evaluate_metric("bss_v3", *make_bss_v3(v3), scene.input());
  CHECK(sources.at("violin").values.at("sdr") ==
        bss_eval_sources(references, estimates, options).sdr[2]);
  CHECK(sources.at("violin").values.size() == 3);
  CHECK(sources.at("violin").frames.empty());
}

TEST_CASE("a frame of the whole ends where the recording does", "[metrics][metric]") {
  const auto scene = make_scene(500);
  auto options = short_images();
  options.window_seconds = 10.0;
  const auto images = evaluate_metric(
      "bss_images", *make_bss_images(options), scene.input(FrameScores::kWanted));
  REQUIRE(images.at("violin").frames.size() == 1);
  CHECK(images.at("violin").frames[0].end_seconds == Approx(0.0625));
}

TEST_CASE("an estimate's scores need no other estimate", "[metrics][metric]") {
  const auto scene = make_scene(1000);
  auto alone = scene;
  alone.estimates = {{"violin", scene.estimates.at("violin")}};
  auto museval = short_images();
  museval.silence = SilenceRule::kMuseval;
  for (const auto& options : {short_images(), museval}) {
    const auto metric = make_bss_images(options);
    const auto all = metric->evaluate(scene.input());
    const auto one = metric->evaluate(alone.input());
    REQUIRE(one.size() == 1);
    CHECK(one.at("violin").values == all.at("violin").values);
  }
}

TEST_CASE("silent and broken estimates have a status, others scores", "[metrics][metric]") {
  const auto whole = make_scene(1000);
  auto scene = whole;
  scene.estimates["bassoon"] = make_silence(1, 1000, kRate);
  scene.estimates["clarinet"].samples[5] = std::nanf("");
  for (const auto& metric :
       {make_si_metric({}), make_bss_images(short_images()), make_bss_v4(short_v4())}) {
    const auto results = evaluate_metric("metric", *metric, scene.input());
    CHECK(results.at("bassoon").status == ScoreStatus::kSilentEstimate);
    CHECK(results.at("clarinet").status == ScoreStatus::kFailed);
    CHECK(results.at("bassoon").values.empty());
    CHECK(results.at("clarinet").values.empty());
    CHECK(results.at("violin").status == ScoreStatus::kOk);
    const auto values = metric->evaluate(whole.input()).at("violin").values;
    CHECK(results.at("violin").values == values);
  }
  scene = whole;
  scene.references["bassoon"] = make_silence(1, 1000, kRate);
  scene.estimates["clarinet"].samples.pop_back();
  for (const auto& metric : {make_si_metric({}), make_bss_images(short_images())}) {
    const auto results = metric->evaluate(scene.input());
    CHECK(results.at("bassoon").status == ScoreStatus::kSilentReference);
    CHECK(results.at("clarinet").status == ScoreStatus::kFailed);
    CHECK(results.at("violin").status == ScoreStatus::kOk);
  }
  auto museval = short_images();
  museval.silence = SilenceRule::kMuseval;
  const auto theirs = make_bss_images(museval)->evaluate(scene.input());
  CHECK(theirs.at("bassoon").status == ScoreStatus::kSilentReference);
  CHECK(theirs.at("clarinet").status == ScoreStatus::kFailed);
  CHECK(theirs.at("violin").status == ScoreStatus::kSilentReference);
}

TEST_CASE("a piece that no filter fits has failed", "[metrics][metric]") {
  const auto scene = make_scene(15);
  const auto results = make_bss_images(short_images())->evaluate(scene.input());
  for (const auto& [name, result] : results) CHECK(result.status == ScoreStatus::kFailed);
  auto broken = make_scene(100);
  broken.references["violin"].samples[0] = std::numeric_limits<float>::infinity();
  for (const auto& [name, result] :
       make_bss_images(short_images())->evaluate(broken.input())) {
    CHECK(result.status == ScoreStatus::kFailed);
  }
}

TEST_CASE("medians of frames without finite ones are no NaN", "[metrics][metric]") {
  auto scene = make_scene(1600);
  scene.estimates["violin"] = scene.references["violin"];
  // The clarinet comes only where it rests.
  std::fill_n(scene.references["clarinet"].samples.begin(), 800, 0.0F);
  std::fill_n(scene.estimates["clarinet"].samples.begin() + 800, 800, 0.0F);
  const auto results = evaluate_metric("bss_v4", *make_bss_v4(short_v4()), scene.input());
  CHECK(results.at("violin").values.at("sdr") == std::numeric_limits<double>::infinity());
  CHECK(results.at("clarinet").status == ScoreStatus::kSilentEstimate);
  CHECK(results.at("bassoon").status == ScoreStatus::kOk);
}

TEST_CASE("data that cannot have a metric are told", "[metrics][metric][failure]") {
  CHECK(message_of([] {
          make_bss_v3({})->check({2, 44100});
        }) ==
        "BSS Eval of sources: wants mono, found 2 channels; bss_images and bss_v4 take any "
        "number");
  CHECK(message_of([] {
          make_bss_v4({})->check({2, 400});
        }) ==
        "window_seconds = 1: wants at least filter_length = 512 samples, found 400 at 400 "
        "Hz");
  CHECK_NOTHROW(make_bss_images({})->check({2, 44100}));
  CHECK_NOTHROW(make_si_metric({})->check({2, 1}));
}

TEST_CASE("a program's own metric is held to its word", "[metrics][metric]") {
  MetricRegistry registry("metric");
  add_metrics(registry);
  registry.add<PeakOptions>("peak_level", "loudness", [](const PeakOptions& options) {
    return std::make_shared<Peak>(options.offset_db);
  });
  CHECK(registry.names().size() == 5);
  const auto scene = make_scene(100);
  const auto results = evaluate_metric("peak_level", Peak(3.0), scene.input());
  CHECK(results.at("violin").values.at("peak") ==
        Approx(3.0 + 20.0 * std::log10(double(peak(scene.estimates.at("violin"))))));
  CHECK(results.at("violin").frames[0].values.size() == 1);  // without its NaN
  const auto nothing = evaluate_metric("peak_level", Peak(std::nan("")), scene.input());
  CHECK(nothing.at("violin").status == ScoreStatus::kFailed);
  CHECK(nothing.at("violin").values.empty());
  CHECK_THROWS_WITH(evaluate_metric("peak_level", Peak(0.0, "paek"), scene.input()),
                    "metric peak_level: gives a score 'paek' that it does not describe");
  CHECK_THROWS_WITH(evaluate_metric("peak_level", Peak(0.0, "none"), scene.input()),
                    "metric peak_level: gives nothing for the estimate of bassoon");
  auto stray = scene;
  stray.estimates["oboe"] = scene.mixture;
  CHECK_THROWS_WITH(
      evaluate_metric("peak_level", Peak(0.0), stray.input()),
      "metric peak_level: an estimate of oboe, of which there is no reference");
}

TEST_CASE("scores to choose by have names", "[metrics][metric]") {
  if (!metrics().contains("peak_level")) {
    metrics().add<PeakOptions>("peak_level", "loudness", [](const PeakOptions& options) {
      return std::make_shared<Peak>(options.offset_db);
    });
  }
  const auto names = score_choices();
  CHECK(names.front() == "si_sdr");
  for (const char* name : {"snri", "bss_v3.sdr", "bss_images.isr", "peak_level.peak"}) {
    CHECK(std::count(names.begin(), names.end(), name) == 1);
  }
  for (const char* name : {"srr", "mix_snr", "peak_level.extra", "bss_v3.isr"}) {
    CHECK(std::count(names.begin(), names.end(), name) == 0);
  }
  CHECK(find_score("si_sdr").metric == "si");
  CHECK(find_score("si.snr").score == "snr");
  CHECK(find_score("bss_v3.sdr").metric == "bss_v3");
  CHECK(find_score("peak").metric == "peak_level");
  CHECK_THROWS_WITH(find_score("bss_v3.sd"),
                    Catch::StartsWith("no score 'bss_v3.sd', there are bss_v3.sdr, "));
  CHECK_THROWS_WITH(find_score("sdr"), Catch::Contains("bss_v4.sdr"));
  CHECK_THROWS_AS(find_score("srr"), Error);
  CHECK_THROWS_AS(find_score(""), Error);
}
