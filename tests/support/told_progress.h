#pragma once

#include <string>
#include <vector>

#include "libsep/core/progress.h"

/// Keeps what it is told, and asks to stop once `num_updates` steps were reported.
class ToldProgress : public sep::Progress {
 public:
  explicit ToldProgress(int64_t num_updates = -1) : num_left_(num_updates) {}

  void update(int64_t /*done*/, const std::string& /*detail*/) override { --num_left_; }
  void note(const std::string& line) override { notes.push_back(line); }
  bool stop_requested() const override { return num_left_ == 0; }

  /// How many notes hold all of `parts`.
  int64_t count_notes(const std::vector<std::string>& parts) const {
    int64_t count = 0;
    for (const auto& line : notes) {
      bool all = true;
      for (const auto& part : parts) all = all && line.find(part) != std::string::npos;
      count += all ? 1 : 0;
    }
    return count;
  }

  std::vector<std::string> notes;

 private:
  int64_t num_left_;
};
