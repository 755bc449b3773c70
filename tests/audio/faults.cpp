// Files that end where they should not: every writer on a disk that is full after n bytes,
// every reader on a file cut after n bytes, for all n.
#include <algorithm>
#include <functional>

#include "libsep/audio/file.h"
#include "libsep/core/atomic_file.h"
#include "libsep/core/csv.h"
#include "libsep/core/error.h"
#include "libsep/core/safetensors.h"
#include "tests/support/catch.h"
#include "tests/support/file_limit.h"
#include "tests/support/paths.h"

namespace {

namespace fs = std::filesystem;

using Write = std::function<void(const fs::path&)>;

sep::Signal sound(int64_t num_channels) {
  auto signal = sep::make_silence(num_channels, 200, 8000);
  for (size_t n = 0; n < signal.samples.size(); ++n) {
    signal.samples[n] = static_cast<float>(n * 37 % 101) / 128.0F;
  }
  return signal;
}

Write audio(int64_t num_channels, sep::SampleFormat format) {
  return [=](const fs::path& path) { sep::write_audio(path, sound(num_channels), format); };
}

void write_table(const fs::path& path) {
  sep::write_csv(path, {{"piece", "si_sdr_db"}, {{"one", "1.5"}, {"two, three", "-inf"}}});
}

void write_tensors(const fs::path& path) {
  sep::Safetensors file;
  file.metadata["kind"] = "a test";
  file.tensors["w"] = sep::make_tensor_data<float>({10}, std::vector<float>(10, 0.5F));
  sep::write_safetensors(path, file);
}

struct Writer {
  const char* name;
  Write write;
};

const std::vector<Writer>& writers() {
  static const std::vector<Writer> all = {
      {"a.csv", write_table},
      {"a.safetensors", write_tensors},
      {"a.wav", audio(1, sep::SampleFormat::kInt16)},
      {"b.wav", audio(2, sep::SampleFormat::kFloat32)},
      {"a.flac", audio(1, sep::SampleFormat::kInt16)},
      {"b.flac", audio(2, sep::SampleFormat::kInt24)},
  };
  return all;
}

int64_t num_entries(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

// What is thrown with files of at most so many bytes; empty where nothing is.
std::string failure_of(const Write& write, const fs::path& path, int64_t max_bytes) {
  const FileLimit limit(max_bytes);
  try {
    write(path);
  } catch (const sep::Failure& failure) {
    return failure.what();
  }
  return "";
}

std::string error_of(const std::function<void()>& read) {
  try {
    read();
  } catch (const sep::Error& error) {
    return error.what();
  }
  return "";
}

void check_one_line(const std::string& message, const fs::path& path) {
  INFO(message);
  CHECK(message.find(path.filename().string()) != std::string::npos);
  CHECK(message.find('\n') == std::string::npos);
}

}  // namespace

TEST_CASE("a disk full at any byte is a failure and keeps the old file",
          "[audio][core][failure]") {
  for (const auto& [name, write] : writers()) {
    INFO(name);
    const TemporaryFolder folder;
    const auto path = folder / name;
    write(path);
    const auto size = static_cast<int64_t>(fs::file_size(path));
    sep::write_file_atomically(path, "what was there");
    for (int64_t n = 0; n < size; ++n) {
      INFO(n << " of " << size);
      const auto failure = failure_of(write, path, n);
      REQUIRE_FALSE(failure.empty());
      check_one_line(failure, path);
      REQUIRE(sep::read_file(path) == "what was there");
      REQUIRE(num_entries(folder.path()) == 1);
    }
    CHECK(failure_of(write, path, size).empty());
    CHECK(static_cast<int64_t>(fs::file_size(path)) == size);
  }
}

TEST_CASE("a file written piece by piece may fail at any of them", "[audio][failure]") {
  const TemporaryFolder folder;
  const auto* name = GENERATE("a.wav", "a.flac");
  const auto write = [](const fs::path& path) {
    sep::AudioWriter writer(path, 1, 8000, sep::SampleFormat::kInt16);
    for (int i = 0; i < 20; ++i) writer.write(sound(1));
    writer.commit();
  };
  for (int64_t n = 0; n < 4000; n += 97) {
    INFO(n);
    const auto failure = failure_of(write, folder / name, n);
    const bool whole = fs::exists(folder / name);
    CHECK(failure.empty() == whole);
    CHECK(num_entries(folder.path()) == (whole ? 1 : 0));
    if (whole) break;
    check_one_line(failure, folder / name);
  }
}

TEST_CASE("audio cut at any byte is an error or whole", "[audio][failure]") {
  for (const auto& [name, write] : writers()) {
    if (fs::path(name).extension() != ".wav" && fs::path(name).extension() != ".flac") {
      continue;
    }
    INFO(name);
    const TemporaryFolder folder;
    const auto path = folder / name;
    write(path);
    const auto bytes = sep::read_file(path);
    const auto whole = sep::read_audio(path);
    for (size_t n = 0; n < bytes.size(); ++n) {
      INFO(n << " of " << bytes.size());
      sep::write_file_atomically(path, bytes.substr(0, n));
      sep::Signal read;
      const auto error = error_of([&] { read = sep::read_audio(path); });
      if (error.empty()) {
        REQUIRE(read.samples == whole.samples);
      } else {
        check_one_line(error, path);
      }
    }
  }
}

TEST_CASE("a table cut at any byte is an error or has whole rows", "[core][failure]") {
  const TemporaryFolder folder;
  write_table(folder / "a.csv");
  const auto bytes = sep::read_file(folder / "a.csv");
  for (size_t n = 0; n < bytes.size(); ++n) {
    INFO(n);
    sep::CsvTable table;
    const auto error =
        error_of([&] { table = sep::parse_csv(bytes.substr(0, n), "a.csv"); });
    if (!error.empty()) check_one_line(error, "a.csv");
    for (const auto& row : table.rows) CHECK(row.size() == table.header.size());
  }
}
