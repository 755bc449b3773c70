#pragma once

#include <zip.h>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

/// Files as torch.save() writes them, with whatever a test wants wrong with them.

/// A zip file of entries in memory.
inline std::string make_zip(const std::vector<std::pair<std::string, std::string>>& entries,
                            bool compressed = false) {
  zip_error_t error;
  zip_error_init(&error);
  auto* source = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(source);
  auto* zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
  if (zip == nullptr) throw std::runtime_error(zip_error_strerror(&error));
  for (const auto& [name, content] : entries) {
    auto* data = zip_source_buffer(zip, content.data(), content.size(), 0);
    const auto index = zip_file_add(zip, name.c_str(), data, ZIP_FL_ENC_UTF_8);
    if (index < 0) throw std::runtime_error(zip_strerror(zip));
    const auto method = compressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE;
    zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), method, 0);
  }
  if (zip_close(zip) != 0) throw std::runtime_error(zip_strerror(zip));
  zip_source_open(source);
  zip_source_seek(source, 0, SEEK_END);
  std::string bytes(static_cast<size_t>(zip_source_tell(source)), '\0');
  zip_source_seek(source, 0, SEEK_SET);
  zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  zip_source_free(source);
  return bytes;
}
