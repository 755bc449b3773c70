#include "libsep/commands/detail/describe_data.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "libsep/core/csv.h"
#include "libsep/core/error.h"
#include "libsep/data/manifest.h"

namespace sep {

std::string layout_names() {
  return fmt::format("One of {}", fmt::join(layouts().names(), ", "));
}

void add_manifest(CLI::App& app, Manifest& arguments) {
  auto* command = app.add_subcommand("manifest", "Describes a dataset as a table of files");
  command->add_option("DIR", arguments.root, "The dataset")->required();
  command->add_option("--from", arguments.layout, layout_names());
  command->add_option("--out", arguments.out, "A .csv file")->required();
  command->footer(
      "Nothing is copied: the table names the files, by paths from its own folder.\n"
      "Example:\n  sep-data manifest --from stem_folder quartets --out quartets/all.csv");
}

int write_manifest(const Manifest& arguments) {
  SEP_CHECK(arguments.out.extension() == ".csv",
            "{}: wants a name that ends in .csv",
            arguments.out.string());
  DataOptions options;
  options.layout = Kind<layouts>(arguments.layout);
  write_csv(arguments.out, describe_dataset(arguments.root, options, arguments.out));
  fmt::print("{}\n", arguments.out.string());
  return 0;
}

}  // namespace sep
