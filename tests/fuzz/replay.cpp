// replay TARGET NUM_MUTATIONS FOLDER …: gives a target the files of the folders, then as
// many mutations of them, the same ones each time. Ends in an error where one takes more
// than ten seconds of computing or all together more than a gigabyte; the input it was at
// is then in TARGET.input in the current folder.
#include <sys/resource.h>
#include <sys/time.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/mutator.h"
#include "tests/fuzz/target.h"

namespace {

namespace fs = std::filesystem;

constexpr time_t kMaxSeconds = 10;
constexpr int64_t kMaxKilobytes = 1 << 20;

std::string bytes_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> inputs_of(const std::vector<fs::path>& folders) {
  std::vector<fs::path> paths;
  for (const auto& folder : folders) {
    if (!fs::exists(folder)) continue;
    for (const auto& entry : fs::directory_iterator(folder)) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs;
  for (const auto& path : paths) inputs.push_back(bytes_of(path));
  return inputs;
}

// SIGPROF, which ends the process, comes after so much computing; 0: never.
void set_alarm(time_t seconds) {
  const itimerval timer{{0, 0}, {seconds, 0}};
  ::setitimer(ITIMER_PROF, &timer, nullptr);
}

void try_input(const std::string& bytes, const fs::path& last_input) {
  std::ofstream(last_input, std::ios::binary) << bytes;
  set_alarm(kMaxSeconds);
  fuzz_bytes(bytes);
  set_alarm(0);
}

}  // namespace

int main(int argc, char** argv) {
  fuzz_check(argc >= 4, "wants a target, a number and folders");
  const std::string target = argv[1];
  const fs::path last_input = target + ".input";
  const auto inputs = inputs_of({argv + 3, argv + argc});
  fuzz_check(!inputs.empty(), "there is no seed");
  for (const auto& bytes : inputs) try_input(bytes, last_input);
  for (int64_t i = 0; i < std::stol(argv[2]); ++i) {
    sep::RandomStream random(0, "fuzz/" + target, {i});
    try_input(mutated(inputs, random), last_input);
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  fuzz_check(usage.ru_maxrss <= kMaxKilobytes, "too much memory");
  fs::remove(last_input);
  std::printf("%zu files and %s mutations, %ld MB\n",
              inputs.size(),
              argv[2],
              usage.ru_maxrss / 1024);
}
