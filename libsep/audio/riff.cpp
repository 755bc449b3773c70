#include "libsep/audio/riff.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <string>

#include "libsep/core/error.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

bool is_name(const std::string& tag) {
  return std::all_of(
      tag.begin(), tag.end(), [](char letter) { return ' ' <= letter && letter <= '~'; });
}

class RiffFile {
 public:
  explicit RiffFile(const fs::path& path) : path_(path), file_(path, std::ios::binary) {
    const std::string form = read_tag();
    big_endian_ = form == "RIFX";
    is_riff_ = form == "RIFF" || form == "RF64" || big_endian_;
    skip(4);  // the whole's length, which streams do not know
    is_riff_ = is_riff_ && read_tag() == "WAVE";
  }

  void check_chunks() {
    while (is_riff_ && file_) {
      const std::string tag = read_tag();
      const uint32_t size = read_size();
      const auto begin = file_.tellg();
      if (!file_ || !is_name(tag)) return;
      if (tag == "LIST" || tag == "INFO") check_list(tag, size);
      if (tag == "ds64") read_long_data_size();
      file_.clear();
      file_.seekg(begin);
      const bool long_data = tag == "data" && size == UINT32_MAX && long_data_size_ > 0;
      skip(long_data ? long_data_size_ : size);
      skip(size % 2);
    }
  }

 private:
  // Names without a length, INFO and adtl, stand before the parts.
  void check_list(const std::string& list, uint64_t list_size) {
    for (uint64_t position = 0; position < list_size && file_;) {
      const std::string tag = read_tag();
      position += 4;
      if (tag == "INFO" || tag == "adtl") continue;
      const uint32_t size = read_size();
      if (!file_) return;
      SEP_CHECK(size <= INT32_MAX,
                "{}: damaged, a part of its {} chunk says that it has {} bytes",
                path_.string(),
                list,
                size);
      skip(size + size % 2);
      position += 4 + uint64_t{size} + size % 2;
    }
  }

  void read_long_data_size() {
    skip(8);
    const uint64_t low = read_size();
    long_data_size_ = low | uint64_t{read_size()} << 32;
  }

  std::string read_tag() {
    std::string tag(4, '\0');
    file_.read(tag.data(), 4);
    return tag;
  }

  uint32_t read_size() {
    std::array<char, 4> bytes{};
    file_.read(bytes.data(), 4);
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) {
      const auto byte = static_cast<unsigned char>(bytes[big_endian_ ? i : 3 - i]);
      value = value << 8 | byte;
    }
    return value;
  }

  void skip(uint64_t count) {
    if (count > INT64_MAX / 2) {
      file_.setstate(std::ios::failbit);
    } else {
      file_.seekg(static_cast<std::streamoff>(count), std::ios::cur);
    }
  }

  fs::path path_;
  std::ifstream file_;
  bool big_endian_ = false;
  bool is_riff_ = false;
  uint64_t long_data_size_ = 0;
};

}  // namespace

void check_riff_lists(const fs::path& path) { RiffFile(path).check_chunks(); }

}  // namespace sep
