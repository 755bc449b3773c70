#include "libsep/commands/detail/separator_arguments.h"

namespace sep {

void add_separator_options(CLI::App& app, SeparatorOptions& options) {
  app.add_option(
         "--passes",
         options.num_passes,
         "Averages what the models make of it at so many speeds (1, 3 % faster, 3 % "
         "slower, …): better, and as many times the work; default: 1")
      ->check(CLI::Range(int64_t{1}, SeparatorOptions::kMostPasses));
  app.add_flag("--match-spectrum",
               options.match_spectrum,
               "The models hear it equalised to the spectrum of their training: for other "
               "microphones, rooms and instruments");
}

}  // namespace sep
