#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

#include <algorithm>
#include <cctype>

#include "libsep/core/config.h"

namespace sep {
namespace detail {
namespace {

// Text that other readers of YAML take for a number or a truth value.
bool looks_typed(const std::string& text) {
  std::string lower = text;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const char* word : {"true", "false", "yes", "no", "on", "off", "y", "n"}) {
    if (lower == word) return true;
  }
  return text.empty() || text.find_first_of("+-.0123456789") == 0;
}

// The emitter leaves a carriage return at the end plain, and it is not read again.
bool has_control_character(const std::string& text) {
  return std::any_of(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

std::string emitted(const std::string& text, YAML::EMITTER_MANIP quotes) {
  YAML::Emitter emitter;
  emitter << YAML::Flow << YAML::BeginSeq << quotes << text << YAML::EndSeq;
  const std::string list =
      emitter.c_str();  // "[text]": what is plain in a list is anywhere
  return list.substr(1, list.size() - 2);
}

}  // namespace

std::string ConfigLister::to_text(int64_t value) { return fmt::format("{}", value); }
std::string ConfigLister::to_text(double value) { return fmt::format("{}", value); }
std::string ConfigLister::to_text(bool value) { return value ? "true" : "false"; }

std::string ConfigLister::to_text(const std::string& value) {
  const bool quoted = looks_typed(value) || has_control_character(value);
  return emitted(value, quoted ? YAML::DoubleQuoted : YAML::Auto);
}

std::string ConfigLister::to_text(const std::vector<std::string>& value) {
  std::vector<std::string> texts;
  texts.reserve(value.size());
  for (const auto& text : value) texts.push_back(to_text(text));
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

std::string ConfigLister::to_text(const Range& value) {
  return fmt::format("[{}, {}]", value.low, value.high);
}

std::string fields_to_yaml(const std::vector<ConfigField>& fields) {
  std::string yaml;
  std::vector<std::string> outer;
  for (const auto& field : fields) {
    size_t depth = 0;
    size_t begin = 0;
    for (size_t dot = field.key.find('.'); dot != std::string::npos;
         dot = field.key.find('.', begin), ++depth) {
      const std::string name = field.key.substr(begin, dot - begin);
      begin = dot + 1;
      if (depth < outer.size() && outer[depth] == name) continue;
      outer.resize(depth);
      outer.push_back(name);
      yaml += std::string(2 * depth, ' ') + name + ":\n";
    }
    outer.resize(depth);
    yaml +=
        std::string(2 * depth, ' ') + field.key.substr(begin) + ": " + field.value + "\n";
  }
  return yaml;
}

}  // namespace detail

std::vector<std::string> config_differences(const std::vector<ConfigField>& wanted,
                                            const std::vector<ConfigField>& found) {
  const auto value_in = [](const std::vector<ConfigField>& fields, const std::string& key) {
    const auto place = std::find_if(
        fields.begin(), fields.end(), [&](const auto& field) { return field.key == key; });
    return place == fields.end() ? "nothing" : place->value;
  };
  const auto has = [](const std::vector<ConfigField>& fields, const std::string& key) {
    return std::any_of(
        fields.begin(), fields.end(), [&](const auto& field) { return field.key == key; });
  };
  std::vector<ConfigField> keys = wanted;
  for (const auto& field : found) {
    if (!has(wanted, field.key)) keys.push_back(field);
  }
  std::vector<std::string> differences;
  for (const auto& field : keys) {
    const std::string left = value_in(wanted, field.key);
    const std::string right = value_in(found, field.key);
    if (left == right) continue;
    differences.push_back(fmt::format("{}: {} wanted, {} found", field.key, left, right));
  }
  return differences;
}

}  // namespace sep
