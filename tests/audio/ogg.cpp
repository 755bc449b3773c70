// Ogg files: chained, cut, damaged.
#include <sndfile.h>

#include <algorithm>
#include <cmath>

#include "libsep/audio/detail/ogg_page.h"
#include "libsep/audio/file.h"
#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

namespace {

namespace fs = std::filesystem;

// Eight seconds of a chirp; empty where this libsndfile does not write that coding.
std::string ogg(const TemporaryFolder& folder, int coding, int channels = 1) {
  constexpr int kRate = 48000;
  const auto path = folder / "made.ogg";
  SF_INFO info{0, kRate, channels, SF_FORMAT_OGG | coding, 0, 0};
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  if (file == nullptr) return {};
  // In pieces: libvorbis takes what comes at once to its stack.
  for (int n = 0; n < 8 * kRate; n += 1000) {
    std::vector<float> piece(static_cast<size_t>(1000 * channels));
    for (size_t i = 0; i < piece.size(); ++i) {
      const double t = (n + static_cast<double>(i) / channels) / kRate;
      piece[i] = static_cast<float>(0.3 * std::sin(2000.0 * t * t));
    }
    sf_writef_float(file, piece.data(), 1000);
  }
  sf_close(file);
  return sep::read_file(path);
}

class BytesSource : public sep::ByteSource {
 public:
  explicit BytesSource(const std::string& bytes) : bytes_(bytes) {}
  int64_t size() const override { return static_cast<int64_t>(bytes_.size()); }
  int64_t read_at(int64_t position, char* bytes, int64_t count) const override {
    if (position >= size()) return 0;
    const auto part =
        bytes_.substr(static_cast<size_t>(position), static_cast<size_t>(count));
    std::copy(part.begin(), part.end(), bytes);
    return static_cast<int64_t>(part.size());
  }

 private:
  const std::string& bytes_;
};

std::vector<sep::OggPage> pages_of(const std::string& bytes) {
  const BytesSource source(bytes);
  std::vector<sep::OggPage> pages;
  auto page = sep::read_ogg_page(source, 0);
  for (; page; page = sep::read_ogg_page(source, page->end())) pages.push_back(*page);
  REQUIRE(pages.back().end() == source.size());
  return pages;
}

std::string without(std::string bytes, const sep::OggPage& page) {
  return bytes.erase(static_cast<size_t>(page.begin), static_cast<size_t>(page.size()));
}

std::string damaged(std::string bytes, const sep::OggPage& page) {
  auto& byte = bytes[static_cast<size_t>(page.begin + page.head_size + page.body_size / 2)];
  byte = static_cast<char>(byte ^ 1);
  return bytes;
}

std::string error_of(const fs::path& path) {
  try {
    sep::read_audio(path);
  } catch (const sep::Error& error) {
    return error.what();
  }
  return "read as whole";
}

void check_error(const fs::path& path,
                 const std::string& bytes,
                 const std::string& wanted) {
  sep::write_file_atomically(path, bytes);
  const auto error = error_of(path);
  CAPTURE(error);
  CHECK(error.find(path.string() + ": " + wanted) == 0);
}

std::vector<int> codings() { return {SF_FORMAT_VORBIS, SF_FORMAT_OPUS}; }

}  // namespace

TEST_CASE("an Ogg's pages are as they say", "[audio][ogg]") {
  const TemporaryFolder folder;
  for (const int coding : codings()) {
    auto bytes = ogg(folder, coding);
    if (bytes.empty()) SEP_SKIP("libsndfile writes no Ogg here");
    for (const auto serial : {uint32_t{0}, uint32_t{0xFEDCBA98}}) {
      for (const auto& page : pages_of(bytes)) {
        const auto text = std::string_view(bytes).substr(static_cast<size_t>(page.begin),
                                                         static_cast<size_t>(page.size()));
        CHECK(sep::ogg_checksum(text) == page.checksum);  // libogg's the first time
      }
      sep::set_ogg_serial(bytes, serial);
      CHECK(pages_of(bytes).back().serial == serial);
    }
    CHECK(pages_of(bytes).front().is_first);
    CHECK(pages_of(bytes).back().is_last);
  }
}

TEST_CASE("Ogg files one after the other are one recording", "[audio][ogg]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.ogg";
  for (const int coding : codings()) {
    auto bytes = ogg(folder, coding);
    if (bytes.empty()) SEP_SKIP("libsndfile writes no Ogg here");
    sep::write_file_atomically(path, bytes);
    const auto part = sep::read_audio(path).samples;
    sep::set_ogg_serial(bytes, 0);
    for (const std::string between : {"", "TAG and the like"}) {
      auto second = bytes;  // of the same serial number, or of another
      sep::set_ogg_serial(second, between.empty() ? 0 : 1);
      sep::write_file_atomically(path,
                                 bytes + between + second + between + second + between);
      auto wanted = part;
      wanted.insert(wanted.end(), part.begin(), part.end());
      wanted.insert(wanted.end(), part.begin(), part.end());
      CHECK((sep::read_audio(path).samples == wanted));
      sep::AudioReader reader(path);
      std::vector<float> pieces;
      for (auto piece = reader.read(7777); piece.num_samples() > 0;
           piece = reader.read(7777)) {
        pieces.insert(pieces.end(), piece.samples.begin(), piece.samples.end());
      }
      CHECK((pieces == wanted));
    }
    check_error(
        path, bytes + ogg(folder, coding, 2), "changes from 1 channels at 48000 Hz to 2");
  }
}

TEST_CASE("an Ogg without its last page, or a part of it, is cut short",
          "[audio][ogg][failure]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.ogg";
  for (const int coding : codings()) {
    const auto bytes = ogg(folder, coding);
    if (bytes.empty()) SEP_SKIP("libsndfile writes no Ogg here");
    const auto pages = pages_of(bytes);
    REQUIRE(pages.size() >= 5);
    for (size_t i = 1; i < pages.size(); ++i) {
      const auto end = static_cast<size_t>(pages[i].begin);
      check_error(path, bytes.substr(0, end), "cut short");
      check_error(path, bytes.substr(0, end + 9), "cut short");
      check_error(path, bytes.substr(0, end + 100), "cut short");
      check_error(path, bytes.substr(0, end) + bytes, "cut short");  // and another behind
    }
  }
}

TEST_CASE("a damaged Ogg says so", "[audio][ogg][failure]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.ogg";
  for (const int coding : codings()) {
    const auto bytes = ogg(folder, coding);
    if (bytes.empty()) SEP_SKIP("libsndfile writes no Ogg here");
    const auto pages = pages_of(bytes);
    const auto first = static_cast<size_t>(
        std::find_if(
            pages.begin(), pages.end(), [](const auto& page) { return page.has_sound(); }) -
        pages.begin());
    for (size_t i = 0; i <= first; ++i) {
      check_error(path, damaged(bytes, pages[i]), "damaged, the checksum of the page");
    }
    check_error(path, damaged(bytes, pages.back()), "damaged, the checksum of the page");
    REQUIRE(first + 2 < pages.size());
    for (size_t i = first + 1; i + 1 < pages.size(); ++i) {  // found by reading
      sep::write_file_atomically(path, damaged(bytes, pages[i]));
      CHECK(error_of(path) != "read as whole");
      check_error(path, without(bytes, pages[i]), "damaged, Ogg pages are missing");
    }
  }
}
