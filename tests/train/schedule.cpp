#include "libsep/train/schedule.h"

#include "tests/support/catch.h"
#include "tests/support/golden_json.h"
#include "tests/support/messages.h"

using namespace sep;
using nlohmann::json;

namespace {

// PyTorch computes by recursion, 40 products of an error of eps / 2 each: 1e-14 at most.
constexpr double kTolerance = 1e-12;  // of the learning rate

std::unique_ptr<Schedule> schedule_of(const json& curve) {
  const std::string name = curve.at("name");
  if (name == "exponential" || name == "step") {
    StepScheduleOptions step;
    step.factor = curve.at("gamma");
    step.iterations = curve.value("step_size", 1);
    ExponentialScheduleOptions exponential;
    exponential.factor = step.factor;
    exponential.iterations = step.iterations;
    return name == "step" ? make_step_schedule(step)
                          : make_exponential_schedule(exponential);
  }
  if (name != "cosine" && name != "warmup_cosine") throw std::runtime_error(name);
  CosineScheduleOptions cosine;
  cosine.minimum = curve.at("minimum").get<double>() / curve.at("lr").get<double>();
  cosine.warmup_iterations = curve.value("warmup", 0);
  cosine.warmup_start = curve.value("start_factor", 0.5);
  return make_cosine_schedule(cosine);
}

PlateauScheduleOptions plateau_of(const json& entry) {
  PlateauScheduleOptions options;
  options.factor = entry.at("factor");
  options.patience = entry.at("patience");
  options.threshold = entry.at("threshold");
  options.threshold_mode = entry.at("threshold_mode") == "rel" ? ThresholdMode::kRelative
                                                               : ThresholdMode::kAbsolute;
  options.cooldown = entry.at("cooldown");
  options.minimum = entry.at("min_lr").get<double>() / entry.at("lr").get<double>();
  return options;
}

ScheduleMoment moment_of(int64_t update, int64_t num_updates) {
  ScheduleMoment moment;
  moment.update = update;
  moment.num_updates = num_updates;
  return moment;
}

struct Recipe {
  Kind<schedules> schedule{"constant"};
  template <class Archive>
  void visit(Archive& archive) {
    archive("schedule", schedule, "of the learning rate");
  }
};

}  // namespace

TEST_CASE("rates are those of PyTorch's schedulers", "[train][golden]") {
  WorstDifference worst("learning rate", "of its first", kTolerance);
  for (const auto& curve : golden_schedules("curves")) {
    const auto schedule = schedule_of(curve);
    const double learning_rate = curve.at("lr");
    const auto rates = golden_numbers(curve.at("rates"));
    const int64_t num_updates = curve.value("warmup", 0) + curve.value("t_max", 1000);
    for (size_t i = 0; i < rates.size(); ++i) {
      const auto moment = moment_of(static_cast<int64_t>(i), num_updates);
      const double found = schedule->rate(learning_rate, moment);
      INFO(curve.at("name") << " at " << i);
      CHECK(worst.add(std::abs(found - rates[i]) / learning_rate, curve.at("name")) <=
            kTolerance);
    }
  }
}

TEST_CASE("plateaus are seen where PyTorch sees them", "[train][golden]") {
  WorstDifference worst("rate on a plateau", "of its first", kTolerance);
  for (const auto& entry : golden_schedules("plateaus")) {
    const auto options = plateau_of(entry);
    const double learning_rate = entry.at("lr");
    const auto better = entry.at("mode") == "min" ? Better::kLower : Better::kHigher;
    const auto metrics = golden_numbers(entry.at("metrics"));
    auto rates = golden_numbers(entry.at("rates"));
    rates.push_back(entry.at("rate_after"));
    const auto schedule = make_plateau_schedule(options);
    for (size_t i = 0; i <= metrics.size(); ++i) {
      ScheduleMoment moment;
      moment.validation.assign(metrics.begin(), metrics.begin() + static_cast<int64_t>(i));
      moment.better = better;
      const double found = schedule->rate(learning_rate, moment);
      CHECK(worst.add(std::abs(found - rates[i]) / learning_rate, "plateau") <= kTolerance);
      if (i == 0) continue;
      const auto state = plateau_after(moment.validation, better, learning_rate, options);
      CHECK(state.bad_epochs == entry.at("bad_epochs")[i - 1].get<int64_t>());
    }
  }
}

TEST_CASE("a constant schedule is the rate to the bit", "[train]") {
  const auto schedule = make_constant_schedule({});
  for (const double rate : {1e-3, 0.1, 1.0 / 3.0}) {
    for (const int64_t update : {0, 1, 999}) {
      CHECK(schedule->rate(rate, moment_of(update, 10)) == rate);
    }
  }
}

TEST_CASE("every schedule warms up and then begins", "[train][property]") {
  const int64_t warmup = GENERATE(int64_t{1}, 5, 100);
  const double start = GENERATE(0.0, 0.1, 1.0);
  StepScheduleOptions step;
  ExponentialScheduleOptions exponential;
  CosineScheduleOptions cosine;
  PlateauScheduleOptions plateau;
  for (WarmUpOptions* options :
       std::initializer_list<WarmUpOptions*>{&step, &exponential, &cosine, &plateau}) {
    options->warmup_iterations = warmup;
    options->warmup_start = start;
  }
  const auto check = [&](const Schedule& schedule, const Schedule& without) {
    CHECK(schedule.rate(2.0, moment_of(0, 200)) == Approx(2.0 * start));
    double last = 0.0;
    for (int64_t i = 0; i < warmup; ++i) {
      const double rate = schedule.rate(2.0, moment_of(i, 200));
      CHECK(rate >= last);
      CHECK(rate <= 2.0);
      last = rate;
    }
    for (int64_t i = 0; i < 100; i += 7) {
      CHECK(schedule.rate(2.0, moment_of(warmup + i, 200)) ==
            without.rate(2.0, moment_of(i, 200 - warmup)));
    }
  };
  check(*make_step_schedule(step), *make_step_schedule({}));
  check(*make_exponential_schedule(exponential), *make_exponential_schedule({}));
  check(*make_cosine_schedule(cosine), *make_cosine_schedule({}));
  check(*make_plateau_schedule(plateau), *make_plateau_schedule({}));
}

TEST_CASE("a training shorter than its warm-up has rates", "[train]") {
  CosineScheduleOptions options;
  options.warmup_iterations = 10;
  const auto schedule = make_cosine_schedule(options);
  for (int64_t i = 0; i < 10; ++i) CHECK(schedule->rate(1.0, moment_of(i, 10)) > 0.0);
}

TEST_CASE("schedules refuse what is out of bounds", "[train][failure]") {
  const auto refusal = [](const auto& options) {
    return message_of([&] { options.validate(); });
  };
  StepScheduleOptions step;
  step.iterations = 0;
  CHECK(refusal(step) == "iterations = 0: wants 1 to 1000000000");
  ExponentialScheduleOptions exponential;
  exponential.factor = 1.5;
  CHECK(refusal(exponential) == "factor = 1.5: wants above 0, at most 1");
  CosineScheduleOptions cosine;
  cosine.minimum = -0.1;
  CHECK(refusal(cosine) == "minimum = -0.1: wants 0 to 1");
  cosine = {};
  cosine.warmup_iterations = -1;
  CHECK(refusal(cosine) == "warmup_iterations = -1: wants 0 to 1000000");
  cosine = {};
  cosine.warmup_start = 2.0;
  CHECK(refusal(cosine) == "warmup_start = 2: wants 0 to 1");
  PlateauScheduleOptions plateau;
  plateau.factor = 1.0;
  CHECK(refusal(plateau) == "factor = 1: wants above 0, below 1");
  CHECK(message_of([&] { make_plateau_schedule(plateau); }) == refusal(plateau));
}

TEST_CASE("a schedule is chosen in YAML", "[train]") {
  const auto read = [](const std::string& text) {
    return parse_config<Recipe>(text, "x.yaml").schedule;
  };
  CHECK(read("").make()->rate(0.5, moment_of(3, 10)) == 0.5);
  const auto cosine = read("schedule: {type: cosine, minimum: 0.1, warmup_iterations: 4}");
  CHECK(cosine.make()->rate(1.0, moment_of(4 + 3, 10)) == Approx(0.55));
  CHECK(read("schedule: {type: plateau, threshold_mode: absolute}")
            .options<PlateauScheduleOptions>()
            .threshold_mode == ThresholdMode::kAbsolute);
  CHECK(message_of([&] { read("schedule:\n  type: step\n  iterations: 0"); }) ==
        "x.yaml:3: schedule.iterations = 0: wants 1 to 1000000000");
  CHECK(message_of([&] { read("schedule: {type: cosin}"); }) ==
        "x.yaml:1: schedule.type = cosin: no schedule; did you mean cosine? (there are: "
        "constant, cosine, exponential, plateau, step)");
}

TEST_CASE("every key of a schedule has a meaning", "[train]") {
  for (const auto& kind : list_kinds(schedules())) {
    CHECK_FALSE(kind.meaning.empty());
    CHECK(kind.keys.size() >= 2);
    for (const auto& key : kind.keys) {
      INFO(kind.name << "." << key.key);
      CHECK_FALSE(key.meaning.empty());
    }
  }
}
