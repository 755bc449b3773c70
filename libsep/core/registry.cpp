#include "libsep/core/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "libsep/core/detail/nearest.h"

namespace sep {
namespace detail {
namespace {

bool is_kind_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

void KindTable::add_entry(const std::string& name,
                          const std::string& meaning,
                          std::type_index options,
                          MakeOptions make_options) {
  SEP_CHECK(is_kind_name(name),
            "{} \"{}\": wants a name of small letters, digits and underscores",
            noun_,
            shown_text(name));
  const auto [place, is_new] =
      entries_.emplace(name, Entry{meaning, options, std::move(make_options)});
  SEP_CHECK(is_new,
            "{} {} is given twice: \"{}\" and \"{}\"",
            noun_,
            name,
            place->second.meaning,
            meaning);
}

std::vector<std::string> KindTable::names() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

const KindTable::Entry& KindTable::entry(const std::string& name) const {
  const auto place = entries_.find(name);
  SEP_CHECK(place != entries_.end(), "{}: {}", shown_text(name), unknown(name));
  return place->second;
}

const std::string& KindTable::meaning(const std::string& name) const {
  return entry(name).meaning;
}

std::unique_ptr<KindOptions> KindTable::default_options(const std::string& name) const {
  return entry(name).make_options();
}

std::vector<std::string> KindTable::names_of(std::type_index options) const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) {
    if (entry.options == options) names.push_back(name);
  }
  return names;
}

std::string KindTable::choices() const {
  return fmt::format("one of {}", fmt::join(names(), ", "));
}

std::string KindTable::unknown(const std::string& name) const {
  const auto known = names();
  const auto nearest = nearest_name(name, known);
  return fmt::format("no {}{} (there are: {})",
                     noun_,
                     nearest.empty() ? "" : "; did you mean " + nearest + "?",
                     known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")));
}

}  // namespace detail

namespace {

size_t width_of(const std::string& text) {  // of UTF-8: its continuation bytes take none
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

struct Widths {
  size_t name = 0;
  size_t key = 0;
  size_t value = 0;
};

Widths widths_of(const std::vector<std::vector<KindDescription>>& registries) {
  Widths widths;
  for (const auto& kinds : registries) {
    for (const auto& kind : kinds) {
      widths.name = std::max(widths.name, width_of(kind.name));
      for (const auto& key : kind.keys) {
        widths.key = std::max(widths.key, width_of(key.key));
        widths.value = std::max(widths.value, width_of(key.value));
      }
    }
  }
  return widths;
}

std::string line_of(const std::vector<std::pair<std::string, size_t>>& columns) {
  std::string line;
  for (const auto& [text, width] : columns) {
    line += text + std::string(width - std::min(width, width_of(text)), ' ');
  }
  return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

}  // namespace

std::vector<KindDescription> list_kinds(const detail::KindTable& registry) {
  std::vector<KindDescription> kinds;
  for (const auto& name : registry.names()) {
    detail::ConfigLister lister;
    registry.default_options(name)->visit(lister);
    kinds.push_back({name, registry.meaning(name), lister.keys()});
  }
  return kinds;
}

std::string describe_kinds(const std::vector<const detail::KindTable*>& registries) {
  std::vector<std::vector<KindDescription>> all;
  all.reserve(registries.size());
  for (const auto* registry : registries) all.push_back(list_kinds(*registry));
  const Widths widths = widths_of(all);
  std::string text;
  for (size_t i = 0; i < registries.size(); ++i) {
    text += (i == 0 ? "" : "\n") + registries[i]->noun() + "\n";
    for (const auto& kind : all[i]) {
      text += line_of({{"  " + kind.name, widths.name + 4}, {kind.meaning, 0}});
      for (const auto& key : kind.keys) {
        text += line_of({{"    " + key.key, widths.key + 6},
                         {key.value, widths.value + 2},
                         {key.meaning, 0}});
      }
    }
  }
  return text;
}

}  // namespace sep
