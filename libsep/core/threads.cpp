#include "libsep/core/threads.h"

#include <algorithm>
#include <functional>

#include "libsep/core/detail/arena.h"
#include "libsep/core/error.h"
#include "libsep/core/machine.h"

namespace sep {
namespace {

using detail::Arena;
using detail::Job;
using detail::Level;
using detail::Standing;

void check_number(const char* name, int64_t number) {
  SEP_CHECK(number >= 0, "{} = {}: wants 0 or more", name, number);
}

}  // namespace

void set_num_threads(int64_t num_threads) {
  check_number("num_threads", num_threads);
  Arena::instance().set_num_threads(num_threads > 0 ? num_threads : num_cores());
}

int64_t num_threads() { return Arena::instance().num_threads(); }

struct ThreadLimit::State {
  explicit State(std::shared_ptr<Level> limit) : standing(std::move(limit)) {}
  Standing standing;
};

ThreadLimit::ThreadLimit(int64_t num_threads) {
  check_number("num_threads", num_threads);
  if (num_threads == 0) return;
  state_ = std::make_unique<State>(std::make_shared<Level>(num_threads - 1));
}

ThreadLimit::~ThreadLimit() = default;

void parallel_for(int64_t count,
                  int64_t num_side_by_side,
                  const std::function<void(int64_t)>& work) {
  check_number("num_side_by_side", num_side_by_side);
  if (count <= 0) return;
  const int64_t wanted = num_side_by_side == 0 ? count : std::min(num_side_by_side, count);
  if (wanted == 1) {
    for (int64_t i = 0; i < count; ++i) work(i);
    return;
  }
  const auto job = std::make_shared<Job>(count, wanted, std::cref(work));
  Arena::instance().open(job);
  Job::run(job);
  Arena::instance().close(job);
  job->rethrow();
}

struct AheadTask::State {
  std::shared_ptr<Job> job;
};

// Two may be at it, since nobody is until finish().
AheadTask::AheadTask(std::function<void()> work)
    : state_(std::make_unique<State>(State{
          std::make_shared<Job>(1, 2, [work = std::move(work)](int64_t) { work(); })})) {
  Arena::instance().open(state_->job);
}

AheadTask::~AheadTask() { Arena::instance().close(state_->job); }

void AheadTask::finish() {
  Job::run(state_->job);
  Arena::instance().close(state_->job);
  state_->job->rethrow();
}

}  // namespace sep
