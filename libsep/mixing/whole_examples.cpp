#include "libsep/mixing/whole_examples.h"

#include <algorithm>
#include <utility>

#include "libsep/core/error.h"

namespace sep {
namespace {

void check_index(int64_t index, size_t size) {
  SEP_CHECK(0 <= index && index < static_cast<int64_t>(size),
            "example {}: wants 0 to {}",
            index,
            size - 1);
}

}  // namespace

WholePieces::WholePieces(std::shared_ptr<const StemReader> reader,
                         std::vector<size_t> pieces,
                         std::vector<StemName> stems)
    : reader_(std::move(reader)), pieces_(std::move(pieces)), stems_(std::move(stems)) {
  SEP_CHECK(!pieces_.empty() && !stems_.empty(), "whole pieces: wants a piece and a stem");
  for (const auto piece : pieces_) {
    for (const auto& stem : stems_) {
      SEP_CHECK(reader_->has(piece, stem), "piece {}: has no stem {}", piece, stem);
    }
  }
}

WaveformExample WholePieces::get(int64_t /*iteration*/, int64_t index) const {
  check_index(index, pieces_.size());
  const auto piece = pieces_[static_cast<size_t>(index)];
  WaveformExample example;
  example.sample_rate = reader_->sample_rate();
  example.num_channels = reader_->num_channels();
  example.num_samples = reader_->num_samples(piece);
  const auto size = static_cast<size_t>(example.num_channels * example.num_samples);
  example.mixture.assign(size, 0.0F);
  for (const auto& name : stems_) {
    const auto stem = reader_->read(piece, name, 0, example.num_samples);
    for (size_t i = 0; i < size; ++i) example.mixture[i] += stem.samples[i];
    example.stems.insert(example.stems.end(), stem.samples.begin(), stem.samples.end());
  }
  return example;
}

ChosenStems::ChosenStems(const WaveformExamples& examples, std::vector<StemName> stems)
    : examples_(examples), stems_(std::move(stems)) {
  const auto& known = examples.stems();
  for (const auto& stem : stems_) {
    const auto found = std::find(known.begin(), known.end(), stem);
    SEP_CHECK(found != known.end(), "examples without the stem {}", stem);
    places_.push_back(found - known.begin());
  }
}

WaveformExample ChosenStems::get(int64_t iteration, int64_t index) const {
  auto example = examples_.get(iteration, index);
  if (stems_ == examples_.stems()) return example;
  const int64_t size = example.num_channels * example.num_samples;
  std::vector<float> chosen;
  for (const auto place : places_) {
    chosen.insert(chosen.end(), example.stem(place), example.stem(place) + size);
  }
  example.stems = std::move(chosen);
  return example;
}

MixtureExamples::MixtureExamples(const std::vector<Mixture>& mixtures,
                                 std::vector<StemName> stems)
    : mixtures_(mixtures), stems_(std::move(stems)) {
  for (const auto& mixture : mixtures_) {
    for (const auto& stem : stems_) {
      SEP_CHECK(mixture.stems.count(stem) > 0, "a mixture without the stem {}", stem);
    }
  }
}

WaveformExample MixtureExamples::get(int64_t /*iteration*/, int64_t index) const {
  check_index(index, mixtures_.size());
  const auto& mixture = mixtures_[static_cast<size_t>(index)];
  const auto& first = mixture.stems.begin()->second;
  WaveformExample example;
  example.sample_rate = first.sample_rate;
  example.num_channels = first.num_channels;
  example.num_samples = first.num_samples();
  example.mixture.assign(first.samples.size(), 0.0F);
  for (const auto& entry : mixture.stems) {
    const auto& samples = entry.second.samples;
    for (size_t i = 0; i < samples.size(); ++i) example.mixture[i] += samples[i];
  }
  for (const auto& name : stems_) {
    const auto& samples = mixture.stems.at(name).samples;
    example.stems.insert(example.stems.end(), samples.begin(), samples.end());
  }
  return example;
}

}  // namespace sep
