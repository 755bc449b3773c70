#include "libsep/core/error.h"

#include <cerrno>

#include "libsep/core/system_error.h"
#include "tests/support/catch.h"

TEST_CASE("SEP_CHECK throws what was wanted and what was found", "[core][error]") {
  const auto check = [](int found) {
    SEP_CHECK(found == 2, "wants {}, found {}", 2, found);
  };
  CHECK_NOTHROW(check(2));
  CHECK_THROWS_AS(check(3), sep::Error);
  CHECK_THROWS_WITH(check(3), "wants 2, found 3");
}

TEST_CASE("SEP_CHECK is one statement", "[core][error]") {
  bool otherwise = false;
  if (otherwise)
    SEP_CHECK(false, "never");
  else
    otherwise = true;
  CHECK(otherwise);
}

TEST_CASE("a fault of a configuration keeps key and problem apart", "[core][error]") {
  const sep::ConfigError error("stft.hop_length", " = 513: wants 1 to 512");
  CHECK(error.key() == "stft.hop_length");
  CHECK(error.problem() == " = 513: wants 1 to 512");
  CHECK(std::string(error.what()) == "stft.hop_length = 513: wants 1 to 512");
}

TEST_CASE("several faults are a line each", "[core][error]") {
  const sep::ErrorList error({"first", "second"});
  CHECK(std::string(error.what()) == "first\nsecond");
  CHECK(error.faults() == std::vector<std::string>{"first", "second"});
}

TEST_CASE("text in a message stays on its line", "[core][error]") {
  CHECK(sep::shown_text("a b") == "a b");
  CHECK(sep::one_line("a\nb\x1b[2J\x7fé") == "a\\x0ab\\x1b[2J\\x7fé");
  CHECK(sep::one_line(std::string(1000, 'a')) == std::string(1000, 'a'));
  CHECK(sep::shown_text("a\nb\x1b[2J\x7f") == "a\\x0ab\\x1b[2J\\x7f");
  CHECK(sep::shown_text(std::string(60, 'a')) == std::string(60, 'a'));
  CHECK(sep::shown_text(std::string(61, 'a')) == std::string(60, 'a') + "…");
  CHECK(sep::shown_text(std::string(59, 'a') + "éb") == std::string(59, 'a') + "é…");
  CHECK(sep::shown_text(std::string(1000, '\x80')).size() < 70);
}

TEST_CASE("the user's mistakes and the machine's are kept apart", "[core][error]") {
  CHECK_FALSE(std::is_base_of_v<sep::Error, sep::Failure>);
  CHECK_FALSE(std::is_base_of_v<sep::Failure, sep::Error>);
  CHECK(std::is_base_of_v<sep::Error, sep::ConfigError>);
  CHECK(std::is_base_of_v<sep::Error, sep::ErrorList>);
}

TEST_CASE("of a message of many lines the first is kept", "[core][error]") {
  CHECK(sep::first_line(std::runtime_error("no memory\nframe #0: c10\nframe #1")) ==
        "no memory");
  CHECK(sep::first_line(std::runtime_error("no memory")) == "no memory");
  CHECK(sep::first_line(std::runtime_error("")).empty());
}

TEST_CASE("the machine's failures are told from wrong paths", "[core]") {
  const int failure = GENERATE(ENOSPC, EDQUOT, EFBIG, EIO, EMFILE, ENFILE, ENOMEM, ESTALE);
  CHECK_THROWS_AS(sep::throw_system_error("a", "cannot be listed", failure), sep::Failure);
  const int fault = GENERATE(ENOENT, EACCES, ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG, EROFS);
  CHECK_THROWS_AS(sep::throw_system_error("a", "cannot be listed", fault), sep::Error);
  CHECK_THROWS_WITH(sep::throw_system_error("runs/a", "cannot be listed", EACCES),
                    "runs/a: cannot be listed: Permission denied");
}
