// --threads N: how many threads of a command run at a time, as the system sees them.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "tests/support/pieces.h"
#include "tests/support/workplace.h"

namespace {

namespace fs = std::filesystem;

/// Threads by their numbers: whether one runs or waits for a core, and its time on one.
struct ThreadSample {
  bool runs = false;
  double seconds = 0.0;
};

std::map<std::string, ThreadSample> sample(pid_t process) {
  std::map<std::string, ThreadSample> threads;
  std::error_code gone;
  const fs::path tasks = "/proc/" + std::to_string(process) + "/task";
  for (fs::directory_iterator task(tasks, gone), end; !gone && task != end;
       task.increment(gone)) {
    std::ifstream file(task->path() / "stat");
    std::string text;
    std::getline(file, text);
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) continue;
    std::istringstream fields(text.substr(name_end + 1));
    std::string state, skipped;
    double user = 0.0, system = 0.0;
    fields >> state;
    for (int i = 4; i <= 13; ++i) fields >> skipped;
    fields >> user >> system;
    threads[task->path().filename().string()] = {
        state == "R", (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK))};
  }
  return threads;
}

struct Watched {
  int code = -1;
  size_t most_running = 0;
  double seconds = 0.0;  ///< on cores, of all threads
};

pid_t start(const fs::path& folder, const std::string& line) {
  const std::string full = "cd '" + folder.string() + "' && exec '" LIBSEP_APPS_DIR "'/" +
                           line + " > log 2>&1 < /dev/null";
  const pid_t process = ::fork();
  if (process == 0) {
    ::setenv("LIBSEP_CACHE", "none", 1);
    ::execl("/bin/sh", "sh", "-c", full.c_str(), nullptr);
    ::_exit(127);
  }
  return process;
}

/// Looks at all threads each millisecond or two. OpenBLAS starts one a core of its own as
/// it is loaded, which look about for some milliseconds and sleep for ever after: who has
/// not had 50 ms on a core in the end does not count.
Watched watch(const fs::path& folder, const std::string& line) {
  const pid_t process = start(folder, line);
  std::vector<std::set<std::string>> running;
  std::map<std::string, double> seconds;
  int status = 0;
  while (::waitpid(process, &status, WNOHANG) == 0) {
    running.emplace_back();
    for (const auto& [thread, now] : sample(process)) {
      seconds[thread] = now.seconds;
      if (now.runs) running.back().insert(thread);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  Watched watched;
  watched.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  for (const auto& [thread, total] : seconds) watched.seconds += total;
  // A thread that hands its place over is ready to run for a moment beside the next, on a
  // busy machine for some milliseconds: what is seen in fewer than one look of twenty is
  // that.
  std::vector<size_t> counts;
  for (auto& threads : running) {
    const auto count = std::count_if(
        threads.begin(), threads.end(), [&](const auto& t) { return seconds[t] >= 0.05; });
    counts.push_back(static_cast<size_t>(count));
  }
  std::sort(counts.begin(), counts.end());
  if (!counts.empty()) watched.most_running = counts[(counts.size() - 1) * 19 / 20];
  return watched;
}

/// New mixtures each epoch and a second fold: there is something to render ahead always.
const char* const kConfig = R"(title: Busy
stft: {window_length: 256, hop_length: 64}
mixtures: {num_train: 4, num_validation: 4, seconds: 2, max_source_seconds: 2,
           renew_each_epoch: true}
model: {hidden_size: 24, num_layers: 2, dropout: 0.2}
train: {batch_size: 2, iterations_per_epoch: 4, num_epochs: 4, learning_rate: 0.01}
)";

}  // namespace

TEST_CASE("no more threads run than --threads says", "[end_to_end][threads]") {
  const CommandPlace place;
  write_music(place.folder / "pieces", 4, 4.0);
  std::ofstream(place.folder / "busy.yaml") << kConfig;
  for (const std::string threads : {"1", "2", "3"}) {
    const auto allowed = std::stoul(threads);
    for (const auto& line :
         {"sep-train busy.yaml --data pieces --folds 1,2 --jobs 2 --out run" + threads,
          "sep-eval run" + threads + " --oracles --report",
          "sep-separate --model run" + threads +
              " pieces/*/*-violin.wav --report --out stems" + threads}) {
      INFO(line << " --threads " << threads);
      const auto watched = watch(place.folder.path(), line + " --threads " + threads);
      INFO(read_text(place.folder / "log"));
      REQUIRE(watched.code == 0);
      CHECK(watched.seconds > 0.2);  // else nothing was seen
      CHECK(watched.most_running <= allowed);
    }
    for (const char* fold : {"fold-01", "fold-02"}) {
      CHECK(contents(place.folder / ("run" + threads) / fold) ==
            contents(place.folder / "run1" / fold));
    }
  }
}
