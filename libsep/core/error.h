#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sep {

/// The caller's or the user's mistake: a wrong file, key, length or argument. The
/// message is one line that names the place, what was wanted and what was found.
/// Commands end with exit code 2.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What is wrong with a value of a configuration, before its place in a file is
/// known: "stft.hop_length = 513: wants 1 to window_length = 512".
class ConfigError : public Error {
 public:
  /// `key` is dotted and relative to the struct that was checked; `problem` follows
  /// the key in the message, " = 513: wants 1 to window_length = 512".
  ConfigError(std::string key, std::string problem)
      : Error(key + problem), key_(std::move(key)), problem_(std::move(problem)) {}

  const std::string& key() const { return key_; }
  const std::string& problem() const { return problem_; }

 private:
  std::string key_;
  std::string problem_;
};

/// Several faults of one input, all found before anything was done. what() holds
/// one fault a line.
class ErrorList : public Error {
 public:
  explicit ErrorList(std::vector<std::string> faults);
  const std::vector<std::string>& faults() const { return faults_; }

 private:
  std::vector<std::string> faults_;
};

/// The machine's failure, not the user's: no space left, a device gone, training
/// that diverged. Commands end with exit code 1.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The user asked for an end (Progress::stop_requested()), and nothing is left half-written
/// under its final name. Commands end with exit code 130.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

/// The message of an exception that is not libsep's, on one line: LibTorch's go on with
/// the place in its source and a backtrace.
std::string first_line(const std::exception& error);

/// Text on one line: control characters as \x0a.
std::string one_line(std::string_view text);

/// Text from a file or a user as it stands in a message: as one_line(), and at most some
/// 60 characters of it.
std::string shown_text(std::string_view text);

}  // namespace sep

/// Throws sep::Error with a formatted message unless `condition` holds.
#define SEP_CHECK(condition, ...)                     \
  do {                                                \
    if (!(condition)) {                               \
      throw ::sep::Error(::fmt::format(__VA_ARGS__)); \
    }                                                 \
  } while (false)
