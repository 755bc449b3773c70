#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "libsep/core/kind.h"
#include "libsep/core/random.h"
#include "libsep/core/signal.h"

namespace sep {

/// Something that chance does to a stem before it is mixed. What changes a stem's length or
/// concerns several stems at once, as pitch and absence do, is a matter of the segment
/// (segments.h).
class Augmentation {
 public:
  virtual ~Augmentation() = default;

  /// The stem changed, (C, N) as it came; decided by its samples and `random` alone. Any
  /// number of threads.
  virtual Signal apply(Signal stem, RandomStream& random) const = 0;
};

/// Another level: what every separator should not care about.
struct GainOptions {
  Range gain_db{-5.0, 5.0};  ///< of a stem, uniform, -100 … 100

  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("gain_db", gain_db, "of a stem, dB, -100 … 100");
  }
};
std::shared_ptr<const Augmentation> make_gain(const GainOptions& options,
                                              int64_t sample_rate);

/// Another timbre: for training on synthetic stems, whose few instruments sound alike. It
/// slows learning, and does little good where training and use have the same recordings.
///
/// Levels of a normal distribution around 0 dB at 31.25, 62.5, … 16000 Hz, as far as the
/// rate goes, straight lines in dB over octaves between them and level beyond. The filter
/// works on spectra of some 90 ms and has no phase.
struct EqualizerOptions {
  double deviation_db = 3.0;  ///< of a point, 0 … 40

  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("deviation_db", deviation_db, "of a point, dB, 0 … 40");
  }
};
std::shared_ptr<const Augmentation> make_equalizer(const EqualizerOptions& options,
                                                   int64_t sample_rate);

/// The other sign, which nobody hears and a network of waveforms does.
struct PolarityOptions {
  double chance = 0.5;  ///< 0 … 1

  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("chance", chance, "of the other sign, 0 … 1");
  }
};
std::shared_ptr<const Augmentation> make_polarity(const PolarityOptions& options,
                                                  int64_t sample_rate);

using AugmentationRegistry =
    Registry<std::shared_ptr<const Augmentation>(int64_t sample_rate)>;

/// The augmentations that Kind<augmentations> chooses from, those of
/// `examples.augmentations`; ours are in it from its first use. One of your own:
///
///     augmentations().add<HumOptions>(
///         "hum", "mains hum", [](const HumOptions& options, int64_t sample_rate) {
///           return std::make_shared<Hum>(options, sample_rate);
///         });
AugmentationRegistry& augmentations();

/// One of them with its options, as a config has it.
using AugmentationKind = Kind<augmentations>;

/// Adds ours: equalizer, gain, polarity.
void add_augmentations(AugmentationRegistry& registry);

}  // namespace sep
