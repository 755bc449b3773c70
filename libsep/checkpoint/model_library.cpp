#include "libsep/checkpoint/model_library.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/text.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

constexpr const char* kVariable = "LIBSEP_MODELS";
constexpr const char* kDefault = "quartet";
constexpr const char* kExtension = ".safetensors";

const char* chosen_folder() {
  const char* folder = std::getenv(kVariable);
  return folder == nullptr || *folder == '\0' ? nullptr : folder;
}

/// The folder of the program that runs; empty where the system does not say.
fs::path program_folder() {
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path() : program.parent_path();
}

std::vector<NamedModel> models_in(const fs::path& folder) {
  std::vector<NamedModel> models;
  if (!is_folder(folder)) return models;
  for (const auto& path : list_folder(folder)) {
    if (path.extension() != kExtension || is_hidden(path) || !is_file(path)) continue;
    models.push_back({path.stem().string(), path});
  }
  return models;
}

std::vector<std::string> names_of(const std::vector<NamedModel>& models) {
  std::vector<std::string> names;
  names.reserve(models.size());
  for (const auto& model : models) names.push_back(model.name);
  return names;
}

}  // namespace

std::vector<fs::path> model_folders() {
  if (chosen_folder() != nullptr) return {fs::path(chosen_folder())};
  std::vector<fs::path> folders;
  const auto program = program_folder();
  if (!program.empty()) {
    folders.push_back((program / LIBSEP_MODELS_FROM_PROGRAM).lexically_normal());
  }
  folders.emplace_back(LIBSEP_SOURCE_MODELS);
  folders.emplace_back(LIBSEP_INSTALLED_MODELS);
  const auto end = std::unique(folders.begin(), folders.end());
  folders.erase(end, folders.end());
  return folders;
}

std::string places_of_models() {
  std::vector<std::string> places;
  for (const auto& folder : model_folders()) places.push_back(folder.string());
  return fmt::format("{}", fmt::join(places, ", "));
}

std::vector<NamedModel> list_models() {
  if (const char* folder = chosen_folder()) {
    SEP_CHECK(is_folder(folder), "{} = {}: no such folder", kVariable, folder);
  }
  for (const auto& folder : model_folders()) {
    auto models = models_in(folder);
    if (!models.empty()) return models;
  }
  return {};
}

NamedModel default_model() {
  const auto models = list_models();
  SEP_CHECK(!models.empty(),
            "no model comes with this libsep, --model MODEL is required; looked in {}",
            places_of_models());
  for (const auto& model : models) {
    if (model.name == kDefault) return model;
  }
  SEP_CHECK(models.size() == 1,
            "several models there, none called {}: --model wants one of {}",
            kDefault,
            fmt::join(names_of(models), ", "));
  return models.front();
}

fs::path find_model(const fs::path& path_or_name) {
  if (is_there(path_or_name)) return path_or_name;
  const auto models = list_models();
  for (const auto& model : models) {
    if (model.name == path_or_name.string()) return model.path;
  }
  const auto name = path_or_name.string();
  SEP_CHECK(!models.empty(), "{}: no such file or folder", name);
  throw Error(
      fmt::format("{}: no such file or folder, nor a model of that name "
                  "(there are: {})",
                  name,
                  fmt::join(nearest_first(name, names_of(models)), ", ")));
}

}  // namespace sep
