// A CSV table. What is read is written and read again: the same.
#include "libsep/core/csv.h"

#include "tests/fuzz/target.h"

void fuzz_bytes(std::string_view bytes) {
  fuzz_read([&] {
    const auto table = sep::parse_csv(std::string(bytes), "fuzzed");
    for (const auto& row : table.rows) {
      fuzz_check(row.size() == table.header.size(), "a row of another length");
    }
    const auto again = sep::parse_csv(sep::to_csv(table), "written");
    fuzz_check(again.header == table.header && again.rows == table.rows,
               "read back, another table");
  });
}
