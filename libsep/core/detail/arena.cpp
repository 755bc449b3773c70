#include "libsep/core/detail/arena.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "libsep/core/machine.h"

namespace sep::detail {
namespace {

thread_local const Standing* innermost = nullptr;

}  // namespace

Standing::Standing(std::shared_ptr<Level> level)
    : level_(std::move(level)), before_(std::exchange(innermost, this)) {}

Standing::~Standing() { innermost = before_; }

std::shared_ptr<Level> Standing::current() {
  return innermost == nullptr ? Arena::instance().root() : innermost->level_;
}

Level::Level(int64_t most) : Level(Standing::current(), most) {}

Level::Level(std::shared_ptr<Level> from, int64_t most)
    : above(std::move(from)), max_workers(most) {}

Job::Job(int64_t count, int64_t num_side_by_side, std::function<void(int64_t)> work)
    : max_helpers(num_side_by_side - 1), count_(count), work_(std::move(work)) {}

void Job::run(const std::shared_ptr<Job>& job) {
  const Standing standing(job);
  job->work_on_indices();
}

void Job::work_on_indices() {
  while (!stopped_) {
    const int64_t i = next_++;  // what is taken is worked on, whoever throws meanwhile
    if (i >= count_) return;
    try {
      work_(i);
    } catch (...) {
      remember(i, std::current_exception());
    }
  }
}

void Job::remember(int64_t index, std::exception_ptr exception) {
  const std::lock_guard<std::mutex> lock(mutex_);
  stopped_ = true;
  if (exception_ && index > exception_index_) return;
  exception_ = std::move(exception);
  exception_index_ = index;
}

void Job::drop_work() { work_ = nullptr; }

void Job::rethrow() const {
  if (exception_) std::rethrow_exception(exception_);
}

/// Ends the workers before what they may use of other files is gone.
struct ArenaEnd {
  explicit ArenaEnd(Arena& of) : arena(of) {}
  ~ArenaEnd() { arena.stop(); }
  Arena& arena;
};

// Never destroyed: what other static objects do at the end still finds it, without workers.
Arena& Arena::instance() {
  static Arena& arena = *new Arena;
  static const ArenaEnd end(arena);
  return arena;
}

Arena::Arena() : root_(std::make_shared<Level>(nullptr, num_cores() - 1)) {
  ::pthread_atfork([] { instance().mutex_.lock(); },
                   [] { instance().mutex_.unlock(); },
                   [] {
                     instance().begin_anew_in_child();
                     instance().mutex_.unlock();
                   });
}

// Threads of the parent can be neither joined nor detached here, and they wait for ever on
// its condition variables: a signal to those would go to one of them.
void Arena::begin_anew_in_child() {
  lost_ = new Lost{lost_, std::move(workers_), std::move(wanted_), std::move(changed_)};
  wanted_ = std::make_unique<std::condition_variable>();
  changed_ = std::make_unique<std::condition_variable>();
  workers_.clear();
  jobs_.clear();
  num_idle_ = num_called_ = root_->num_workers = 0;
}

void Arena::stop() {
  {
    const Lock lock(mutex_);
    stopped_ = true;
  }
  wanted_->notify_all();
  for (auto& worker : workers_) worker.join();
  workers_.clear();
}

void Arena::set_num_threads(int64_t num_threads) {
  const Lock lock(mutex_);
  root_->max_workers = num_threads - 1;
}

int64_t Arena::num_threads() {
  const auto current = Standing::current();
  const Lock lock(mutex_);
  int64_t workers = Level::kNoLimit;
  for (const auto* level = current.get(); level != nullptr; level = level->above.get()) {
    workers = std::min(workers, level->max_workers);
  }
  return workers + 1;
}

void Arena::open(const std::shared_ptr<Job>& job) {
  const Lock lock(mutex_);
  jobs_.push_back(job);
  for (int64_t room = room_of(*job); room > 0; --room) wake_worker();
  changed_->notify_all();
}

void Arena::close(const std::shared_ptr<Job>& job) {
  Lock lock(mutex_);
  jobs_.remove(job);
  while (job->num_helpers > 0) {
    if (const auto part = choose(job.get())) {
      join(part, job.get(), lock);
    } else {
      changed_->wait(lock);
    }
  }
  lock.unlock();
  job->drop_work();  // by its owner: a worker may let go of the job under the lock
}

void Arena::work() {
  Lock lock(mutex_);
  while (!stopped_) {
    if (const auto job = choose(nullptr)) {
      join(job, nullptr, lock);
      continue;
    }
    ++num_idle_;
    wanted_->wait(lock, [&] { return num_called_ > 0 || stopped_; });
    --num_idle_;
    num_called_ = std::max<int64_t>(num_called_ - 1, 0);
  }
}

// The oldest that another thread may join, of those that stand below a level if one is
// given.
std::shared_ptr<Job> Arena::choose(const Level* below) {
  for (const auto& job : jobs_) {
    if (job->has_indices() && room_of(*job, below) > 0) return job;
  }
  return nullptr;
}

// For how many more threads; none where the job does not stand below. The thread that waits
// at a level is counted there already.
int64_t Arena::room_of(const Job& job, const Level* below) {
  int64_t room = job.max_helpers - job.num_helpers;
  const Level* level = &job;
  for (; level != nullptr && level != below; level = level->above.get()) {
    room = std::min(room, level->max_workers - level->num_workers);
  }
  return level == below ? room : 0;
}

void Arena::join(const std::shared_ptr<Job>& job, const Level* below, Lock& lock) {
  const auto count = [&](int64_t change) {
    job->num_helpers += change;
    for (Level* level = job.get(); level != below; level = level->above.get()) {
      level->num_workers += change;
    }
  };
  count(1);
  if (choose(nullptr) != nullptr) wake_worker();
  lock.unlock();
  Job::run(job);
  lock.lock();
  count(-1);
  changed_->notify_all();
}

void Arena::wake_worker() {
  if (num_idle_ > num_called_) {
    ++num_called_;
    wanted_->notify_one();
    return;
  }
  if (stopped_ || static_cast<int64_t>(workers_.size()) >= root_->max_workers) return;
  try {
    workers_.emplace_back([this] { work(); });
  } catch (const std::exception&) {  // the system gives no more, or no memory for one
  }
}

}  // namespace sep::detail
