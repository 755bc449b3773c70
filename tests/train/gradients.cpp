#include "libsep/train/gradients.h"

#include "libsep/train/losses.h"

#include "tests/support/catch_torch.h"
#include "tests/support/messages.h"
#include "tests/train/examples.h"

using namespace sep;

namespace {

struct Outcome {
  double loss = 0.0;
  std::vector<torch::Tensor> gradients;
  std::vector<torch::Tensor> buffers;
};

Outcome outcome_of(int64_t micro_batch_size, LstmBackend backend) {
  auto setup = small_setup("");
  setup.description.mask_inference.lstm = backend;
  const auto model = make_model(setup.description);
  model->init_parameters(RandomStream(1));
  model->train();
  const auto batch = make_batch(small_dataset(5, 1), 0, 5, torch::kCPU);
  Outcome outcome;
  outcome.loss = loss_and_gradients(
      *model, *Kind<losses>("magnitude_l1").make(), batch, 7, micro_batch_size);
  for (const auto& p : model->parameters()) outcome.gradients.push_back(p.grad());
  for (const auto& b : model->buffers()) outcome.buffers.push_back(b);
  return outcome;
}

}  // namespace

TEST_CASE("a batch in parts gives the loss and gradients of the whole",
          "[train][property]") {
  const auto backend = GENERATE(LstmBackend::kAuto, LstmBackend::kTorch);
  const auto whole = outcome_of(0, backend);
  for (const int64_t size : {1, 2, 3, 4, 5, 9}) {
    INFO("in parts of " << size);
    const auto parts = outcome_of(size, backend);
    CHECK(parts.loss == Approx(whole.loss).epsilon(1e-6));
    for (size_t i = 0; i < whole.gradients.size(); ++i) {
      // Sums over some 700 frames in another order: a few hundred roundings at most, that
      // do not all fall one way.
      const auto scale = whole.gradients[i].abs().max().item<double>();
      const auto error = (parts.gradients[i] - whole.gradients[i]).abs().max();
      CHECK(error.item<double>() <= 1e-5 * scale);
    }
    for (size_t i = 0; i < whole.buffers.size(); ++i) {
      CHECK(torch::equal(parts.buffers[i], whole.buffers[i]));
    }
  }
}

TEST_CASE("parts of a batch have a size", "[train][failure]") {
  CHECK(message_of([] { outcome_of(-1, LstmBackend::kAuto); }) ==
        "parts of -1 examples: wants 0 (all at once) or more");
}

TEST_CASE("the norm is over all gradients", "[train]") {
  torch::nn::Linear model(2, 2);
  CHECK(gradient_norm(*model) == 0.0);
  model->weight.mutable_grad() = torch::full({2, 2}, 2.0);
  model->bias.mutable_grad() = torch::tensor({3.0F, 0.0F});
  CHECK(gradient_norm(*model) == Approx(5.0));
}
