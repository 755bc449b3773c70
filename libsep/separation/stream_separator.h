#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>

#include "libsep/core/signal.h"
#include "libsep/separation/separator.h"

namespace sep {

/// How a recording goes through.
struct StreamOptions {
  double block_seconds = 10.0;   ///< given out at a time; decides memory, never the result;
                                 ///< lengthened where the models' windows ask for it
  std::filesystem::path folder;  ///< for intermediate audio; empty: the system's folder
                                 ///< for temporary files

  /// Root mean square of the recording, all channels, for networks that want it scaled
  /// (InputLevel::kUnitRms); 0: of what is pushed, all of it. For a part of a recording
  /// that is to come out as it does of the whole. (Spectra that are matched are those of
  /// what is pushed.)
  double rms = 0.0;

  /// Throws ConfigError unless block_seconds is above 0 and at most 600, and rms 0 or above
  /// and finite.
  void validate() const;
};

/// Separator::separate() for recordings too long to be held at once, with the same
/// result but for rounding:
///
///     StreamSeparator stream(separator, 2);
///     while (more) stream.push(block);       // any lengths
///     stream.finish();
///     for (auto stems = stream.next(); !stems.empty(); stems = stream.next()) use(stems);
///
/// A bidirectional network hears the end of a recording at its beginning, and may
/// remember it for minutes: trained models do (docs/separate.md has figures). So nothing
/// is cut: what comes in is kept on the disk, and finish() goes over it layer by layer
/// in both directions and notes what each remembers at the borders of the blocks;
/// next() then takes every block up from there. Each frame is computed once as the
/// whole recording's, so there are no seams.
///
/// That is so for networks that carry states (model/network.h). Others go through in blocks
/// that overlap: without seams where they say how far they hear, else faded over a second
/// from block to block, which is then not the whole recording's result.
///
/// A network of one layer works 1.5 times as long as separate() would, one of two
/// layers about 2.3 times; one whose layers give no more numbers a frame than a hop has
/// samples, and says how many (StateCarrying::hidden_size()), as long as that, since what
/// they give is kept. Memory: some 20 MB a second of a block for each model, and a
/// few kB a block; it does not grow with the recording otherwise. Disk: 4 bytes a sample
/// and channel, where layers are kept up to three times as much. One stream belongs to one
/// thread; any number may share a Separator, which must outlive them.
class StreamSeparator {
 public:
  /// Called with the part of the work that is done, 0 … 1, from one thread at a time;
  /// what it throws ends the work.
  using Report = std::function<void(double)>;

  /// Throws Error for no channel, for a folder that cannot be written to, and for models
  /// whose hops have no common multiple up to 15 s, ConfigError where options.validate()
  /// does.
  StreamSeparator(const Separator& separator,
                  int64_t num_channels,
                  const StreamOptions& options = {});
  ~StreamSeparator();
  StreamSeparator(StreamSeparator&&) noexcept;
  StreamSeparator& operator=(StreamSeparator&&) noexcept;

  /// Takes (C, n) at separator.sample_rate(). Throws Error for another rate or channel
  /// count, for samples that are not finite and after finish(), Failure where the disk is
  /// full.
  void push(const Signal& block);

  /// Ends the input. `report` is called here and in next().
  void finish(const Report& report = {});

  /// Each instrument's next (C, n), the same n for all; no instrument at the end. All
  /// blocks together are as long as what was pushed. Throws Error before finish().
  std::map<StemName, Signal> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sep
