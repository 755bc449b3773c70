#include "libsep/data/piece.h"

#include <algorithm>
#include <set>
#include <utility>

#include "libsep/core/error.h"
#include "libsep/data/detail/part_audio.h"

namespace sep {
namespace {

std::vector<Part>::const_iterator place_of(const Piece& piece, const std::string& id) {
  return std::lower_bound(
      piece.parts.begin(), piece.parts.end(), id, [](const Part& part, const auto& wanted) {
        return part.id < wanted;
      });
}

std::string free_id(const Piece& piece, const StemName& instrument) {
  if (!has_part(piece, instrument)) return instrument;
  for (int64_t k = 2;; ++k) {
    auto id = fmt::format("{}-{}", instrument, k);
    if (!has_part(piece, id)) return id;
  }
}

}  // namespace

void add_part(Piece& piece, Part part) {
  if (part.id.empty()) part.id = free_id(piece, part.instrument);
  SEP_CHECK(!has_part(piece, part.id),
            "piece {}: two parts are called {}",
            shown_text(piece.name),
            shown_text(part.id));
  const auto place = place_of(piece, part.id);
  piece.parts.insert(place, std::move(part));
}

void add_part(Piece& piece, const StemName& instrument, const std::filesystem::path& path) {
  add_part(piece, Part{instrument, instrument, {PartFile{path}}});
}

bool has_part(const Piece& piece, const std::string& id) {
  const auto place = place_of(piece, id);
  return place != piece.parts.end() && place->id == id;
}

const Part& part(const Piece& piece, const std::string& id) {
  SEP_CHECK(has_part(piece, id), "piece {}: no part {}", piece.name, id);
  return *place_of(piece, id);
}

std::vector<StemName> instruments_of(const Piece& piece) {
  std::set<StemName> names;
  for (const auto& one : piece.parts) names.insert(one.instrument);
  return {names.begin(), names.end()};
}

bool has_instrument(const Piece& piece, const StemName& instrument) {
  return std::any_of(piece.parts.begin(), piece.parts.end(), [&](const Part& one) {
    return one.instrument == instrument;
  });
}

Signal PieceAudio::rest(const StemName& target) const {
  SEP_CHECK(stems.count(target) == 1, "there is no stem {}", target);
  std::vector<const Signal*> others;
  for (const auto& [name, signal] : stems) {
    if (name != target) others.push_back(&signal);
  }
  return mix(others);
}

Signal clipped_sum(const std::map<StemName, Signal>& stems) {
  std::vector<const Signal*> all;
  all.reserve(stems.size());
  for (const auto& [name, signal] : stems) all.push_back(&signal);
  Signal sum = mix(all);
  for (float& x : sum.samples) x = std::clamp(x, -1.0F, 1.0F);
  return sum;
}

Signal load_part(const Piece& piece, const std::string& id) {
  return read_part(piece, part(piece, id));
}

Signal load_stem(const Piece& piece, const StemName& instrument) {
  SEP_CHECK(
      has_instrument(piece, instrument), "piece {}: no stem {}", piece.name, instrument);
  Signal stem;
  bool is_first = true;
  for (const auto& one : piece.parts) {
    if (one.instrument != instrument) continue;
    Signal signal = read_part(piece, one);
    stem = is_first ? std::move(signal) : mix({&stem, &signal});
    is_first = false;
  }
  return stem;
}

std::map<StemName, Signal> load_stems(const Piece& piece) {
  std::map<StemName, Signal> stems;
  for (const auto& name : instruments_of(piece))
    stems.emplace(name, load_stem(piece, name));
  return stems;
}

PieceAudio load_piece(const Piece& piece) {
  PieceAudio audio;
  audio.stems = load_stems(piece);
  audio.mixture = piece.mixture.empty() ? clipped_sum(audio.stems)
                                        : read_part(piece, mixture_part(piece));
  return audio;
}

}  // namespace sep
