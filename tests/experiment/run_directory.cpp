#include "libsep/experiment/run_directory.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "libsep/core/error.h"
#include "libsep/core/version.h"
#include "tests/support/catch_torch.h"
#include "tests/support/messages.h"
#include "tests/support/paths.h"

using namespace sep;

namespace {

ExperimentConfig config_of(int64_t hidden_size) {
  ExperimentConfig config;
  config.title = "Model A";
  config.model.options<MaskInferenceOptions>().hidden_size = hidden_size;
  return config;
}

/// The files and folders below a folder.
std::set<std::string> all_below(const std::filesystem::path& root) {
  std::set<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    paths.insert(entry.path().string());
  }
  return paths;
}

/// Until the end of the scope root, who may write everywhere, is a user who owns what lies
/// below `folder`.
class NotRoot {
 public:
  explicit NotRoot(const std::filesystem::path& folder) : is_root_(::geteuid() == 0) {
    if (!is_root_) return;
    REQUIRE(::chown(folder.c_str(), kUser, kUser) == 0);
    for (const auto& path : all_below(folder)) {
      REQUIRE(::chown(path.c_str(), kUser, kUser) == 0);
    }
    REQUIRE(::seteuid(kUser) == 0);
  }
  ~NotRoot() {
    if (is_root_ && ::seteuid(0) != 0) std::abort();
  }
  NotRoot(const NotRoot&) = delete;
  NotRoot& operator=(const NotRoot&) = delete;

 private:
  static constexpr uid_t kUser = 65534;
  bool is_root_;
};

}  // namespace

TEST_CASE("a run directory belongs to one config, wherever its data lies", "[experiment]") {
  const TemporaryFolder folder;
  const auto root = folder / "run";
  RunDirectory::create_or_continue(root, config_of(50));
  auto moved = config_of(50);
  moved.data.path = "/elsewhere";
  CHECK_NOTHROW(RunDirectory::create_or_continue(root, moved));
  const auto message =
      message_of([&] { RunDirectory::create_or_continue(root, config_of(100)); });
  CHECK(message.find(root.string()) == 0);
  CHECK(message.find("model.hidden_size: 100 wanted, 50 found") != std::string::npos);
  CHECK(message.find('\n') == std::string::npos);
}

TEST_CASE("a folder of something else is no run directory", "[experiment][failure]") {
  const TemporaryFolder folder;
  std::ofstream(folder / "thesis.txt") << "precious";
  CHECK_THROWS_AS(RunDirectory::create_or_continue(folder.path(), config_of(50)), Error);
  CHECK_THROWS_AS(RunDirectory::begin_anew(folder.path(), config_of(50)), Error);
  CHECK_THROWS_AS(RunDirectory::open(folder.path()), Error);
  CHECK(message_of([&] { RunDirectory::check_place(folder.path()); }) ==
        folder.path().string() +
            ": wants a new folder or a run's, found thesis.txt there and no run");
  CHECK(message_of([&] { RunDirectory::check_place(folder / "thesis.txt"); }) ==
        (folder / "thesis.txt").string() + ": wants a folder, found a file");
  CHECK(std::filesystem::exists(folder / "thesis.txt"));
}

TEST_CASE("hidden files of desktops and version control do not count", "[experiment]") {
  const TemporaryFolder folder;
  for (const char* name : {".DS_Store", ".gitkeep", ".gitignore"}) {
    std::ofstream(folder / name) << "x";
  }
  CHECK_NOTHROW(RunDirectory::check_place(folder.path()));
  const bool fresh = GENERATE(false, true);
  const auto run = fresh ? RunDirectory::begin_anew(folder.path(), config_of(50))
                         : RunDirectory::create_or_continue(folder.path(), config_of(50));
  CHECK(RunDirectory::open(run.root()).config().title == "Model A");
  CHECK(std::filesystem::exists(folder / ".gitkeep"));
}

TEST_CASE("a run begins anew beside what is not the run's", "[experiment]") {
  const TemporaryFolder folder;
  const auto root = folder / "run";
  const auto run = RunDirectory::create_or_continue(root, config_of(50));
  run.record({});
  std::filesystem::create_directories(run.folder({1, "violin"}));
  std::filesystem::create_directories(run.folder({2, "violin"}));
  const std::vector<std::string> kept = {
      "notes.txt", ".DS_Store", "fold-01/notes.txt", "fold-01/violin/.DS_Store"};
  for (const auto& name : kept) std::ofstream(root / name) << "mine";
  std::ofstream(run.files({1, "violin"}).best) << "weights";
  const auto anew = RunDirectory::begin_anew(root, config_of(100));
  CHECK(anew.config().model.options<MaskInferenceOptions>().hidden_size == 100);
  CHECK(
      RunDirectory::open(root).config().model.options<MaskInferenceOptions>().hidden_size ==
      100);
  CHECK_FALSE(std::filesystem::exists(root / "manifest.yaml"));
  CHECK_FALSE(std::filesystem::exists(run.files({1, "violin"}).best));
  CHECK_FALSE(std::filesystem::exists(root / "fold-02"));
  for (const auto& name : kept) CHECK(read_text(root / name) == "mine");
  CHECK_NOTHROW(RunDirectory::create_or_continue(root, config_of(100)));
}

TEST_CASE("of a run that may not be removed whole nothing is", "[experiment][failure]") {
  const TemporaryFolder folder;
  const auto root = folder / "run";
  const auto run = RunDirectory::create_or_continue(root, config_of(50));
  run.record({});
  const auto first = run.files({1, "violin"});
  const auto last = run.files({3, "violin"});
  for (const auto& path : {first.best, first.history, last.history}) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << "x";
  }
  const auto check_refused = [&](const std::string& words) {
    const auto before = all_below(root);
    const auto refused =
        message_of([&] { RunDirectory::begin_anew(root, config_of(100)); });
    INFO(refused);
    CHECK(refused.find(words) != std::string::npos);
    CHECK(all_below(root) == before);
    CHECK(RunDirectory::open(root)
              .config()
              .model.options<MaskInferenceOptions>()
              .hidden_size == 50);
  };
  SECTION("a folder stands where a file of the run would") {
    std::filesystem::create_directories(last.best);
    check_refused(
        "fold-03/violin/best.safetensors: wants a file of the run there, found a "
        "folder; nothing was removed");
  }
  SECTION("a folder may not be written to") {
    namespace fs = std::filesystem;
    fs::permissions(last.history.parent_path(),
                    fs::perms::owner_read | fs::perms::owner_exec);
    const NotRoot user(folder.path());
    check_refused("fold-03/violin: the run's files there cannot be removed: Permission");
    fs::permissions(last.history.parent_path(), fs::perms::owner_all);
  }
}

TEST_CASE("what a kill left of a file does not stay", "[experiment]") {
  const TemporaryFolder folder;
  const auto root = folder / "run";
  const auto leave = [&](const std::filesystem::path& name) {
    std::filesystem::create_directories((root / name).parent_path());
    std::ofstream(root / name) << "half";
    return root / name;
  };
  // Of the first file of all: the folder holds nothing else.
  const auto config = leave(".config.4711-0123abcd-0.tmp.yaml");
  const auto run = RunDirectory::create_or_continue(root, config_of(50));
  CHECK_FALSE(std::filesystem::exists(config));
  const auto timings = leave(".timings.4711-0123abcd-1.tmp.csv");
  const auto state = leave("fold-03/violin/.state.4711-0123abcd-2.tmp.safetensors");
  const std::vector<std::filesystem::path> kept = {
      leave("eval/.table.4711-0123abcd-3.tmp.csv"),  // sep-eval may be writing it
      leave("fold-x/violin/.best.4711-0123abcd-4.tmp.safetensors"),
      leave("fold-03/violin/best.safetensors")};
  RunDirectory::create_or_continue(root, config_of(50));
  CHECK_FALSE(std::filesystem::exists(timings));
  CHECK_FALSE(std::filesystem::exists(state));
  for (const auto& path : kept) CHECK(std::filesystem::exists(path));
}

TEST_CASE("a config.yaml of something else makes no run", "[experiment][failure]") {
  const TemporaryFolder folder;
  const auto root = folder / "site";
  const auto precious = root / "fold-01" / "paper.tex";
  std::filesystem::create_directories(precious.parent_path());
  std::ofstream(precious) << "precious";
  std::ofstream(root / "manifest.yaml") << "name: my site\n";
  const std::string text =
      GENERATE("theme: dark\n", "- a\n- b\n", "title: [\n", "model: {hidden_size: tall}\n");
  std::ofstream(root / "config.yaml") << text;
  for (const auto& refused :
       {message_of([&] { RunDirectory::check_place(root); }),
        message_of([&] { RunDirectory::begin_anew(root, config_of(50)); })}) {
    CHECK(refused.find(root.string() + ": wants a new folder or a run's") == 0);
    CHECK(refused.find('\n') == std::string::npos);
  }
  CHECK_THROWS_AS(RunDirectory::create_or_continue(root, config_of(50)), Error);
  CHECK(std::filesystem::exists(precious));
  CHECK(std::filesystem::exists(root / "config.yaml"));
}

TEST_CASE("what is removed of a run is in its own folders", "[experiment]") {
  const TemporaryFolder folder;
  const auto root = folder / "run";
  const auto run = RunDirectory::create_or_continue(root, config_of(50));
  std::ofstream(root / "config.yaml") << "a_key_of_old: 1\n";
  std::ofstream(root / "manifest.yaml") << "libsep_version: 0.0.1\n";
  std::ofstream(root / "manifest-2.yaml") << "libsep_version: 0.0.2\n";
  const auto write = [](const std::filesystem::path& path) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << "x";
  };
  const auto violin = run.files({1, "violin"});
  for (const auto& path : {violin.best, violin.last, violin.history, violin.state}) {
    write(path);
  }
  write(run.folder({1, "violin"}) / ".best.4711-00000000-3.tmp.safetensors");
  write(run.files({2, "violin"}).best);
  write(folder / "elsewhere" / "violin" / "best.safetensors");
  std::filesystem::create_directory_symlink(folder / "elsewhere", root / "fold-03");
  const std::vector<std::string> kept = {"fold-02/violin/notes.txt",
                                         "fold-02/plot.png",
                                         "fold-2/violin/best.safetensors",
                                         "fold-000/violin/best.safetensors",
                                         "fold-paper/violin/best.safetensors",
                                         "fold-03/violin/best.safetensors"};
  for (const auto& name : kept) write(root / name);
  RunDirectory::begin_anew(root, config_of(50));
  for (const auto& name : kept) {
    INFO(name);
    CHECK(std::filesystem::exists(root / name));
  }
  CHECK(read_text(root / "config.yaml") == write_config(config_of(50)));
  for (const char* name :
       {"manifest.yaml", "manifest-2.yaml", "fold-01", "fold-02/violin/best.safetensors"}) {
    INFO(name);
    CHECK_FALSE(std::filesystem::exists(root / name));
  }
}

TEST_CASE("a run keeps a manifest for each way it was run", "[experiment]") {
  const TemporaryFolder folder;
  const auto run = RunDirectory::create_or_continue(folder / "run", config_of(50));
  RunManifest manifest;
  manifest.compute_threads = 2;
  manifest.dataset = "10 pieces";
  run.record(manifest);
  run.record(manifest);
  CHECK_FALSE(std::filesystem::exists(run.root() / "manifest-2.yaml"));
  manifest.compute_threads = 4;
  run.record(manifest);
  run.record(manifest);
  CHECK(std::filesystem::exists(run.root() / "manifest-2.yaml"));
  CHECK_FALSE(std::filesystem::exists(run.root() / "manifest-3.yaml"));
  manifest.dataset = "9 pieces";
  CHECK(message_of([&] { run.record(manifest); }).find("another dataset") !=
        std::string::npos);
}

TEST_CASE("files of another libsep are refused with both versions",
          "[experiment][failure]") {
  const TemporaryFolder folder;
  const auto root = folder / "run";
  const auto run = RunDirectory::create_or_continue(root, config_of(50));
  CHECK(run.libsep_version().empty());
  RunManifest manifest;
  manifest.libsep_version = sep::version();
  run.record(manifest);
  CHECK(run.libsep_version() == sep::version());

  // A later libsep says more, in the manifest of its own.
  const auto write = [](const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path) << text;
  };
  const auto first = read_text(root / "manifest.yaml");
  const std::string later = "libsep_version: \"9.1.0\"\nenergy_joules: 5\n";
  for (const char* name : {"manifest.yaml", "manifest-2.yaml"}) {
    write(root / "manifest.yaml", first);
    write(root / name, later);
    CHECK(run.libsep_version() == "9.1.0");
    const auto refused = message_of([&] { run.record(manifest); });
    CHECK(refused.find(name + std::string(":2")) != std::string::npos);
    CHECK(refused.find("energy_joules") != std::string::npos);
    CHECK(refused.find("(written by libsep 9.1.0, this is libsep ") != std::string::npos);
  }
  write(root / "config.yaml", "title: x\nconductor: y\n");
  for (const auto& refused :
       {message_of([&] { RunDirectory::open(root); }),
        message_of([&] { RunDirectory::create_or_continue(root, config_of(50)); })}) {
    CHECK(refused.find("config.yaml:2") != std::string::npos);
    CHECK(refused.find("by libsep 9.1.0") != std::string::npos);
    CHECK(refused.find('\n') == std::string::npos);
  }
}

TEST_CASE("a run directory takes no other table of times", "[experiment][failure]") {
  const TemporaryFolder folder;
  const auto run = RunDirectory::create_or_continue(folder / "run", config_of(50));
  std::ofstream(run.root() / "timings.csv") << "fold,instrument,minutes\n1,violin,3\n";
  for (const auto& refused :
       {message_of([&] {
          run.add_timing({2, "violin"}, {});
        }),
        message_of([&] { RunDirectory::create_or_continue(run.root(), config_of(50)); })}) {
    CHECK(refused.find("timings.csv: wants the columns fold,instrument,iterations") !=
          std::string::npos);
    CHECK(refused.find("found fold,instrument,minutes") != std::string::npos);
  }
}

TEST_CASE("only trainings with a best checkpoint are evaluated", "[experiment]") {
  const TemporaryFolder folder;
  const auto run = RunDirectory::create_or_continue(folder / "run", config_of(50));
  for (const RunItem& item :
       {RunItem{10, "violin"}, RunItem{2, "bassoon"}, RunItem{2, "violin"}}) {
    std::filesystem::create_directories(run.folder(item));
    std::ofstream(run.files(item).best) << "weights";
  }
  std::filesystem::create_directories(run.folder({3, "violin"}));
  std::filesystem::create_directories(run.root() / "fold-x");
  std::string text;
  for (const auto& item : run.trained_items(std::vector<StemName>{"violin", "bassoon"})) {
    text += fmt::format("{}{} ", item.fold, item.target[0]);
  }
  CHECK(text == "2v 2b 10v ");
}

TEST_CASE("a machine's name tells generations of processors apart", "[experiment][run]") {
  const auto name = machine_name();
  INFO(name);
  CHECK_FALSE(name.empty());
  const auto cpuinfo = read_text("/proc/cpuinfo");
  const auto model = cpuinfo.find("\nmodel\t\t: ");
  if (model == std::string::npos) return;  // no PC
  const auto begin = model + std::string("\nmodel\t\t: ").size();
  const auto number = cpuinfo.substr(begin, cpuinfo.find('\n', begin) - begin);
  CHECK(name.find(", model " + number + ", stepping ") != std::string::npos);
}
