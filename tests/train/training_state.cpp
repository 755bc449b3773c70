#include "libsep/train/training_state.h"

#include <fstream>
#include <functional>

#include "libsep/core/error.h"
#include "libsep/core/safetensors.h"
#include "tests/support/catch_torch.h"
#include "tests/support/decimal_comma.h"
#include "tests/support/messages.h"
#include "tests/support/paths.h"
#include "tests/train/examples.h"

using namespace sep;

namespace {

struct State {
  State() {
    model->init_parameters(RandomStream(1));
    optimizer->zero_grad();
    (*model)(torch::rand({1, 5, 33})).sum().backward();
    optimizer->step();
    TrainingCursor cursor;
    cursor.iteration = 3;
    cursor.history = {{1, 3, 0.5, 0.25, {}, true}};
    save_training_state(path, description, parts(), cursor);
  }

  TrainingParts parts() { return {*model, *optimizer}; }

  /// What reading says of the file after a change.
  std::string damaged(const std::function<void(Safetensors&)>& change) {
    auto file = read_checked_safetensors(path);
    change(file);
    const auto other = folder / "damaged.safetensors";
    write_checked_safetensors(other, file);
    const auto message = message_of([&] { load_training_state(other, parts()); });
    CHECK(message.rfind(other.string() + ": ", 0) == 0);
    return message;
  }

  TemporaryFolder folder;
  std::filesystem::path path = folder / "state.safetensors";
  ModelDescription description = small_setup("").description;
  std::shared_ptr<Network> model = make_model(description);
  std::unique_ptr<Optimizer> optimizer = make_adam({}, *model);
};

}  // namespace

TEST_CASE("a damaged state is an error with its file and field", "[train][failure]") {
  State state;
  CHECK(load_training_state(state.path, state.parts()).iteration == 3);
  const auto set = [&](const char* name, const char* text) {
    return state.damaged([=](Safetensors& file) { file.metadata[name] = text; });
  };
  CHECK(set("iteration", "many").find("iteration: wants a whole number, found 'many'") !=
        std::string::npos);
  CHECK(set("adam_step", "").find("adam_step: wants a whole number") != std::string::npos);
  CHECK(set("epoch_loss_sum", "1,5").find("epoch_loss_sum: wants a number") !=
        std::string::npos);
  CHECK(set("history", "epoch\n1\n").find("history: wants the columns epoch,iterations") !=
        std::string::npos);
  CHECK(state.damaged([](Safetensors& file) { file.metadata.erase("best_epoch"); })
            .find("best_epoch: is missing") != std::string::npos);
  const std::string moment = "adam.exp_avg.embedding.linear.bias";
  CHECK(state.damaged([&](Safetensors& file) { file.tensors.erase(moment); })
            .find(moment + "\" is missing") != std::string::npos);
  CHECK(state
            .damaged([&](Safetensors& file) {
              file.tensors[moment] = make_tensor_data<float>({2}, {0.0F, 1.0F});
            })
            .find("another type or shape") != std::string::npos);
  CHECK(state
            .damaged([&](Safetensors& file) {
              auto& tensor = file.tensors.at(moment);
              tensor = make_tensor_data<double>(
                  tensor.shape, std::vector<double>(tensor.bytes.size() / 4));
            })
            .find("another type or shape") != std::string::npos);
}

TEST_CASE("a training goes on in a program that writes decimal commas", "[train]") {
  State state;
  TrainingCursor cursor;
  cursor.iteration = 1234;
  cursor.epoch_loss_sum = 0.625;
  cursor.best_validation_loss = 1.0 / 3.0;
  cursor.history = {{1, 1000, 0.1, 1.0 / 3.0, {}, true}};
  const auto check_read = [&] {
    const auto found = load_training_state(state.path, state.parts());
    CHECK(found.iteration == cursor.iteration);
    CHECK(found.epoch_loss_sum == cursor.epoch_loss_sum);
    CHECK(found.best_validation_loss == cursor.best_validation_loss);
    CHECK(found.history.at(0).train_loss == cursor.history[0].train_loss);
    write_history(state.folder / "history.csv", found.history);
    CHECK(read_history(state.folder / "history.csv").at(0).validation_loss == 1.0 / 3.0);
    return read_text(state.folder / "history.csv");
  };
  const auto save = [&] {
    save_training_state(state.path, state.description, state.parts(), cursor);
    return read_text(state.path);
  };
  const auto saved = save();
  const auto history = check_read();
  {
    const CommaStreams commas;
    CHECK(check_read() == history);
    CHECK(save() == saved);
  }
  const CommaLocale commas;
  if (!commas) SEP_SKIP("localedef made no locale here");
  CHECK(check_read() == history);
  CHECK(save() == saved);
}

TEST_CASE("a damaged history.csv is an error with file and line", "[train][failure]") {
  const TemporaryFolder folder;
  const auto path = folder / "history.csv";
  std::ofstream(path) << "epoch,iterations,train_loss,validation_loss,is_best\n"
                         "1,3,0.5,0.25,1\n2,6,low,0.25,0\n";
  CHECK(message_of([&] { read_history(path); }) ==
        path.string() + ":3: wants a number, found 'low'");
  std::ofstream(path) << "epoch,loss\n1,3\n";
  CHECK(message_of([&] { read_history(path); }).rfind(path.string() + ": wants", 0) == 0);
}

TEST_CASE("a state of another training is refused", "[train][failure]") {
  State state;
  CHECK_NOTHROW(check_state_origin(state.path, state.description));
  auto other = state.description;
  other.title = "a new name";
  other.libsep_version = "9.1.0";
  CHECK_NOTHROW(check_state_origin(state.path, other));
  other.fold = state.description.fold + 1;
  other.instrument = "viola";
  const auto message = message_of([&] { check_state_origin(state.path, other); });
  CHECK(message.rfind(state.path.string() + ": of another training: ", 0) == 0);
  CHECK(message.find("fold: ") != std::string::npos);
  CHECK(message.find("instrument: viola wanted") != std::string::npos);
  CHECK(message_of([&] { load_training_state(state.path, state.parts(), &other); }) ==
        message);
}
