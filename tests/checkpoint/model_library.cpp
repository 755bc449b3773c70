#include "libsep/checkpoint/model_library.h"

#include <algorithm>
#include <cstdlib>

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace sep;

namespace {

namespace fs = std::filesystem;

/// $LIBSEP_MODELS while it lives.
struct Variable {
  explicit Variable(const fs::path& folder) {
    ::setenv("LIBSEP_MODELS", folder.c_str(), /*overwrite=*/1);
  }
  ~Variable() { ::unsetenv("LIBSEP_MODELS"); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
};

void put(const fs::path& path) { std::ofstream(path) << "x"; }

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("models are looked for beside the program, in the source tree, as installed",
          "[checkpoint][library]") {
  ::unsetenv("LIBSEP_MODELS");
  const auto folders = model_folders();
  REQUIRE(folders.size() == 3);
  const auto program = fs::read_symlink("/proc/self/exe").parent_path();
  CHECK(folders[0].filename() == "models");
  CHECK(folders[0].string().find(program.parent_path().string()) == 0);
  CHECK(folders[1] == fs::path(LIBSEP_SOURCE_DIR) / "libsep/checkpoint/models");
  CHECK(fs::is_directory(folders[1]));
  CHECK(folders[2].is_absolute());
  for (const auto& model : list_models()) CHECK(model.path.parent_path() == folders[1]);
}

TEST_CASE("a folder's models are its safetensors, by name", "[checkpoint][library]") {
  const TemporaryFolder folder;
  const Variable variable(folder.path());
  CHECK(model_folders() == std::vector<fs::path>{folder.path()});
  CHECK(list_models().empty());
  put(folder / "wind.safetensors");
  put(folder / "README.md");
  put(folder / ".wind.safetensors");
  fs::create_directories(folder / "folder.safetensors");
  CHECK(default_model().name == "wind");
  put(folder / "brass.v2.safetensors");
  const auto models = list_models();
  REQUIRE(models.size() == 2);
  CHECK(models[0].name == "brass.v2");
  CHECK(models[1].path == folder / "wind.safetensors");
  CHECK(find_model("wind") == folder / "wind.safetensors");
  CHECK(find_model(folder / "README.md") ==
        folder / "README.md");  // what is there is meant
  put(folder / "quartet.safetensors");
  CHECK(default_model().name == "quartet");
}

TEST_CASE("what is not found is said, and where it was looked for",
          "[checkpoint][library][failure]") {
  const TemporaryFolder folder;
  {
    const Variable variable(folder.path());
    const auto none = message_of([] { default_model(); });
    CHECK(none.find("no model comes with this libsep") == 0);
    CHECK(none.find("looked in " + folder.path().string()) != std::string::npos);
    CHECK(message_of([] { find_model("wind"); }) == "wind: no such file or folder");
    put(folder / "wind.safetensors");
    put(folder / "brass.safetensors");
    CHECK(message_of([] { default_model(); }) ==
          "several models there, none called quartet: --model wants one of brass, wind");
    CHECK(message_of([] { find_model("wnd"); }) ==
          "wnd: no such file or folder, nor a model of that name (there are: wind, brass)");
  }
  const Variable variable(folder / "absent");
  CHECK(message_of([] { list_models(); }) ==
        "LIBSEP_MODELS = " + (folder / "absent").string() + ": no such folder");
}
