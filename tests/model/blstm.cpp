#include "libsep/model/blstm.h"

#include <malloc.h>
#include <sys/time.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "libsep/model/serial_math.h"
#include "tests/support/catch_torch.h"
#include "tests/support/threads.h"

namespace {

struct Sizes {
  int64_t batch, frames, inputs, hidden, layers;
};

// One of everything, odd sizes, more than one register and cache line of each.
const std::vector<Sizes> kGrid = {{1, 1, 1, 1, 1},
                                  {1, 2, 3, 1, 2},
                                  {2, 1, 5, 4, 1},
                                  {3, 7, 1, 2, 1},
                                  {1, 33, 17, 16, 1},
                                  {5, 40, 257, 13, 2},
                                  {2, 19, 65, 50, 3},
                                  {7, 12, 31, 67, 2}};

sep::BlstmOptions options_of(const Sizes& sizes, sep::LstmBackend backend) {
  sep::BlstmOptions options;
  options.input_size = sizes.inputs;
  options.hidden_size = sizes.hidden;
  options.num_layers = sizes.layers;
  options.backend = backend;
  return options;
}

torch::Tensor noise(torch::IntArrayRef shape, uint64_t seed) {
  return torch::randn(shape, at::detail::createCPUGenerator(seed));
}

sep::Blstm make_blstm(const sep::BlstmOptions& options) {
  sep::Blstm blstm(options);
  const torch::NoGradGuard no_grad;
  uint64_t seed = 100;
  for (auto parameter : blstm->parameters()) {
    parameter.copy_(0.4 * noise(parameter.sizes(), seed++));
  }
  return blstm;
}

struct Outcome {
  torch::Tensor output;                  // (B, T, 2H)
  std::vector<torch::Tensor> gradients;  // of the parameters, then of the input
};

// The output and the gradients of a weighted sum of it.
Outcome run(sep::Blstm& blstm, const torch::Tensor& values, bool input_gradient) {
  auto input = values.clone().requires_grad_(input_gradient);
  Outcome outcome;
  outcome.output = blstm->forward(input, 5);
  blstm->zero_grad();
  (outcome.output * noise(outcome.output.sizes(), 9)).sum().backward();
  for (const auto& parameter : blstm->parameters()) {
    outcome.gradients.push_back(parameter.grad().clone());
  }
  if (input_gradient) outcome.gradients.push_back(input.grad().clone());
  outcome.output = outcome.output.detach();
  return outcome;
}

double relative_difference(const torch::Tensor& a, const torch::Tensor& b) {
  return ((a - b).abs().max() / b.abs().max().clamp_min(1e-30)).item<double>();
}

bool equal(const Outcome& a, const Outcome& b) {
  bool same = torch::equal(a.output, b.output) && a.gradients.size() == b.gradients.size();
  for (size_t i = 0; same && i < a.gradients.size(); ++i) {
    same = torch::equal(a.gradients[i], b.gradients[i]);
  }
  return same;
}

}  // namespace

TEST_CASE("parameters bear LibTorch's names and shapes", "[model]") {
  const auto blstm = make_blstm(options_of({1, 1, 7, 3, 2}, sep::LstmBackend::kTorch));
  const torch::nn::LSTM reference(
      torch::nn::LSTMOptions(7, 3).num_layers(2).bidirectional(true));
  const auto wanted = reference->named_parameters();
  const auto found = blstm->named_parameters();
  CHECK(found.keys() == wanted.keys());
  for (const auto& item : wanted) {
    CHECK(found[item.key()].sizes() == item.value().sizes());
  }
}

TEST_CASE("the output is that of torch::nn::LSTM", "[model][property]") {
  const auto backend = GENERATE(sep::LstmBackend::kTorch, sep::LstmBackend::kAuto);
  for (const Sizes& sizes : kGrid) {
    auto blstm = make_blstm(options_of(sizes, backend));
    torch::nn::LSTM reference(torch::nn::LSTMOptions(sizes.inputs, sizes.hidden)
                                  .num_layers(sizes.layers)
                                  .bidirectional(true)
                                  .batch_first(true));
    const torch::NoGradGuard no_grad;
    for (const auto& item : blstm->named_parameters()) {
      reference->named_parameters()[item.key()].copy_(item.value());
    }
    const auto input = noise({sizes.batch, sizes.frames, sizes.inputs}, 1);
    const auto wanted = std::get<0>(reference->forward(input));
    // Values below 1; sums of up to 257 products err by a few ten eps, and the error of
    // a frame is carried on with a factor below 1.
    CHECK((blstm->forward(input) - wanted).abs().max().item<double>() < 1e-5);
  }
}

TEST_CASE("oneDNN and LibTorch agree in output and gradients", "[model][property]") {
  if (!sep::has_onednn()) SEP_SKIP("built without oneDNN");
  const auto training = GENERATE(false, true);
  const auto input_gradient = GENERATE(false, true);
  const auto threads = GENERATE(1, 2);
  const Threads limited(threads);
  for (const Sizes& sizes : kGrid) {
    auto ours = make_blstm(options_of(sizes, sep::LstmBackend::kOneDnn));
    auto reference = make_blstm(options_of(sizes, sep::LstmBackend::kTorch));
    ours->train(training);
    reference->train(training);
    const auto input = noise({sizes.batch, sizes.frames, sizes.inputs}, 1);
    const auto found = run(ours, input, input_gradient);
    const auto wanted = run(reference, input, input_gradient);
    CAPTURE(sizes.batch, sizes.frames, sizes.inputs, sizes.hidden, sizes.layers);
    // Sums of up to some thousand rounded terms, relative to the largest of a tensor.
    CHECK(relative_difference(found.output, wanted.output) < 2e-5);
    REQUIRE(found.gradients.size() == wanted.gradients.size());
    for (size_t i = 0; i < wanted.gradients.size(); ++i) {
      CHECK(relative_difference(found.gradients[i], wanted.gradients[i]) < 2e-5);
    }
  }
}

TEST_CASE("neither threads, memory nor repetition change a bit", "[model][property]") {
  const auto backend = sep::LstmBackend::kAuto;
  for (const Sizes& sizes : kGrid) {
    auto options = options_of(sizes, backend);
    options.dropout = 0.3;
    auto blstm = make_blstm(options);
    const auto input = noise({sizes.batch, sizes.frames, sizes.inputs}, 1);
    const sep::SerialMath serial;
    const auto first = [&] {
      const Threads two(2);
      return run(blstm, input, true);
    }();
    // Other memory: values one float further into a buffer.
    const auto shifted = torch::empty({input.numel() + 1}).slice(0, 1).view(input.sizes());
    CHECK(equal(run(blstm, shifted.copy_(input), true), first));
    if (!sep::has_onednn()) continue;  // LibTorch's own sums depend on the threads
    const Threads one(1);
    CHECK(equal(run(blstm, input, true), first));
  }
}

namespace {

std::atomic<int> num_signals{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal's handler counts");

// A timer that interrupts this process every 0.3 ms, with a handler that only counts.
class SignalStorm {
 public:
  SignalStorm() {
    std::signal(SIGALRM, [](int) { ++num_signals; });
    set_timer(300);
  }
  ~SignalStorm() {
    set_timer(0);
    std::signal(SIGALRM, SIG_DFL);
  }
  SignalStorm(const SignalStorm&) = delete;
  SignalStorm& operator=(const SignalStorm&) = delete;

 private:
  static void set_timer(suseconds_t microseconds) {
    const itimerval timer{{0, microseconds}, {0, microseconds}};
    setitimer(ITIMER_REAL, &timer, nullptr);
  }
};

}  // namespace

// Without holding signals back, oneDNN 2.6.3 dies here of a broken heap.
TEST_CASE("signals change no number", "[model]") {
  auto blstm = make_blstm(options_of({5, 2000, 257, 50, 1}, sep::LstmBackend::kAuto));
  const auto input = noise({5, 2000, 257}, 1);
  const Threads one(1);
  const sep::SerialMath serial;
  const auto wanted = run(blstm, input, true);
  const int first = num_signals;
  {
    const SignalStorm storm;
    while (num_signals - first < 50) CHECK(equal(run(blstm, input, true), wanted));
  }
}

TEST_CASE("trainings side by side do not disturb each other", "[model]") {
  const Sizes sizes{3, 25, 20, 11, 2};
  const auto options = options_of(sizes, sep::LstmBackend::kAuto);
  const auto train = [&](uint64_t seed) {
    auto blstm = make_blstm(options);
    Outcome outcome;
    for (int i = 0; i < 5; ++i) outcome = run(blstm, noise({3, 25, 20}, seed), true);
    return outcome;
  };
  std::vector<Outcome> alone(4), together(4);
  for (size_t i = 0; i < 4; ++i) alone[i] = train(i);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < 4; ++i) threads.emplace_back([&, i] { together[i] = train(i); });
  for (auto& thread : threads) thread.join();
  for (size_t i = 0; i < 4; ++i) CHECK(equal(together[i], alone[i]));
}

TEST_CASE("a workspace lives until its gradient is taken", "[model]") {
  // Two forward passes before the first backward pass, as in gradient accumulation.
  auto blstm = make_blstm(options_of({2, 9, 6, 5, 2}, sep::LstmBackend::kAuto));
  const auto a = noise({2, 9, 6}, 1);
  const auto b = noise({2, 9, 6}, 2);
  const auto wanted = run(blstm, a, false);
  blstm->zero_grad();
  const auto first = blstm->forward(a);
  const auto second = blstm->forward(b);
  (first * noise(first.sizes(), 9)).sum().backward();
  const auto parameters = blstm->parameters();
  for (size_t i = 0; i < parameters.size(); ++i) {
    CHECK(torch::equal(parameters[i].grad(), wanted.gradients[i]));
  }
}

namespace {

/// Bytes that malloc has given out and not got back, in all its arenas.
int64_t bytes_in_use() {
  const auto info = ::mallinfo2();
  return static_cast<int64_t>(info.uordblks + info.hblkhd);
}

}  // namespace

TEST_CASE("the memory of passes goes with who asked for them", "[model]") {
  if (!sep::has_onednn()) SEP_SKIP("built without oneDNN");
  // What stays are oneDNN's programs, made once for a shape: some 100 kB each. A workspace
  // alone has 4 gates and 2 states of a float for each frame, sequence, unit and direction.
  const Sizes sizes{2, 2000, 65, 64, 1};
  constexpr int64_t kPrograms = 4 << 20;
  constexpr int64_t kWorkspaces = int64_t{2} * 2000 * 64 * 2 * 6 * 4;
  REQUIRE(kWorkspaces > 2 * kPrograms);
  const auto with_gradient = GENERATE(true, false);
  const auto input = noise({sizes.batch, sizes.frames, sizes.inputs}, 1);
  const int64_t before = bytes_in_use();
  {
    auto blstm = make_blstm(options_of(sizes, sep::LstmBackend::kOneDnn));
    if (with_gradient) {
      for (int i = 0; i < 2; ++i) run(blstm, input, true);
      CHECK(bytes_in_use() - before > kWorkspaces);  // kept for the next pass
    } else {
      const torch::NoGradGuard no_gradient;
      blstm->forward(input);
      CHECK(bytes_in_use() - before < kPrograms);
    }
  }
  CHECK(bytes_in_use() - before < kPrograms);
}

TEST_CASE("a gradient may be taken when its network is gone", "[model]") {
  const Sizes sizes{2, 9, 6, 5, 2};
  auto blstm = make_blstm(options_of(sizes, sep::LstmBackend::kAuto));
  const auto input = noise({2, 9, 6}, 1);
  const auto wanted = run(blstm, input, false);
  const auto parameters = blstm->parameters();
  blstm->zero_grad();
  const auto output = blstm->forward(input);
  blstm = nullptr;
  (output * noise(output.sizes(), 9)).sum().backward();
  for (size_t i = 0; i < parameters.size(); ++i) {
    CHECK(torch::equal(parameters[i].grad(), wanted.gradients[i]));
  }
}

TEST_CASE("double and gradients of gradients", "[model]") {
  auto blstm = make_blstm(options_of({2, 4, 3, 2, 1}, sep::LstmBackend::kAuto));
  blstm->to(torch::kFloat64);
  CHECK(blstm->forward(torch::ones({2, 4, 3}, torch::kFloat64)).scalar_type() ==
        torch::kFloat64);
}

TEST_CASE("backend_name() tells what runs", "[model]") {
  const Sizes sizes{1, 1, 2, 2, 1};
  const torch::Device cpu(torch::kCPU);
  const auto torch_only = make_blstm(options_of(sizes, sep::LstmBackend::kTorch));
  CHECK_THAT(torch_only->backend_name(cpu), Catch::StartsWith("LibTorch "));
  const auto automatic = make_blstm(options_of(sizes, sep::LstmBackend::kAuto));
  CHECK_THAT(automatic->backend_name(cpu),
             Catch::StartsWith(sep::has_onednn() ? "oneDNN " : "LibTorch "));
  CHECK_THAT(automatic->backend_name(torch::Device(torch::kCUDA)),
             Catch::StartsWith("LibTorch "));
}

TEST_CASE("what makes no LSTM is refused", "[model][failure]") {
  const auto refused = [](auto change) {
    auto options = options_of({1, 1, 2, 2, 1}, sep::LstmBackend::kAuto);
    change(options);
    CHECK_THROWS_AS(sep::Blstm(options), sep::Error);
  };
  refused([](sep::BlstmOptions& o) { o.hidden_size = 0; });
  refused([](sep::BlstmOptions& o) { o.input_size = 0; });
  refused([](sep::BlstmOptions& o) { o.num_layers = 0; });
  refused([](sep::BlstmOptions& o) { o.dropout = 1.0; });
  auto blstm = make_blstm(options_of({1, 1, 2, 2, 1}, sep::LstmBackend::kAuto));
  CHECK_THROWS_AS(blstm->forward(torch::zeros({1, 4, 3})), sep::Error);
  CHECK_THROWS_AS(blstm->forward(torch::zeros({1, 0, 2})), sep::Error);
  CHECK_THROWS_AS(blstm->forward(torch::zeros({4, 2})), sep::Error);
}

TEST_CASE("dropout keeps 1 - p of the elements and their mean", "[model][property]") {
  const auto p = GENERATE(0.0, 0.2, 0.5, 0.9);
  const auto dropped = sep::seeded_dropout(torch::ones({10, 100, 100}), p, 3);
  const double kept = (dropped != 0).to(torch::kFloat64).mean().item<double>();
  // 100,000 draws: four standard errors.
  CHECK(std::abs(kept - (1.0 - p)) <= 4.0 * std::sqrt(p * (1.0 - p) / 1e5));
  CHECK(dropped.max().item<double>() == Approx(1.0 / (1.0 - p)));
}

TEST_CASE("dropout depends on seed and place alone", "[model][property]") {
  const auto input = noise({3, 70, 501}, 1);
  const auto one = [&] {
    const Threads alone(1);
    return sep::seeded_dropout(input, 0.4, 11);
  }();
  const Threads two(2);
  CHECK(torch::equal(sep::seeded_dropout(input, 0.4, 11), one));
  CHECK(!torch::equal(sep::seeded_dropout(input, 0.4, 12), one));
  // The same elements, as the beginning of something longer.
  const auto longer = sep::seeded_dropout(torch::cat({input, input}), 0.4, 11);
  CHECK(torch::equal(longer.slice(0, 0, 3), one));
  // No stretch comes again.
  const auto stretches = sep::seeded_dropout(torch::ones({4, 1 << 16}), 0.4, 11);
  CHECK(!torch::equal(stretches[0], stretches[1]));
  CHECK(!torch::equal(stretches[0], stretches[2]));
}

TEST_CASE("dropout is between layers, in training only", "[model]") {
  auto options = options_of({2, 6, 4, 3, 2}, sep::LstmBackend::kAuto);
  options.dropout = 0.5;
  auto blstm = make_blstm(options);
  const auto input = noise({2, 6, 4}, 1);
  CHECK(!torch::equal(blstm->forward(input, 1), blstm->forward(input, 2)));
  CHECK(torch::equal(blstm->forward(input, 1), blstm->forward(input, 1)));
  blstm->eval();
  CHECK(torch::equal(blstm->forward(input, 1), blstm->forward(input, 2)));
  options.num_layers = 1;
  auto single = make_blstm(options);
  CHECK(torch::equal(single->forward(input, 1), single->forward(input, 2)));
}

TEST_CASE("dropout passes gradients where it passes values", "[model][property]") {
  const auto input = noise({4, 9, 31}, 1).requires_grad_(true);
  const auto factors = sep::seeded_dropout(torch::ones({4, 9, 31}), 0.3, 8);
  const auto weights = noise({4, 9, 31}, 2);
  (sep::seeded_dropout(input, 0.3, 8) * weights).sum().backward();
  CHECK(torch::equal(input.grad(), weights * factors));
  // Not contiguous, and double.
  const auto turned = sep::seeded_dropout(input.detach().transpose(0, 2), 0.3, 8);
  CHECK(turned.sizes() == torch::IntArrayRef({31, 9, 4}));
  const auto doubles = input.detach().to(torch::kFloat64);
  CHECK(torch::equal(sep::seeded_dropout(doubles, 0.3, 8), doubles * factors));
}

TEST_CASE("a part of a batch drops what it drops in the whole", "[model][property]") {
  // (T, B, H), more elements than a block of 65536, rows that do not divide it.
  const auto whole = noise({150, 5, 101}, 4);
  for (const auto type : {torch::kFloat32, torch::kFloat64}) {
    const auto input = whole.to(type);
    const auto dropped = sep::seeded_dropout(input, 0.3, 8);
    for (const auto& [first, count] : {std::pair<int64_t, int64_t>{0, 2}, {2, 3}, {4, 1}}) {
      const auto part = input.narrow(1, first, count).contiguous();
      CHECK(torch::equal(sep::seeded_dropout(part, 0.3, {8, first, 5}),
                         dropped.narrow(1, first, count)));
    }
  }
}
