#include "libsep/mixing/stem_cache.h"

#include <cstdlib>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/hash.h"
#include "libsep/core/number.h"
#include "libsep/core/safetensors.h"
#include "libsep/mixing/detail/cache_files.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKind = "libsep stem 1";
constexpr std::string_view kExtension = ".safetensors";

std::string checksum_of(const std::string& bytes) { return hash_text(xxh3(bytes)); }

std::string field(const Safetensors& file, const std::string& name) {
  const auto found = file.metadata.find(name);
  SEP_CHECK(found != file.metadata.end(), "has no {}", name);
  return found->second;
}

Signal signal_from(const Safetensors& file, const std::string& description) {
  SEP_CHECK(field(file, "kind") == kKind, "is no stem");
  SEP_CHECK(field(file, "description") == description, "holds another stem");
  const auto& samples = file.at("samples");
  SEP_CHECK(field(file, "checksum") == checksum_of(samples.bytes), "is damaged");
  const auto rate = parse_int(field(file, "sample_rate"));
  SEP_CHECK(rate && *rate > 0, "has no sample rate");
  return {1, *rate, to_values<float>(samples)};
}

Safetensors file_from(const Signal& stem, const std::string& description) {
  Safetensors file;
  const auto& samples =
      file.tensors.emplace("samples", make_tensor_data({stem.num_samples()}, stem.samples))
          .first->second;
  file.metadata = {{"kind", std::string(kKind)},
                   {"description", description},
                   {"sample_rate", fmt::format("{}", stem.sample_rate)},
                   {"checksum", checksum_of(samples.bytes)}};
  return file;
}

/// Another process may remove a file at any time, so that one that cannot be read counts
/// as one that is not there.
std::optional<std::string> read_if_there(const fs::path& path) {
  try {
    return read_file(path);
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

/// Whole or not there, but not flushed to the disk: what a power cut leaves of it fails
/// its checksum, and flushing costs more than rendering does on slow disks.
void write_unflushed(const fs::path& path, const std::string& bytes) {
  const auto temporary = temporary_beside(path);
  std::ofstream file(temporary, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  std::error_code code;
  if (file) fs::rename(temporary, path, code);
  if (!file || code) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    throw Failure(fmt::format("{}: cannot be written", path.string()));
  }
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

fs::path cache_folder_by_name() {
  const auto own = variable("LIBSEP_CACHE");
  if (own == "none") return {};
  if (!own.empty()) return own;
  const fs::path caches = variable("XDG_CACHE_HOME");
  if (caches.is_absolute()) return caches / "libsep";
  const fs::path home = variable("HOME");
  return home.is_absolute() ? home / ".cache" / "libsep" : fs::path();
}

}  // namespace

StemCache::StemCache(const fs::path& folder, int64_t max_bytes)
    : folder_(folder / "stems"), max_bytes_(max_bytes) {
  make_directories(folder_);
}

fs::path StemCache::path_of(const std::string& description) const {
  return cache_file(folder_, description, std::string(kExtension));
}

std::optional<Signal> StemCache::find(const std::string& description) {
  const auto path = path_of(description);
  const auto bytes = read_if_there(path);
  if (!bytes) return std::nullopt;
  try {
    auto stem = signal_from(parse_safetensors(*bytes, path.string()), description);
    std::error_code ignored;  // a cache that may only be read
    fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
    const std::lock_guard<std::mutex> lock(mutex_);
    ++num_found_;
    return stem;
  } catch (const Error& error) {
    note_unusable(path, error.what());
    return std::nullopt;
  }
}

void StemCache::note_unusable(const fs::path& path, const std::string& problem) {
  const auto place = path.string() + ": ";
  const bool named = problem.rfind(path.string(), 0) == 0;
  const std::lock_guard<std::mutex> lock(mutex_);
  notes_.push_back(fmt::format("{}{}; rendered anew", named ? "" : place, problem));
}

void StemCache::store(const std::string& description, const Signal& stem) {
  const auto bytes = to_safetensors(file_from(stem, description));
  const auto num_bytes = static_cast<int64_t>(bytes.size());
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!can_write_ || num_bytes > max_bytes_) return;
  make_cache_room(folder_, std::string(kExtension), num_bytes, max_bytes_);
  try {
    write_unflushed(path_of(description), bytes);
    ++num_stored_;
  } catch (const Failure& failure) {
    can_write_ = false;
    notes_.push_back(fmt::format("{}; mixtures are not kept", failure.what()));
  }
}

int64_t StemCache::num_found() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return num_found_;
}

int64_t StemCache::num_stored() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return num_stored_;
}

std::vector<std::string> StemCache::take_notes() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(notes_, {});
}

fs::path default_cache_folder() {
  const auto folder = cache_folder_by_name();
  std::error_code code;
  if (!folder.empty()) fs::create_directories(folder, code);
  return code ? fs::path() : folder;
}

}  // namespace sep
