#pragma once

#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "libsep/core/error.h"

/// What a field of options may be besides numbers and texts. Include config.h.
namespace sep {

/// Two numbers, low <= high; `[0.8, 1.2]` in YAML.
struct Range {
  double low = 0.0;
  double high = 0.0;
};

/// Names for names, `{vn: violin, vc: cello}` in YAML; those of a file and of overrides are
/// one map.
using NameMap = std::map<std::string, std::string>;

/// A key that is known here and read elsewhere: whatever stands there is left alone. For
/// structs that read a part of a larger config, and are not written.
struct Unread {};

/// The names of an enum in YAML and on the command line; specialise
///
///     template <> struct EnumNames<Protocol> {
///       static constexpr std::pair<Protocol, std::string_view> kValues[] = {
///           {Protocol::kClean, "clean"}, {Protocol::kLegacy, "legacy"}};
///     };
template <class E>
struct EnumNames;

template <class E>
std::string enum_name(E value);

/// The enumerator called `name`; throws Error that lists the names there are.
template <class E>
E parse_enum(std::string_view name);

/// A leaf of options: dotted key, and value as in YAML.
struct ConfigField {
  std::string key;
  std::string value;
};

/// A leaf with what it means, "units of the LSTM, a direction".
struct ConfigKey {
  std::string key;
  std::string value;
  std::string meaning;
};

namespace detail {

template <class T, class = void>
struct has_visit : std::false_type {};

struct AnyArchive {
  template <class T>
  void operator()(const char*, T&, const char* = "") {}
};
template <class T>
struct has_visit<
    T,
    std::void_t<decltype(std::declval<T&>().visit(std::declval<AnyArchive&>()))>>
    : std::true_type {};

template <class T, class = void>
struct has_validate : std::false_type {};
template <class T>
struct has_validate<T, std::void_t<decltype(std::declval<const T&>().validate())>>
    : std::true_type {};

template <class T>
struct is_struct_list : std::false_type {};
template <class T>
struct is_struct_list<std::vector<T>> : has_visit<T> {};

[[noreturn]] void refuse_enum_name(std::string_view name,
                                   const std::vector<std::string_view>& names);

}  // namespace detail

template <class E>
std::string enum_name(E value) {
  for (const auto& [enumerator, name] : EnumNames<E>::kValues) {
    if (enumerator == value) return std::string(name);
  }
  throw Error("an enumerator without a name");
}

template <class E>
E parse_enum(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& [enumerator, known] : EnumNames<E>::kValues) {
    if (known == name) return enumerator;
    names.push_back(known);
  }
  detail::refuse_enum_name(name, names);
}

}  // namespace sep
