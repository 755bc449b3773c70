#pragma once

#include <filesystem>
#include <string>

#include "libsep/data/piece.h"

/// The file of a part that is one.
inline std::filesystem::path path_of(const sep::Piece& piece, const std::string& id) {
  return sep::part(piece, id).files.front().path;
}
