#include "libsep/core/safetensors.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <tuple>

#include "libsep/core/atomic_file.h"
#include "libsep/core/detail/safetensors_header.h"
#include "libsep/core/error.h"
#include "libsep/core/hash.h"

namespace sep {
namespace {

constexpr uint64_t kMaxHeader = 100'000'000;
constexpr size_t kLengthBytes = 8;
constexpr const char* kChecksumKey = "checksum";

// A tensor whose bytes lie elsewhere, in a file's bytes or a TensorData.
struct TensorView {
  Dtype dtype;
  const std::vector<int64_t>* shape;
  std::string_view bytes;
};

// What a file holds.
struct Content {
  std::map<std::string, std::string> metadata;
  std::map<std::string, TensorView> tensors;
};

uint64_t num_bytes(Dtype dtype, const std::vector<int64_t>& shape) {
  return static_cast<uint64_t>(TensorData{dtype, shape, {}}.num_elements() *
                               dtype_size(dtype));
}

void check_length(const detail::TensorEntry& entry, uint64_t available) {
  const uint64_t wanted = num_bytes(entry.dtype, entry.shape);
  SEP_CHECK(entry.begin <= entry.end && entry.end <= available,
            "bytes {} to {} are not in the file's {}",
            entry.begin,
            entry.end,
            available);
  SEP_CHECK(entry.end - entry.begin == wanted,
            "{} [{}] has {} bytes, the file gives it {}",
            dtype_name(entry.dtype),
            fmt::join(entry.shape, ", "),
            wanted,
            entry.end - entry.begin);
}

// Tensors must fill the file from the header's end to its own, in whatever order.
void check_layout(std::vector<detail::TensorEntry>& entries,
                  uint64_t available,
                  const std::string& name) {
  for (const auto& entry : entries) {
    try {
      check_length(entry, available);
    } catch (const Error& error) {
      throw Error(
          fmt::format("{}: tensor \"{}\": {}", name, shown_text(entry.name), error.what()));
    }
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
  });
  uint64_t place = 0;
  for (const auto& entry : entries) {
    SEP_CHECK(entry.begin == place,
              "{}: tensor \"{}\" begins at byte {}, the one before ends at {}",
              name,
              shown_text(entry.name),
              entry.begin,
              place);
    place = entry.end;
  }
  SEP_CHECK(place == available,
            "{}: {} bytes of tensors wanted, found {}",
            name,
            place,
            available);
}

std::string_view header_of(std::string_view bytes, const std::string& name) {
  SEP_CHECK(bytes.size() >= kLengthBytes,
            "{}: is no safetensors file: it has {} bytes",
            name,
            bytes.size());
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  SEP_CHECK(length <= kMaxHeader && length <= bytes.size() - kLengthBytes,
            "{}: is no safetensors file: a header of {} bytes in a file of {}",
            name,
            length,
            bytes.size());
  return bytes.substr(kLengthBytes, length);
}

// Larger elements first: then each is aligned without a gap.
std::vector<detail::TensorEntry> lay_out(const std::map<std::string, TensorView>& tensors) {
  std::vector<detail::TensorEntry> entries;
  for (const auto& [name, tensor] : tensors) {
    const uint64_t wanted = num_bytes(tensor.dtype, *tensor.shape);
    SEP_CHECK(tensor.bytes.size() == wanted,
              "tensor \"{}\" wants {} bytes, found {}",
              shown_text(name),
              wanted,
              tensor.bytes.size());
    entries.push_back({name, tensor.dtype, *tensor.shape, 0, wanted});
  }
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return dtype_size(a.dtype) > dtype_size(b.dtype);
  });
  uint64_t place = 0;
  for (auto& entry : entries) {
    entry.begin = place;
    entry.end = place += entry.end;
  }
  return entries;
}

// Gives `take` the file of a content, part by part.
void write_parts(const Content& content,
                 const std::function<void(std::string_view)>& take) {
  const auto entries = lay_out(content.tensors);
  std::string header = detail::safetensors_header_text({content.metadata, entries});
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const uint64_t length = header.size();
  SEP_CHECK(length <= kMaxHeader, "safetensors: a header of {} bytes is too long", length);
  take({reinterpret_cast<const char*>(&length), kLengthBytes});
  take(header);
  for (const auto& entry : entries) take(content.tensors.at(entry.name).bytes);
}

Content content_of(const Safetensors& file) {
  Content content{file.metadata, {}};
  for (const auto& [name, tensor] : file.tensors) {
    content.tensors[name] = {tensor.dtype, &tensor.shape, tensor.bytes};
  }
  return content;
}

// Of the bytes of a file without it: equal contents are equal bytes.
std::string checksum_of(const Content& content) {
  Fnv1a hash;
  write_parts(content, [&](std::string_view part) { hash.add(part); });
  return hash.text();
}

// A file's header, and its tensors where they lie in its bytes.
struct ParsedFile {
  detail::SafetensorsHeader header;
  Content content;
};

ParsedFile parse_file(std::string_view bytes, const std::string& name) {
  const std::string_view json = header_of(bytes, name);
  ParsedFile file{detail::parse_safetensors_header(json, name), {}};
  bytes.remove_prefix(kLengthBytes + json.size());
  check_layout(file.header.tensors, bytes.size(), name);
  file.content.metadata = std::move(file.header.metadata);
  for (const auto& entry : file.header.tensors) {
    file.content.tensors[entry.name] = {
        entry.dtype, &entry.shape, bytes.substr(entry.begin, entry.end - entry.begin)};
  }
  return file;
}

// Takes the checksum out of the metadata and compares it.
void check_content(Content& content, const std::string& name) {
  const auto said = content.metadata.extract(kChecksumKey);
  if (said.empty()) return;
  const auto found = checksum_of(content);
  SEP_CHECK(said.mapped() == found,
            "{}: damaged, its checksum says {}, its contents have {} (if it was changed on "
            "purpose, leave \"checksum\" out of its metadata)",
            name,
            shown_text(said.mapped()),
            found);
}

Safetensors copy_of(const Content& content) {
  Safetensors file{content.metadata, {}};
  for (const auto& [name, tensor] : content.tensors) {
    file.tensors[name] = {tensor.dtype, *tensor.shape, std::string(tensor.bytes)};
  }
  return file;
}

}  // namespace

const TensorData& Safetensors::at(const std::string& name) const {
  const auto found = tensors.find(name);
  SEP_CHECK(found != tensors.end(), "there is no tensor \"{}\"", shown_text(name));
  return found->second;
}

std::string to_safetensors(const Safetensors& file) {
  const auto content = content_of(file);
  size_t size = 0;
  write_parts(content, [&](std::string_view part) { size += part.size(); });
  std::string bytes;
  bytes.reserve(size);
  write_parts(content, [&](std::string_view part) { bytes += part; });
  return bytes;
}

Safetensors parse_safetensors(std::string_view bytes, const std::string& name) {
  return copy_of(parse_file(bytes, name).content);
}

Safetensors read_safetensors(const std::filesystem::path& path) {
  return parse_safetensors(read_file(path), path.string());
}

Safetensors read_checked_safetensors(const std::filesystem::path& path) {
  const auto bytes = read_file(path);
  auto file = parse_file(bytes, path.string());
  check_content(file.content, path.string());
  return copy_of(file.content);
}

std::map<std::string, std::string> read_checked_metadata(
    const std::filesystem::path& path) {
  const auto bytes = read_file(path);
  auto file = parse_file(bytes, path.string());
  check_content(file.content, path.string());
  return file.content.metadata;
}

void write_checked_safetensors(const std::filesystem::path& path, Safetensors file) {
  file.metadata[kChecksumKey] = checksum_of(content_of(file));
  write_safetensors(path, file);
}

void write_safetensors(const std::filesystem::path& path, const Safetensors& file) {
  write_file_atomically(path, to_safetensors(file));
}

}  // namespace sep
