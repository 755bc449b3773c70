#include "libsep/experiment/run_progress.h"

#include <utility>

namespace sep {

RunProgress::RunProgress(Progress& target, std::string title, int64_t num_iterations)
    : target_(target), title_(std::move(title)), num_iterations_(num_iterations) {}

void RunProgress::begin_training() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (begun_) return;
  begun_ = true;
  target_.begin(title_, num_iterations_, "iterations");
}

void RunProgress::advance(int64_t iterations, const std::string& detail) {
  const std::lock_guard<std::mutex> lock(mutex_);
  done_ += iterations;
  target_.update(done_, detail);
}

void RunProgress::end() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (begun_) target_.end();
  begun_ = false;
}

void RunProgress::note(const std::string& line) {
  const std::lock_guard<std::mutex> lock(mutex_);
  target_.note(line);
}

void ItemProgress::begin(const std::string& title, int64_t /*total*/, const std::string&) {
  title_ = title;
  run_.begin_training();
}

void ItemProgress::update(int64_t done, const std::string& detail) {
  run_.advance(done - done_, detail.empty() ? title_ : title_ + ", " + detail);
  done_ = done;
}

}  // namespace sep
