#include "libsep/synthesis/variation.h"

#include <fmt/ranges.h>

#include "libsep/core/bounds.h"
#include "libsep/core/error.h"
#include "libsep/core/number.h"
#include "libsep/core/text.h"

namespace sep {
namespace {

constexpr double kLargestAmount = 2.0;

template <class Function>
struct EachField {
  Function function;
  void operator()(const char* name, double& value) { function(name, value); }
};

template <class Function>
void each_field(Variations& variations, Function function) {
  EachField<Function> archive{function};
  variations.visit(archive);
}

}  // namespace

bool Variations::any() const {
  bool found = false;
  Variations copy = *this;
  each_field(copy, [&](const char*, double amount) { found = found || amount > 0.0; });
  return found;
}

void Variations::validate() const {
  Variations copy = *this;
  each_field(copy, [](const char* name, double amount) {
    check_bounds(name, amount, 0.0, kLargestAmount);
  });
}

Variations uniform_variations(double amount) {
  Variations variations;
  each_field(variations, [&](const char*, double& value) { value = amount; });
  return variations;
}

std::vector<std::string> variation_names() {
  std::vector<std::string> names;
  Variations variations;
  each_field(variations, [&](const char* name, double&) { names.emplace_back(name); });
  return names;
}

void set_variation(Variations& variations, const std::string& text) {
  const size_t equals = text.find('=');
  const auto amount =
      equals == std::string::npos ? std::nullopt : parse_double(text.substr(equals + 1));
  SEP_CHECK(amount, "variation {}: wants NAME=AMOUNT, as room=0.5", shown_text(text));
  const std::string wanted = text.substr(0, equals);
  bool found = false;
  each_field(variations, [&](const char* name, double& value) {
    if (wanted != name) return;
    value = *amount;
    found = true;
  });
  SEP_CHECK(found,
            "variation {}: wants one of {}",
            shown_text(wanted),
            fmt::join(nearest_first(wanted, variation_names()), ", "));
}

}  // namespace sep
