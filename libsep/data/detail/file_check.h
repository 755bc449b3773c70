#pragma once

#include <map>
#include <string>
#include <vector>

#include "libsep/core/signal.h"
#include "libsep/data/verify.h"

namespace sep {

FileCheck check_file(const std::string& piece,
                     const std::string& stem,
                     const std::filesystem::path& path,
                     const Signal& signal);

/// Sets is_sum in the checks of those of a piece's stems that are the sum of the others.
void mark_sums(const std::map<std::string, const Signal*>& stems,
               std::vector<FileCheck>& files);

/// What there is to remark on a file, a line each.
void add_remarks(const FileCheck& file, std::vector<std::string>& remarks);

/// Energy over energy in dB; -inf for nothing above.
double energy_ratio_db(double above, double below);
double signal_energy(const Signal& signal);

}  // namespace sep
