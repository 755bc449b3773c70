#include "libsep/core/csv.h"

#include <cmath>
#include <limits>

#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/random.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

namespace {

using Rows = std::vector<std::vector<std::string>>;

sep::CsvTable parsed(const std::string& text) {
  const TemporaryFolder folder;
  sep::write_file_atomically(folder / "t.csv", text);
  return sep::read_csv(folder / "t.csv");
}

std::string random_cell(sep::RandomStream& random) {
  const std::string letters = "ab ,\"\r\n;'\t\xC3\xA9";
  std::string cell;
  for (int64_t n = random.index(6); n > 0; --n) {
    cell +=
        letters[static_cast<size_t>(random.index(static_cast<int64_t>(letters.size())))];
  }
  return cell;
}

std::string error_of(const std::string& text) {
  try {
    parsed(text);
  } catch (const sep::Error& error) {
    const std::string message = error.what();
    return message.substr(message.find("t.csv"));
  }
  return "no error";
}

}  // namespace

TEST_CASE("a cell that begins as a file may is kept", "[core][csv]") {
  const sep::CsvTable table{{"\xEF\xBB\xBF"
                             "a",
                             "b"},
                            {}};
  CHECK(sep::parse_csv(sep::to_csv(table), "t.csv").header == table.header);
}

TEST_CASE("a table reads back as written", "[core][csv][property]") {
  const auto num_columns = GENERATE(int64_t{1}, 2, 5);
  const auto num_rows = GENERATE(int64_t{0}, 1, 50);
  sep::RandomStream random(1, "test/csv", {num_columns, num_rows});
  sep::CsvTable table;
  for (int64_t i = 0; i < num_columns; ++i) table.header.push_back(random_cell(random));
  for (int64_t r = 0; r < num_rows; ++r) {
    table.rows.emplace_back();
    for (int64_t i = 0; i < num_columns; ++i)
      table.rows.back().push_back(random_cell(random));
  }
  const TemporaryFolder folder;
  sep::write_csv(folder / "t.csv", table);
  const auto read = sep::read_csv(folder / "t.csv");
  CHECK(read.header == table.header);
  CHECK(read.rows == table.rows);
}

TEST_CASE("a table is written as RFC 4180 has it", "[core][csv]") {
  const sep::CsvTable table = {{"a", "b,c"}, {{"1", ""}, {"say \"x\"", "two\nlines"}}};
  CHECK(sep::to_csv(table) == "a,\"b,c\"\n1,\n\"say \"\"x\"\"\",\"two\nlines\"\n");
  CHECK(sep::to_csv({{"only"}, {{""}}}) == "only\n\"\"\n");
}

TEST_CASE("tables of spreadsheets are read", "[core][csv]") {
  const auto table = parsed("\xEF\xBB\xBF\"a\",b\r\n1,\"x\r\ny\"\r\n2,5\" disc");
  CHECK(table.header == std::vector<std::string>{"a", "b"});
  CHECK(table.rows == Rows{{"1", "x\r\ny"}, {"2", "5\" disc"}});
  CHECK(parsed(",SI-SDR\n0,6.08 \xC2\xB1 2.0\n").header.front().empty());
  CHECK(parsed("a\n").rows.empty());
  CHECK(parsed("a,b\n,").rows == Rows{{"", ""}});
}

TEST_CASE("columns are found by name", "[core][csv]") {
  const sep::CsvTable table = {{"piece", "si_sdr_db"}, {}};
  CHECK(table.column("si_sdr_db") == 1);
  CHECK_THROWS_WITH(table.column("sdr"), "the table has no column sdr");
}

TEST_CASE("crooked tables are refused with their line", "[core][csv][failure]") {
  CHECK(error_of("") == "t.csv:1: is empty, wants a header");
  CHECK(error_of("a,b\n1,2\n1,2,3\n") ==
        "t.csv:3: wants 2 cells as in the header, found 3");
  CHECK(error_of("a,b\n\n") == "t.csv:2: wants 2 cells as in the header, found 1");
  CHECK(error_of("a,b\n\"1\n2\",3\n4\n") ==
        "t.csv:4: wants 2 cells as in the header, found 1");
  CHECK(error_of("a,b\n1,\"2\n3,4\n") == "t.csv:2: a quote is not closed");
  CHECK(error_of("a\n\"1\"2\n") ==
        "t.csv:2: wants a comma or the end of the line after a closing quote");
  CHECK_THROWS_AS(sep::to_csv({{"a"}, {{"1", "2"}}}), sep::Error);
  CHECK_THROWS_AS(sep::to_csv({}), sep::Error);
}

TEST_CASE("numbers have six decimals", "[core][csv]") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(sep::format_number(1.0) == "1.000000");
  CHECK(sep::format_number(-12.3456785) == "-12.345678");
  CHECK(sep::format_number(-1e-9) == "0.000000");
  CHECK(sep::format_number(1e15) == "1000000000000000.000000");
  CHECK(sep::format_number(infinity) == "inf");
  CHECK(sep::format_number(-infinity) == "-inf");
  CHECK(sep::format_number(-std::nan("")) == "nan");
}
