#include <algorithm>
#include <map>

#include "libsep/audio/detail/container.h"
#include "libsep/audio/detail/ogg_page.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

/// One of the streams that lie in each other between two heads.
struct Stream {
  OggPage last;
  bool has_sound = false;
};

/// Walks the pages of a file from head to head; bodies are passed over but for those whose
/// checksum is looked at.
class OggWalk {
 public:
  OggWalk(const ByteSource& source, int64_t begin) : source_(source), place_(begin) {}

  std::vector<SoundView> links();

 private:
  std::optional<OggPage> next_page();
  int64_t find_page(int64_t from) const;
  bool is_between_links() const;
  void begin_link(const OggPage& page);
  void end_link();
  void add(const OggPage& page);
  void check_body(const OggPage& page) const;

  const ByteSource& source_;
  int64_t place_;
  std::map<uint32_t, Stream> streams_;  // of the link
  bool in_heads_ = false;
  std::vector<SoundView> links_;
};

void OggWalk::check_body(const OggPage& page) const {
  const auto bytes = read_text(source_, page.begin, page.size());
  SEP_CHECK(ogg_checksum(bytes) == page.checksum,
            "damaged, the checksum of the page at byte {} is wrong",
            page.begin);
}

// The next place that a page may begin at, or the end.
int64_t OggWalk::find_page(int64_t from) const {
  constexpr int64_t kBlock = 1 << 16;
  for (; from < source_.size(); from += kBlock - 3) {
    const auto found = read_text(source_, from, kBlock).find("OggS");
    if (found != std::string::npos) return from + static_cast<int64_t>(found);
  }
  return source_.size();
}

// Tags and the like may stand there.
bool OggWalk::is_between_links() const {
  return !streams_.empty() &&
         std::all_of(streams_.begin(), streams_.end(), [](const auto& stream) {
           return stream.second.last.is_last;
         });
}

std::optional<OggPage> OggWalk::next_page() {
  auto page = read_ogg_page(source_, place_);
  while (!page && place_ < source_.size()) {
    const auto found = find_page(place_ + 1);
    SEP_CHECK(is_between_links() || found == source_.size(),
              "damaged, bytes {} to {} are no Ogg page",
              place_,
              found);
    place_ = found;
    page = read_ogg_page(source_, place_);
  }
  if (!page) return std::nullopt;
  SEP_CHECK(page->end() <= source_.size(), "cut short in the middle of an Ogg page");
  place_ = page->end();
  return page;
}

void OggWalk::begin_link(const OggPage& page) {
  end_link();
  links_.push_back({"", page.begin, page.size()});
  streams_.clear();
}

void OggWalk::end_link() {
  for (const auto& [serial, stream] : streams_) {
    SEP_CHECK(stream.last.is_last,
              "cut short, the last page is missing behind byte {}",
              stream.last.end());
    check_body(stream.last);
  }
}

void OggWalk::add(const OggPage& page) {
  auto& stream = streams_[page.serial];
  SEP_CHECK(page.is_first || !stream.has_sound || page.sequence == stream.last.sequence + 1,
            "damaged, Ogg pages are missing before byte {}",
            page.begin);
  if (!stream.has_sound) check_body(page);
  stream.has_sound = stream.has_sound || page.has_sound();
  stream.last = page;
  links_.back().size = page.end() - links_.back().begin;
}

std::vector<SoundView> OggWalk::links() {
  while (const auto page = next_page()) {
    const bool is_other = !in_heads_ || streams_.count(page->serial) > 0;
    if (page->is_first && is_other) begin_link(*page);
    SEP_CHECK(!links_.empty(), "an Ogg file without its first page");
    in_heads_ = page->is_first;
    add(*page);
  }
  SEP_CHECK(!links_.empty(), "cut short, it ends in its first Ogg page");
  end_link();
  return std::move(links_);
}

}  // namespace

Container read_ogg(const ByteSource& source, int64_t begin) {
  return {"", Container::Codec::kSndFile, OggWalk(source, begin).links()};
}

}  // namespace sep
