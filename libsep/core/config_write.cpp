#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

#include <algorithm>
#include <cctype>

#include "libsep/core/config.h"
#include "libsep/core/detail/config_tree.h"

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

// "train.loss[0].weight" as train, loss, [0], weight.
std::vector<std::string> steps_of(std::string_view key) {
  std::vector<std::string> steps;
  while (!key.empty()) {
    const std::string_view segment = take_segment(key);
    const auto [name, index] = split_segment(segment);
    steps.emplace_back(name);
    if (index) steps.emplace_back(segment.substr(name.size()));
  }
  return steps;
}

class YamlText {
 public:
  void add(const ConfigField& field) {
    auto steps = steps_of(field.key);
    const auto last = steps.empty() ? "" : std::exchange(steps.back(), "");
    if (!steps.empty()) steps.pop_back();
    const auto [known, differs] =
        std::mismatch(outer_.begin(), outer_.end(), steps.begin(), steps.end());
    const auto num_known = static_cast<size_t>(known - outer_.begin());
    for (size_t depth = num_known; depth < steps.size(); ++depth) {
      begin(steps[depth], depth, "");
    }
    begin(last, steps.size(), field.value);
    outer_ = std::move(steps);
  }

  std::string take() { return std::move(text_); }

 private:
  // The dash of an item stands on the line of its first key.
  void begin(const std::string& step, size_t depth, const std::string& value) {
    const bool is_item = step[0] == '[';
    if (is_item && value.empty()) {
      has_dash_ = true;
      return;
    }
    std::string indent(2 * depth, ' ');
    if (has_dash_) indent.replace(indent.size() - 2, 2, "- ");
    has_dash_ = false;
    text_ += indent + (is_item ? "-" : step + ":");
    text_ += (value.empty() ? "" : " ") + value + "\n";
  }

  std::string text_;
  std::vector<std::string> outer_;  // where the last line was
  bool has_dash_ = false;
};

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

std::string ConfigLister::to_text(const std::vector<std::vector<std::string>>& value) {
  if (value.size() == 1 && value.front().size() == 1) return to_text(value.front().front());
  std::vector<std::string> groups;
  groups.reserve(value.size());
  for (const auto& group : value) groups.push_back(to_text(group));
  return fmt::format("[{}]", fmt::join(groups, ", "));
}

std::string ConfigLister::to_text(const std::vector<int64_t>& value) {
  return fmt::format("[{}]", fmt::join(value, ", "));
}

std::string ConfigLister::to_text(const std::vector<double>& value) {
  return fmt::format("[{}]", fmt::join(value, ", "));
}

std::string ConfigLister::to_text(const Range& value) {
  return fmt::format("[{}, {}]", value.low, value.high);
}

std::string ConfigLister::to_text(const NameMap& value) {
  std::vector<std::string> texts;
  for (const auto& [name, other] : value) {
    texts.push_back(to_text(name) + ": " + to_text(other));
  }
  return fmt::format("{{{}}}", fmt::join(texts, ", "));
}

void ConfigLister::add(const std::string& key, std::string value, std::string meaning) {
  fields.push_back({prefix_ + key, std::move(value)});
  meanings_.push_back(std::move(meaning));
}

std::vector<ConfigKey> ConfigLister::keys() const {
  std::vector<ConfigKey> keys;
  for (size_t i = 0; i < fields.size(); ++i) {
    keys.push_back({fields[i].key, fields[i].value, meanings_[i]});
  }
  return keys;
}

std::string fields_to_yaml(const std::vector<ConfigField>& fields) {
  YamlText yaml;
  for (const auto& field : fields) yaml.add(field);
  return yaml.take();
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
