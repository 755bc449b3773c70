#include "libsep/data/detail/file_check.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "libsep/core/error.h"

namespace sep {
namespace {

// Whether a stem is what the others add up to, as its mixture would be.
bool is_sum_of_others(const Signal& stem, const Signal& all) {
  double difference = 0.0;
  for (size_t n = 0; n < all.samples.size(); ++n) {
    const double others = std::clamp(all.samples[n] - stem.samples[n], -1.0F, 1.0F);
    const double miss = others - static_cast<double>(stem.samples[n]);
    difference += miss * miss;
  }
  const double energy = signal_energy(stem);
  return energy > 0.0 &&
         energy_ratio_db(difference, energy) <= DatasetReport::kLargestResidualDb;
}

}  // namespace

double signal_energy(const Signal& signal) {
  double sum = 0.0;
  for (const float x : signal.samples) sum += static_cast<double>(x) * x;
  return sum;
}

double energy_ratio_db(double above, double below) {
  if (above == 0.0) return -std::numeric_limits<double>::infinity();
  return 10.0 * std::log10(above / below);
}

FileCheck check_file(const std::string& piece,
                     const std::string& stem,
                     const std::filesystem::path& path,
                     const Signal& signal) {
  FileCheck check;
  check.piece = piece;
  check.stem = stem;
  check.path = path;
  check.num_samples = signal.num_samples();
  check.sample_rate = signal.sample_rate;
  check.num_clipped =
      std::count_if(signal.samples.begin(), signal.samples.end(), [](float x) {
        return std::abs(x) >= FileCheck::kFullScale;
      });
  check.peak = static_cast<double>(peak(signal));
  check.rms_db = 2.0 * energy_ratio_db(rms(signal), 1.0);
  check.silent = is_silent(signal);
  return check;
}

void mark_sums(const std::map<std::string, const Signal*>& stems,
               std::vector<FileCheck>& files) {
  if (stems.size() < 3) return;
  std::vector<const Signal*> signals;
  signals.reserve(stems.size());
  for (const auto& [name, signal] : stems) signals.push_back(signal);
  const Signal all = mix(signals);
  for (auto& file : files) {
    const auto stem = stems.find(file.stem);
    if (stem != stems.end()) file.is_sum = is_sum_of_others(*stem->second, all);
  }
}

void add_remarks(const FileCheck& file, std::vector<std::string>& remarks) {
  const auto path = file.path.string();
  if (file.silent) remarks.push_back(fmt::format("{}: silent", path));
  if (file.num_clipped > 0) {
    remarks.push_back(fmt::format("{}: {} {} at full scale",
                                  path,
                                  file.num_clipped,
                                  file.num_clipped == 1 ? "sample" : "samples"));
  }
  if (file.is_sum) {
    remarks.push_back(fmt::format(
        "{}: the sum of the other stems, and counted as an instrument; a mixture's name "
        "ends in mix or mixture",
        path));
  }
}

}  // namespace sep
