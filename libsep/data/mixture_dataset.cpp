#include "libsep/data/mixture_dataset.h"

#include <algorithm>
#include <map>
#include <set>

#include "libsep/core/error.h"
#include "libsep/core/parallel.h"

namespace sep {
namespace {

std::vector<PieceLength> piece_lengths(const Dataset& dataset,
                                       const std::vector<size_t>& indices) {
  std::vector<PieceLength> lengths;
  for (const size_t index : indices) {
    const auto& piece = dataset.pieces.at(index);
    lengths.push_back(
        {piece.name,
         static_cast<double>(piece.num_samples) / static_cast<double>(piece.sample_rate)});
  }
  std::sort(lengths.begin(), lengths.end(), [](const auto& a, const auto& b) {
    return a.name < b.name;
  });
  return lengths;
}

std::vector<MixtureDraw> draw_mixtures(const Dataset& dataset,
                                       const std::vector<size_t>& indices,
                                       const MixtureOptions& options,
                                       int64_t count) {
  const auto lengths = piece_lengths(dataset, indices);
  auto stems = dataset.instruments;
  std::sort(stems.begin(), stems.end());
  std::vector<MixtureDraw> draws;
  for (int64_t i = 0; i < count; ++i) {
    const auto seed = static_cast<uint32_t>(options.first_seed + i);
    draws.push_back(draw_mixture(options, lengths, stems, seed));
  }
  return draws;
}

std::map<std::string, PieceAudio> load_pieces(const Dataset& dataset,
                                              const std::vector<MixtureDraw>& draws,
                                              int64_t num_threads) {
  std::map<std::string, PieceAudio> pieces;
  for (const auto& draw : draws) {
    pieces[draw.piece];
  }
  std::vector<std::map<std::string, PieceAudio>::iterator> places;
  for (auto place = pieces.begin(); place != pieces.end(); ++place) {
    places.push_back(place);
  }
  parallel_for(static_cast<int64_t>(places.size()), num_threads, [&](int64_t i) {
    auto& [name, audio] = *places[static_cast<size_t>(i)];
    audio = load_piece(dataset.pieces[dataset.piece_index(name)]);
    audio.mixture = Signal{};  // only stems are mixed
  });
  return pieces;
}

std::string joined_others(const Mixture& mixture, const StemName& instrument) {
  std::string joined;
  for (const auto& [name, stem] : mixture.stems) {
    if (name != instrument) {
      joined += (joined.empty() ? "" : "+") + name;
    }
  }
  return joined;
}

Signal sum_of_others(const Mixture& mixture, const StemName& instrument) {
  std::vector<const Signal*> others;
  for (const auto& [name, stem] : mixture.stems) {
    if (name != instrument) {
      others.push_back(&stem);
    }
  }
  return mix(others);
}

Example make_example(const Stft& stft, const Signal& mixture, const Signal& target) {
  const auto spectrogram = stft.forward(mixture);
  return {spectrogram.num_frames,
          spectrogram.num_bins,
          spectrogram.magnitude(),
          stft.forward(target).magnitude()};
}

}  // namespace

FoldMixtures render_fold(const Dataset& dataset,
                         const Fold& fold,
                         const MixtureOptions& options,
                         int64_t num_threads) {
  options.validate();
  SEP_CHECK(
      !fold.train.empty() && !fold.validation.empty(),
      "fold {}: {} pieces to train on and {} to validate on, wanted at least one each",
      fold.index,
      fold.train.size(),
      fold.validation.size());
  auto draws = draw_mixtures(dataset, fold.train, options, options.num_train);
  const auto validation =
      draw_mixtures(dataset, fold.validation, options, options.num_validation);
  draws.insert(draws.end(), validation.begin(), validation.end());
  const auto pieces = load_pieces(dataset, draws, num_threads);
  std::vector<Mixture> rendered(draws.size());
  parallel_for(static_cast<int64_t>(draws.size()), num_threads, [&](int64_t i) {
    const auto& draw = draws[static_cast<size_t>(i)];
    rendered[static_cast<size_t>(i)] = render_mixture(options, draw, pieces.at(draw.piece));
  });
  FoldMixtures mixtures;
  const auto border = std::make_move_iterator(rendered.begin() + options.num_train);
  mixtures.train.assign(std::make_move_iterator(rendered.begin()), border);
  mixtures.validation.assign(border, std::make_move_iterator(rendered.end()));
  return mixtures;
}

Signal target_of(const Mixture& mixture, const StemName& instrument, TargetRule rule) {
  const auto found = mixture.stems.find(instrument);
  SEP_CHECK(found != mixture.stems.end(),
            "mixture of piece {}: no stem {}",
            mixture.draw.piece,
            instrument);
  const bool others =
      rule == TargetRule::kLegacy && instrument < joined_others(mixture, instrument);
  return others ? sum_of_others(mixture, instrument) : found->second;
}

MixtureDataset::MixtureDataset(const std::vector<Mixture>& mixtures,
                               const StemName& instrument,
                               TargetRule rule,
                               const StftOptions& stft_options,
                               int64_t num_threads)
    : examples_(mixtures.size()) {
  const Stft stft(stft_options);
  parallel_for(static_cast<int64_t>(mixtures.size()), num_threads, [&](int64_t i) {
    const auto& mixture = mixtures[static_cast<size_t>(i)];
    examples_[static_cast<size_t>(i)] =
        make_example(stft, mixture.mixture, target_of(mixture, instrument, rule));
  });
}

}  // namespace sep
