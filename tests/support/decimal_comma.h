#pragma once

#include <clocale>
#include <cstdlib>
#include <fstream>
#include <locale>
#include <string>

#include "tests/support/temporary_folder.h"

/// C++'s global locale with decimal commas and digits in groups, until the end of the
/// scope; needs no files.
class CommaStreams {
 public:
  CommaStreams() : before_(std::locale::global(std::locale(std::locale(), new Facet))) {}
  ~CommaStreams() { std::locale::global(before_); }
  CommaStreams(const CommaStreams&) = delete;
  CommaStreams& operator=(const CommaStreams&) = delete;

 private:
  struct Facet : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  std::locale before_;
};

/// C's locale with the same, as a program in Germany has it after setlocale(LC_ALL, ""),
/// until the end of the scope. It is made by localedef (Debian's libc-bin) in a temporary
/// folder, of numbers alone: that takes milliseconds, and no sources of locales.
class CommaLocale {
 public:
  CommaLocale() : before_(std::setlocale(LC_NUMERIC, nullptr)) {
    std::ofstream(folder_ / "source") << "LC_NUMERIC\n"
                                         "decimal_point \",\"\n"
                                         "thousands_sep \".\"\n"
                                         "grouping 3;3\n"
                                         "END LC_NUMERIC\n";
    // -c: although the other categories are not there, of which it complains.
    const auto make = "cd '" + folder_.path().string() +
                      "' && localedef -c -i ./source -f ANSI_X3.4-1968 ./" + kName +
                      " >log 2>&1";
    [[maybe_unused]] const int complained = std::system(make.c_str());
    ::setenv("LOCPATH", folder_.path().c_str(), 1);
    is_set_ = std::setlocale(LC_NUMERIC, kName) != nullptr;
    ::unsetenv("LOCPATH");
  }
  ~CommaLocale() { std::setlocale(LC_NUMERIC, before_.c_str()); }
  CommaLocale(const CommaLocale&) = delete;
  CommaLocale& operator=(const CommaLocale&) = delete;

  /// Whether numbers have decimal commas now.
  explicit operator bool() const { return is_set_; }

 private:
  static constexpr const char* kName = "comma";
  TemporaryFolder folder_;
  std::string before_;
  bool is_set_ = false;
};
