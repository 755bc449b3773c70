#include "libsep/mixing/segments.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "libsep/core/bounds.h"
#include "libsep/core/error.h"
#include "libsep/mixing/detail/cubic.h"
#include "libsep/mixing/detail/piece_groups.h"

namespace sep {
namespace {

double speed_of(const StemSegment& segment) {
  return std::exp2(segment.pitch_semitones / 12.0);
}

}  // namespace

void SegmentOptions::validate() const {
  check_positive("seconds", seconds, 3600.0);
  check_bounds("coherent_chance", coherent_chance, 0.0, 1.0);
  check_bounds("pitch_semitones", pitch_semitones, -36.0, 36.0);
  check_bounds("gain_db", gain_db, -100.0, 100.0);
  check_bounds("equalizer_db", equalizer_db, 0.0, 40.0);
  check_bounds("polarity_chance", polarity_chance, 0.0, 1.0);
  check_bounds("absence_chance", absence_chance, 0.0, 1.0);
}

SegmentExamples::SegmentExamples(std::shared_ptr<const StemReader> reader,
                                 const std::vector<PieceGroup>& groups,
                                 std::vector<StemName> stems,
                                 const SegmentOptions& options,
                                 uint64_t seed)
    : reader_(std::move(reader)),
      stems_(std::move(stems)),
      options_(options),
      seed_(seed),
      of_stem_(stems_.size()) {
  options_.validate();
  const auto rate = reader_->sample_rate();
  num_samples_ =
      std::max<int64_t>(1, std::llround(options.seconds * static_cast<double>(rate)));
  make_steps();
  find_pieces(groups);
  SEP_CHECK(!complete_.empty() || options.coherent_chance == 0.0,
            "coherent examples want a piece that has all of {}, none of {} has; set "
            "coherent_chance to 0",
            fmt::join(stems_, ", "),
            num_pieces(groups));
}

SegmentExamples::SegmentExamples(std::shared_ptr<const StemReader> reader,
                                 const std::vector<size_t>& pieces,
                                 std::vector<StemName> stems,
                                 const SegmentOptions& options,
                                 uint64_t seed)
    : SegmentExamples(std::move(reader),
                      std::vector<PieceGroup>{{pieces}},
                      std::move(stems),
                      options,
                      seed) {}

void SegmentExamples::make_steps() {
  const auto rate = reader_->sample_rate();
  if (options_.equalizer_db > 0.0) {
    steps_.push_back({"equalizer", make_equalizer({options_.equalizer_db}, rate)});
  }
  if (options_.polarity_chance > 0.0) {
    steps_.push_back({"polarity", make_polarity({options_.polarity_chance}, rate)});
  }
  steps_.push_back({"gain", make_gain({options_.gain_db}, rate)});
  for (const auto& kind : options_.augmentations) {
    steps_.push_back({kind.type(), kind.make(rate)});
  }
}

void SegmentExamples::find_pieces(const std::vector<PieceGroup>& groups) {
  SEP_CHECK(!stems_.empty(), "examples of no stem: wants at least one");
  for (const auto& group : groups) {
    SEP_CHECK(group.weight > 0.0 && std::isfinite(group.weight),
              "a group of pieces of weight {}: wants one above 0",
              group.weight);
  }
  for (size_t s = 0; s < stems_.size(); ++s) {
    of_stem_[s] =
        pieces_that(groups, [&](size_t piece) { return reader_->has(piece, stems_[s]); });
    SEP_CHECK(!of_stem_[s].empty(),
              "none of the {} pieces to make examples of has a stem {}",
              num_pieces(groups),
              stems_[s]);
  }
  complete_ = pieces_that(groups, [&](size_t piece) {
    return std::all_of(stems_.begin(), stems_.end(), [&](const StemName& stem) {
      return reader_->has(piece, stem);
    });
  });
}

SegmentDraw SegmentExamples::draw(int64_t iteration, int64_t index) const {
  SEP_CHECK(iteration >= 0 && index >= 0,
            "example {} of iteration {}: wants 0 or more",
            index,
            iteration);
  SegmentDraw draw;
  const std::vector<int64_t> example = {iteration, index};
  draw.coherent = RandomStream(seed_, "examples/coherent", example).uniform() <
                  options_.coherent_chance;
  if (draw.coherent) {
    draw.stems.assign(stems_.size(), draw_segment(complete_, example));
  } else {
    for (size_t s = 0; s < stems_.size(); ++s) {
      draw.stems.push_back(
          draw_segment(of_stem_[s], {iteration, index, static_cast<int64_t>(s)}));
    }
  }
  draw_absence(iteration, index, draw);
  return draw;
}

StemSegment SegmentExamples::draw_segment(const std::vector<PieceGroup>& groups,
                                          const std::vector<int64_t>& indices) const {
  StemSegment segment;
  const auto& pitch = options_.pitch_semitones;
  segment.pitch_semitones =
      RandomStream(seed_, "examples/pitch", indices).uniform(pitch.low, pitch.high);
  segment.piece = draw_piece(groups, seed_, indices);
  // The last place read lies within the piece.
  const auto span = cubic_span(num_samples_, speed_of(segment)) - 3;
  const auto num_places =
      std::max<int64_t>(1, reader_->num_samples(segment.piece) - span + 1);
  segment.first_sample = RandomStream(seed_, "examples/place", indices).index(num_places);
  return segment;
}

void SegmentExamples::draw_absence(int64_t iteration,
                                   int64_t index,
                                   SegmentDraw& draw) const {
  bool all_absent = true;
  for (size_t s = 0; s < stems_.size(); ++s) {
    RandomStream random(
        seed_, "examples/absence", {iteration, index, static_cast<int64_t>(s)});
    draw.stems[s].absent = random.uniform() < options_.absence_chance;
    all_absent = all_absent && draw.stems[s].absent;
  }
  if (!all_absent) return;
  RandomStream random(seed_, "examples/stays", {iteration, index});
  const auto stays = random.index(static_cast<int64_t>(stems_.size()));
  draw.stems[static_cast<size_t>(stays)].absent = false;
}

WaveformExample SegmentExamples::get(int64_t iteration, int64_t index) const {
  const auto draw = this->draw(iteration, index);
  const auto num_channels = reader_->num_channels();
  const auto size = static_cast<size_t>(num_channels * num_samples_);
  WaveformExample example{reader_->sample_rate(), num_channels, num_samples_, {}, {}};
  example.mixture.assign(size, 0.0F);
  example.stems.reserve(size * stems_.size());
  for (size_t s = 0; s < stems_.size(); ++s) {
    if (draw.stems[s].absent) {
      example.stems.resize(example.stems.size() + size, 0.0F);
      continue;
    }
    const auto stem = make_stem(draw.stems[s], s, {iteration, index});
    example.stems.insert(example.stems.end(), stem.samples.begin(), stem.samples.end());
    for (size_t i = 0; i < size; ++i) example.mixture[i] += stem.samples[i];
  }
  return example;
}

Signal SegmentExamples::make_stem(const StemSegment& segment,
                                  size_t stem,
                                  const std::vector<int64_t>& example) const {
  const double speed = speed_of(segment);
  const auto cut = reader_->read(segment.piece,
                                 stems_[stem],
                                 segment.first_sample - 1,
                                 cubic_span(num_samples_, speed));
  Signal signal = make_silence(cut.num_channels, num_samples_, cut.sample_rate);
  for (int64_t c = 0; c < cut.num_channels; ++c) {
    interpolate_cubic(cut.channel(c), speed, signal.channel(c), num_samples_);
  }
  return augment(std::move(signal), stem, example);
}

Signal SegmentExamples::augment(Signal signal,
                                size_t stem,
                                const std::vector<int64_t>& example) const {
  const auto size = signal.samples.size();
  std::map<std::string, int64_t> num_before;  // of that name
  for (const auto& [name, augmentation] : steps_) {
    RandomStream random(
        seed_,
        "examples/augmentation/" + name,
        {example[0], example[1], static_cast<int64_t>(stem), num_before[name]++});
    signal = augmentation->apply(std::move(signal), random);
    SEP_CHECK(
        signal.samples.size() == size && signal.num_channels == reader_->num_channels(),
        "the augmentation {} made {} channels of {} samples: wants {} of {} as given",
        name,
        signal.num_channels,
        signal.num_samples(),
        reader_->num_channels(),
        num_samples_);
  }
  return signal;
}

}  // namespace sep
