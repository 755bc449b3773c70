#include "libsep/checkpoint/detail/stored_zip.h"

#include <algorithm>
#include <utility>

#include "libsep/core/error.h"

#ifdef LIBSEP_HAS_LIBZIP

#include <zip.h>

namespace sep {
namespace {

struct Discard {
  void operator()(zip_t* zip) const { zip_discard(zip); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using ZipPointer = std::unique_ptr<zip_t, Discard>;
using FilePointer = std::unique_ptr<zip_file_t, Discard>;

class ZipError {
 public:
  ZipError() { zip_error_init(&error_); }
  ~ZipError() { zip_error_fini(&error_); }
  ZipError(const ZipError&) = delete;
  ZipError& operator=(const ZipError&) = delete;
  zip_error_t* get() { return &error_; }
  const char* text() { return zip_error_strerror(&error_); }

 private:
  zip_error_t error_;
};

ZipPointer open_zip(const std::string& bytes, const std::string& name) {
  ZipError error;
  auto* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, error.get());
  SEP_CHECK(source != nullptr, "{}: {}", name, error.text());
  ZipPointer zip(zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, error.get()));
  if (!zip) zip_source_free(source);
  SEP_CHECK(zip, "{} is no sound zip file: {}", name, error.text());
  return zip;
}

std::vector<std::string> list_names(zip_t* zip, const std::string& name) {
  std::vector<std::string> names;
  const auto count = static_cast<zip_uint64_t>(zip_get_num_entries(zip, 0));
  for (zip_uint64_t i = 0; i < count; ++i) {
    const char* entry = zip_get_name(zip, i, ZIP_FL_ENC_RAW);
    SEP_CHECK(entry != nullptr, "{}: entry {} has no name", name, i);
    names.emplace_back(entry);
  }
  auto sorted = names;
  std::sort(sorted.begin(), sorted.end());
  SEP_CHECK(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end(),
            "{} holds an entry twice",
            name);
  return names;
}

}  // namespace

struct StoredZip::State {
  State(const std::string& bytes, std::string file_name)
      : name(std::move(file_name)),
        num_bytes(bytes.size()),
        zip(open_zip(bytes, name)),
        names(list_names(zip.get(), name)) {}

  zip_uint64_t index(const std::string& entry) const {
    const auto found = std::find(names.begin(), names.end(), entry);
    SEP_CHECK(found != names.end(), "{} has no entry {}", name, entry);
    return static_cast<zip_uint64_t>(found - names.begin());
  }

  std::string name;
  size_t num_bytes;
  ZipPointer zip;
  std::vector<std::string> names;
};

StoredZip::StoredZip(const std::string& bytes, std::string name)
    : state_(std::make_unique<State>(bytes, std::move(name))) {}

size_t StoredZip::size(const std::string& entry) const {
  zip_stat_t stat;
  zip_stat_init(&stat);
  constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE |
                                   ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  const bool known =
      zip_stat_index(state_->zip.get(), state_->index(entry), 0, &stat) == 0 &&
      (stat.valid & kNeeded) == kNeeded;
  SEP_CHECK(known && stat.comp_method == ZIP_CM_STORE &&
                stat.encryption_method == ZIP_EM_NONE && stat.size == stat.comp_size &&
                stat.size <= state_->num_bytes,
            "{}: entry {} is not simply stored",
            state_->name,
            entry);
  return stat.size;
}

std::string StoredZip::read(const std::string& entry) const {
  std::string content(size(entry), '\0');
  const FilePointer file(zip_fopen_index(state_->zip.get(), state_->index(entry), 0));
  SEP_CHECK(file, "{}: entry {}: {}", state_->name, entry, zip_strerror(state_->zip.get()));
  const auto count = zip_fread(file.get(), content.data(), content.size());
  // libzip compares the checksum when it comes to the end.
  char beyond = 0;
  const bool whole = count == static_cast<zip_int64_t>(content.size()) &&
                     zip_fread(file.get(), &beyond, 1) == 0;
  SEP_CHECK(whole, "{}: entry {} is damaged", state_->name, entry);
  return content;
}

#else

namespace sep {

struct StoredZip::State {
  std::vector<std::string> names;
};

StoredZip::StoredZip(const std::string&, std::string name) {
  throw Error(fmt::format("{}: this libsep was built without libzip", name));
}
size_t StoredZip::size(const std::string&) const { return 0; }
std::string StoredZip::read(const std::string&) const { return {}; }

#endif

StoredZip::~StoredZip() = default;

const std::vector<std::string>& StoredZip::names() const { return state_->names; }

bool StoredZip::contains(const std::string& entry) const {
  const auto& all = names();
  return std::find(all.begin(), all.end(), entry) != all.end();
}

}  // namespace sep
