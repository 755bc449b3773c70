#include "libsep/mixing/mixture_dataset.h"

#include "libsep/core/error.h"
#include "libsep/core/threads.h"

namespace sep {
namespace {

std::string joined_others(const Mixture& mixture, const StemName& instrument) {
  std::string joined;
  for (const auto& [name, stem] : mixture.stems) {
    if (name != instrument) {
      joined += (joined.empty() ? "" : "+") + name;
    }
  }
  return joined;
}

}  // namespace

Signal target_of(const Mixture& mixture, const StemName& instrument, TargetRule rule) {
  const auto found = mixture.stems.find(instrument);
  SEP_CHECK(found != mixture.stems.end(),
            "mixture of piece {}: no stem {}",
            mixture.draw.piece,
            instrument);
  const bool others =
      rule == TargetRule::kLegacy && instrument < joined_others(mixture, instrument);
  return others ? mixture.rest(instrument) : found->second;
}

MixtureSpectra::MixtureSpectra(const std::vector<Mixture>& mixtures,
                               const StftOptions& stft_options,
                               int64_t num_threads)
    : stft_(stft_options), magnitudes_(mixtures.size()) {
  const Stft stft(stft_options);
  parallel_for(static_cast<int64_t>(mixtures.size()), num_threads, [&](int64_t i) {
    const auto place = static_cast<size_t>(i);
    magnitudes_[place] = std::make_shared<const std::vector<float>>(
        stft.forward(mixtures[place].mixture).magnitude());
  });
}

MixtureDataset::MixtureDataset(const std::vector<Mixture>& mixtures,
                               const MixtureSpectra& spectra,
                               const StemName& instrument,
                               TargetRule rule,
                               int64_t num_threads)
    : examples_(mixtures.size()) {
  SEP_CHECK(spectra.magnitudes().size() == mixtures.size(),
            "{} mixtures, spectra of {}",
            mixtures.size(),
            spectra.magnitudes().size());
  SEP_CHECK(!mixtures.empty(),
            "examples of {}: wants at least one mixture, found none",
            instrument);
  const Stft stft(spectra.stft());
  parallel_for(static_cast<int64_t>(mixtures.size()), num_threads, [&](int64_t i) {
    const auto place = static_cast<size_t>(i);
    const auto target = stft.forward(target_of(mixtures[place], instrument, rule));
    SEP_CHECK(target.num_channels == 1,
              "example {} of {}: a target of {} channels, wants 1 (mono)",
              i,
              instrument,
              target.num_channels);
    const auto& mixture = spectra.magnitudes()[place];
    SEP_CHECK(mixture->size() == target.bins.size(),
              "example {} of {}: a target of {} frames, a mixture of {}",
              i,
              instrument,
              target.num_frames,
              static_cast<int64_t>(mixture->size()) / target.num_bins);
    examples_[place] = {target.num_frames, target.num_bins, mixture, target.magnitude()};
  });
}

const Example& MixtureDataset::get(int64_t index) const {
  SEP_CHECK(0 <= index && index < size(), "example {}: wants 0 to {}", index, size() - 1);
  return examples_[static_cast<size_t>(index)];
}

MixtureDataset::MixtureDataset(const std::vector<Mixture>& mixtures,
                               const StemName& instrument,
                               TargetRule rule,
                               const StftOptions& stft,
                               int64_t num_threads)
    : MixtureDataset(mixtures,
                     MixtureSpectra(mixtures, stft, num_threads),
                     instrument,
                     rule,
                     num_threads) {}

}  // namespace sep
