#pragma once

#include <cstdio>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "tests/support/golden.h"

/// Every *.json in the folder of golden vectors whose "kind" is "schedules" and that has
/// `key`; a folder without any gives none and a printed line.
inline std::vector<nlohmann::json> golden_schedule_files(const std::string& key) {
  std::vector<nlohmann::json> files;
  for (const auto& item : std::filesystem::directory_iterator(golden_root())) {
    if (item.path().extension() != ".json") continue;
    std::ifstream file(item.path());
    auto content = nlohmann::json::parse(file);
    if (content.value("kind", "") == "schedules" && content.contains(key)) {
      files.push_back(std::move(content));
    }
  }
  if (files.empty()) {
    std::printf("golden: no schedules' %s in %s\n", key.c_str(), golden_root().c_str());
  }
  return files;
}

/// What all of them have under `key`.
inline std::vector<nlohmann::json> golden_schedules(const std::string& key) {
  std::vector<nlohmann::json> entries;
  for (const auto& file : golden_schedule_files(key)) {
    for (const auto& entry : file.at(key)) entries.push_back(entry);
  }
  return entries;
}

/// A list of numbers; null is no number.
inline std::vector<double> golden_numbers(const nlohmann::json& list) {
  std::vector<double> values;
  for (const auto& value : list) {
    values.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                     : value.get<double>());
  }
  return values;
}
