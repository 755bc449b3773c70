#include <cstdlib>

#include "libsep/metrics/bss_eval.h"
#include "tests/support/catch.h"
#include "tests/support/golden.h"

namespace {

using Table = std::vector<std::vector<double>>;  // [source][frame]

std::vector<sep::Signal> signals_of(const GoldenFile& file, const std::string& name) {
  const auto& tensor = file.content.at(name);
  const auto values = sep::to_values<float>(tensor);
  const int64_t num_sources = tensor.shape[0], num_samples = tensor.shape[1];
  const int64_t num_channels = tensor.shape.size() == 3 ? tensor.shape[2] : 1;
  std::vector<sep::Signal> signals;
  for (int64_t j = 0; j < num_sources; ++j) {
    auto signal = sep::make_silence(num_channels, num_samples, file.integer("sample_rate"));
    for (int64_t n = 0; n < num_samples; ++n) {
      for (int64_t c = 0; c < num_channels; ++c) {
        signal.channel(c)[n] =
            values[static_cast<size_t>((j * num_samples + n) * num_channels + c)];
      }
    }
    signals.push_back(std::move(signal));
  }
  return signals;
}

Table expected_table(const sep::TensorData& tensor) {
  const auto values = golden_values(tensor);
  const auto width = static_cast<size_t>(tensor.shape.size() > 1 ? tensor.shape[1] : 1);
  Table table;
  for (size_t begin = 0; begin < values.size(); begin += width) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(begin);
    table.emplace_back(first, first + static_cast<std::ptrdiff_t>(width));
  }
  return table;
}

Table as_column(const std::vector<double>& scores) {
  Table table;
  for (const double score : scores) table.push_back({score});
  return table;
}

// NaN and infinity must agree exactly.
double difference(double computed, double expected) {
  if (std::isnan(computed) && std::isnan(expected)) return 0.0;
  if (std::isinf(computed) || std::isinf(expected)) {
    return computed == expected ? 0.0 : std::numeric_limits<double>::infinity();
  }
  return std::abs(computed - expected);
}

class Comparison {
 public:
  Comparison(const GoldenFile& file, double tolerance)
      : file_(file), tolerance_(tolerance), worst_(file.name(), "dB", tolerance) {}

  void check(const std::string& name, const Table& computed) {
    if (file_.content.tensors.count(name) == 0) return;
    INFO(file_.name() << " " << name);
    const auto expected = expected_table(file_.content.at(name));
    REQUIRE(computed.size() == expected.size());
    for (size_t j = 0; j < expected.size(); ++j) {
      REQUIRE(computed[j].size() == expected[j].size());
      for (size_t t = 0; t < expected[j].size(); ++t) {
        INFO("source " << j << " frame " << t << ": " << computed[j][t] << ", reference "
                       << expected[j][t]);
        CHECK(worst_.add(difference(computed[j][t], expected[j][t]), name) <= tolerance_);
      }
    }
  }

  void check(const std::string& prefix, const sep::BssEvalScores& scores) {
    check(prefix + ".sdr", as_column(scores.sdr));
    if (!scores.isr.empty()) check(prefix + ".isr", as_column(scores.isr));
    check(prefix + ".sir", as_column(scores.sir));
    check(prefix + ".sar", as_column(scores.sar));
  }

  void check(const std::string& prefix, const sep::BssEvalFrames& frames) {
    check(prefix + ".sdr", frames.sdr);
    if (!frames.isr.empty()) check(prefix + ".isr", frames.isr);
    check(prefix + ".sir", frames.sir);
    check(prefix + ".sar", frames.sar);
  }

 private:
  const GoldenFile& file_;
  double tolerance_;
  WorstDifference worst_;
};

// As each file says: both compute in double, from quadratic forms here and filtered signals
// there; an estimate 90 dB above its error leaves seven of sixteen digits of a difference.
double tolerance_of(const GoldenFile& file) {
  return std::stod(file.content.metadata.at("tolerance_db"));
}

sep::BssEvalOptions options_of(const GoldenFile& file) {
  sep::BssEvalOptions options;
  options.filter_length = file.integer("filter_length");
  options.silence = sep::SilenceRule::kMuseval;
  return options;
}

bool has(const GoldenFile& file, const std::string& name) {
  return file.content.tensors.count(name) > 0;
}

void check_whole(const GoldenFile& file,
                 Comparison& comparison,
                 const std::string& version) {
  const auto references = signals_of(file, "references");
  const auto estimates = signals_of(file, "estimates");
  auto options = options_of(file);
  if (has(file, version + "sources.sdr")) {
    comparison.check(version + "sources",
                     sep::bss_eval_sources(references, estimates, options));
  }
  comparison.check(version + "images",
                   sep::bss_eval_images(references, estimates, options));
  options.order = sep::SourceOrder::kBest;
  for (const std::string dialect : {"sources", "images"}) {
    const auto prefix = version + dialect + "_perm";
    if (!has(file, prefix + ".perm")) continue;
    const auto scores = dialect == "sources"
                            ? sep::bss_eval_sources(references, estimates, options)
                            : sep::bss_eval_images(references, estimates, options);
    comparison.check(prefix, scores);
    CHECK(scores.permutation == sep::to_values<int64_t>(file.content.at(prefix + ".perm")));
  }
}

void check_framewise(const GoldenFile& file, Comparison& comparison) {
  const auto references = signals_of(file, "references");
  const auto estimates = signals_of(file, "estimates");
  const auto options = options_of(file);
  const int64_t window = file.integer("v3_window"), hop = file.integer("v3_hop");
  if (has(file, "v3.sources_framewise.sdr")) {
    comparison.check(
        "v3.sources_framewise",
        sep::bss_eval_framewise(
            sep::BssDialect::kSources, references, estimates, window, hop, options));
  }
  auto images = sep::bss_eval_framewise(
      sep::BssDialect::kImages, references, estimates, window, hop, options);
  // The reference leaves ISR of a silent window as the memory was; SDR tells which.
  comparison.check("v3.images_framewise.sdr", images.sdr);
  comparison.check("v3.images_framewise.sir", images.sir);
  comparison.check("v3.images_framewise.sar", images.sar);
  comparison.check("v3.images_framewise.isr", images.isr);
}

void check_v4(const GoldenFile& file, Comparison& comparison, const std::string& prefix) {
  if (!has(file, prefix + "v4.sdr")) return;
  const auto frames = sep::bss_eval_v4(signals_of(file, "references"),
                                       signals_of(file, "estimates"),
                                       file.integer("v4_window"),
                                       file.integer("v4_hop"),
                                       options_of(file));
  comparison.check(prefix + "v4", frames);
  if (!has(file, prefix + "v4.median.sdr")) return;
  const auto medians = [](const Table& table) {
    std::vector<double> result;
    for (const auto& row : table) result.push_back(sep::museval_median(row));
    return as_column(result);
  };
  comparison.check(prefix + "v4.median.sdr", medians(frames.sdr));
  comparison.check(prefix + "v4.median.isr", medians(frames.isr));
  comparison.check(prefix + "v4.median.sir", medians(frames.sir));
  comparison.check(prefix + "v4.median.sar", medians(frames.sar));
}

}  // namespace

TEST_CASE("BSS Eval is the reference's in each dialect", "[metrics][bss_eval][golden]") {
  for (const auto& file : golden_files(GoldenKind::kBssEval)) {
    if (has(file, "exact.images.sdr")) continue;
    Comparison comparison(file, tolerance_of(file));
    check_whole(file, comparison, "v3.");
    check_framewise(file, comparison);
    check_v4(file, comparison, "");
  }
}

// Where the references' matrix is singular, the references print numbers without meaning;
// these were computed by singular values from the delayed signals themselves.
TEST_CASE("BSS Eval is right where references are singular",
          "[metrics][bss_eval][golden]") {
  for (const auto& file : golden_files(GoldenKind::kBssEval)) {
    if (!has(file, "exact.images.sdr")) continue;
    Comparison comparison(file, tolerance_of(file));
    check_whole(file, comparison, "exact.");
    check_v4(file, comparison, "exact.");
  }
}
