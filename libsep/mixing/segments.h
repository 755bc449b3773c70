#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libsep/core/config.h"
#include "libsep/core/random.h"
#include "libsep/mixing/augmentation.h"
#include "libsep/mixing/stem_reader.h"
#include "libsep/mixing/waveform_example.h"

namespace sep {

/// How random segments become examples, `examples: {kind: segments, …}` of a config. The
/// defaults are those of a network for all four instruments of Bach10.
///
/// Coherent examples have the harmony and the rhythm of music, but a small dataset has few
/// of them; others have unlike stems side by side, any number of them, and teach to tell
/// instruments by their sound. Half of each serves both.
struct SegmentOptions {
  double seconds = 3.0;  ///< length of an example, above 0, at most 3600

  /// That all stems are from one place of one piece, alike shifted in pitch; 0 … 1.
  double coherent_chance = 0.5;

  /// Of a coherent example or of each stem, uniform, -36 … 36. Wider helps with pieces that
  /// lie elsewhere than those of the training, and learns slower.
  Range pitch_semitones{-2.0, 2.0};

  Range gain_db{-5.0, 5.0};  ///< of each stem, uniform, -100 … 100

  /// Standard deviation of each stem's random filter at points an octave apart
  /// (EqualizerOptions), 0 … 40; 0: no filter.
  double equalizer_db = 0.0;

  double polarity_chance = 0.0;  ///< of each stem to have the other sign, 0 … 1
  double absence_chance = 0.0;   ///< of each stem to be silent, 0 … 1; one always stays

  /// Of each stem, after those above, in this order.
  std::vector<AugmentationKind> augmentations;

  /// Throws ConfigError that names the field, its value and its bounds.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("seconds", seconds, "length of an example, above 0, at most 3600");
    archive("coherent_chance",
            coherent_chance,
            "that all stems are from one place of one piece, alike shifted, 0 … 1");
    archive("pitch_semitones", pitch_semitones, "shift by resampling, -36 … 36");
    archive("gain_db", gain_db, "of each stem, -100 … 100");
    archive("equalizer_db",
            equalizer_db,
            "deviation of each stem's random filter at points an octave apart, 0 … 40");
    archive("polarity_chance", polarity_chance, "of each stem's other sign, 0 … 1");
    archive("absence_chance",
            absence_chance,
            "of each stem to be silent, 0 … 1; one always stays");
    archive("augmentations", augmentations, "further ones of each stem, a list of kinds");
  }
};

/// Pieces of a reader that are drawn alike.
struct PieceGroup {
  std::vector<size_t> pieces;
  double weight = 1.0;  ///< above 0: how often a segment is of this group
};

/// Where a stem of an example comes from.
struct StemSegment {
  bool absent = false;           ///< silent; the rest is drawn all the same
  size_t piece = 0;              ///< of the reader
  int64_t first_sample = 0;      ///< in the piece
  double pitch_semitones = 0.0;  ///< up
};

/// What chance decides of an example before samples are read.
struct SegmentDraw {
  bool coherent = false;
  std::vector<StemSegment> stems;  ///< as SegmentExamples::stems()
};

/// Random segments of stems, mixed anew each time.
///
///     place    a group of pieces, by its weight, and of it a piece of those that have the
///              stem (a coherent example: all stems), each as likely as another; groups
///              without such pieces are left out; a first sample such that the segment ends
///              within the piece, or 0 where the piece is shorter, zeros after its end
///     pitch    the tape run faster: sample n of the example is the piece's at first +
///              2^(semitones / 12) n, by the cubic through the four samples around. Nothing
///              is filtered: shifted up by 2 semitones, what lay above 0.89 of the Nyquist
///              frequency folds back
///     then     equalizer, polarity, gain, and options.augmentations in their order
///     mixture  the sum of the stems, in their order; neither clipped nor scaled
///
/// Each use of chance has a stream of its own from (seed, iteration, index) and the stem
/// (core/random.h): to switch one on or off moves no other. Memory does not grow.
class SegmentExamples : public WaveformExamples {
 public:
  /// `groups` hold indices of the reader: those of a fold's training. Throws ConfigError
  /// where options.validate() does; Error for no pieces or stems, for a stem that no piece
  /// has, and where `coherent_chance` is above 0 and no piece has all; for a weight that is
  /// not above 0.
  SegmentExamples(std::shared_ptr<const StemReader> reader,
                  const std::vector<PieceGroup>& groups,
                  std::vector<StemName> stems,
                  const SegmentOptions& options,
                  uint64_t seed);

  /// One group: each piece is as likely as another.
  SegmentExamples(std::shared_ptr<const StemReader> reader,
                  const std::vector<size_t>& pieces,
                  std::vector<StemName> stems,
                  const SegmentOptions& options,
                  uint64_t seed);

  const std::vector<StemName>& stems() const override { return stems_; }
  std::optional<int64_t> size() const override { return std::nullopt; }

  SegmentDraw draw(int64_t iteration, int64_t index) const;

  /// Throws Error besides where an augmentation gives another shape than it was given.
  WaveformExample get(int64_t iteration, int64_t index) const override;

 private:
  /// An augmentation and the name of its chance.
  struct Step {
    std::string name;
    std::shared_ptr<const Augmentation> augmentation;
  };

  void make_steps();
  void find_pieces(const std::vector<PieceGroup>& groups);
  StemSegment draw_segment(const std::vector<PieceGroup>& groups,
                           const std::vector<int64_t>& indices) const;
  void draw_absence(int64_t iteration, int64_t index, SegmentDraw& draw) const;
  // `example` is iteration and index.
  Signal make_stem(const StemSegment& segment,
                   size_t stem,
                   const std::vector<int64_t>& example) const;
  Signal augment(Signal signal, size_t stem, const std::vector<int64_t>& example) const;

  std::shared_ptr<const StemReader> reader_;
  std::vector<StemName> stems_;
  SegmentOptions options_;
  uint64_t seed_;
  int64_t num_samples_;
  std::vector<Step> steps_;
  std::vector<PieceGroup> complete_;              // pieces that have all stems
  std::vector<std::vector<PieceGroup>> of_stem_;  // pieces that have it
};

}  // namespace sep
