#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sep {

/// A model that is known by its name.
struct NamedModel {
  std::string name;  ///< of its file, without .safetensors: "quartet"
  std::filesystem::path path;
};

/// Where the models that come with libsep are looked for:
///
///     $LIBSEP_MODELS              where it is set, and then nowhere else
///     ../share/libsep/models      from the folder of the program that runs: an installed
///                                 command, wherever the installation was moved to
///     libsep/checkpoint/models    of the source tree that it was built from
///     PREFIX/share/libsep/models  as libsep was configured, for programs that link it
std::vector<std::filesystem::path> model_folders();
std::string places_of_models();  ///< the same for a message: "/usr/share/libsep/models, …"

/// The models of the first of these folders that has any, by name; what they are their
/// files say (read_model_description()). Throws Error for a $LIBSEP_MODELS that is no
/// folder.
std::vector<NamedModel> list_models();

/// The model that is taken where none is named: `quartet`, or else the only one. Throws
/// Error that says where it was looked for, or which there are.
NamedModel default_model();

/// What a user calls a model: a path where something is there, or else a name of
/// list_models(). Throws Error where it is neither.
std::filesystem::path find_model(const std::filesystem::path& path_or_name);

}  // namespace sep
