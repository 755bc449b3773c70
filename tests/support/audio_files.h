#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "libsep/audio/file.h"
#include "libsep/core/error.h"
#include "libsep/core/signal.h"
#include "libsep/data/dataset.h"
#include "tests/support/piece_paths.h"

/// A mono file of `num_samples` whose samples all are `value` (of 32768); makes the folder.
inline void write_tone(const std::filesystem::path& path,
                       int64_t num_samples = 100,
                       int64_t sample_rate = 44100,
                       int value = 1000,
                       int64_t num_channels = 1) {
  std::filesystem::create_directories(path.parent_path());
  sep::Signal signal = sep::make_silence(num_channels, num_samples, sample_rate);
  for (size_t n = 0; n < signal.samples.size(); ++n) {
    signal.samples[n] = static_cast<float>(n % 2 == 0 ? value : -value) / 32768.0F;
  }
  sep::write_audio(path, signal, sep::SampleFormat::kInt16);
}

/// A file of any other kind.
inline void write_text(const std::filesystem::path& path, const std::string& text = "x") {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

/// A sound piece in Bach10's layout: stems 1000, 2000, 3000, 4000 of 32768 and their sum.
inline void write_bach10_piece(const std::filesystem::path& root,
                               const std::string& name,
                               int64_t num_samples = 100,
                               int64_t sample_rate = 44100) {
  int value = 0;
  for (const char* stem : {"bassoon", "clarinet", "saxphone", "violin"}) {
    value += 1000;
    write_tone(root / name / (name + "-" + stem + ".wav"), num_samples, sample_rate, value);
  }
  write_tone(root / name / (name + ".wav"), num_samples, sample_rate, 10000);
}

/// The faults open_dataset() finds, the root cut off; empty where it finds none.
inline std::vector<std::string> faults_of(const std::filesystem::path& root,
                                          const std::string& layout = "auto") {
  try {
    sep::open_dataset(root, layout);
  } catch (const sep::ErrorList& error) {
    std::vector<std::string> faults = error.faults();
    const std::string prefix = root.string() + "/";
    for (auto& fault : faults) {
      for (size_t at = 0; (at = fault.find(prefix)) != std::string::npos;) {
        fault.erase(at, prefix.size());
      }
    }
    return faults;
  }
  return {};
}

/// The message of the Error that `call` throws; empty where it throws none.
template <class Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const sep::Error& error) {
    return error.what();
  }
  return "";
}
