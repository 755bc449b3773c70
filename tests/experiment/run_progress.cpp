#include "libsep/experiment/run_progress.h"

#include <atomic>
#include <vector>

#include "tests/support/catch_torch.h"

using namespace sep;

namespace {

/// Remembers what it is told.
class Listener : public Progress {
 public:
  void begin(const std::string& title, int64_t total, const std::string& unit) override {
    lines.push_back("begin " + title + " " + std::to_string(total) + " " + unit);
  }
  void update(int64_t done, const std::string& detail) override {
    lines.push_back(std::to_string(done) + " " + detail);
  }
  void end() override { lines.push_back("end"); }
  void note(const std::string& line) override { lines.push_back("note " + line); }

  std::vector<std::string> lines;
};

}  // namespace

TEST_CASE("trainings side by side advance one run", "[experiment]") {
  Listener listener;
  RunProgress run(listener, "Model A", 20);
  run.note("before");
  std::atomic<bool> is_ending{false};
  ItemProgress first(run, is_ending);
  ItemProgress second(run, is_ending);
  first.begin("fold 1 violin", 10, "iterations");
  second.begin("fold 1 bassoon", 10, "iterations");
  second.update(4, "");  // taken up again
  first.update(1, "loss 0.5");
  second.update(5, "loss 0.25");
  first.end();
  run.end();
  run.end();
  CHECK(listener.lines == std::vector<std::string>{"note before",
                                                   "begin Model A 20 iterations",
                                                   "4 fold 1 bassoon",
                                                   "5 fold 1 violin, loss 0.5",
                                                   "6 fold 1 bassoon, loss 0.25",
                                                   "end"});
  CHECK_FALSE(first.stop_requested());
  is_ending = true;
  CHECK(first.stop_requested());
  CHECK(second.stop_requested());
}
