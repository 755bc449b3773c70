#include "libsep/core/stem_name.h"

#include "libsep/core/error.h"
#include "libsep/core/text.h"
#include "libsep/core/unicode.h"

namespace sep {
namespace {

constexpr size_t kMaxBytes = 200;  // of the 255 of a file's name: extensions, temporaries

std::string problem_of(const StemName& name) {
  if (name.empty()) return "is empty";
  if (name.size() > kMaxBytes) return fmt::format("wants at most {} bytes", kMaxBytes);
  if (!is_line(name)) return "wants UTF-8 without control characters";
  if (name.find('/') != std::string::npos) return "wants no / in it";
  if (name.front() == '.') return "wants no dot in front, which hides a file";
  if (is_mixture_name(name)) return "the mixture is called so";
  if (folded(name) == "remainder") return "what is left of a recording is called so";
  return "";
}

}  // namespace

StemName canonical_stem_name(const StemName& name) {
  return name == "saxophone" ? "saxphone" : composed(name);
}

bool is_mixture_name(const StemName& name) {
  const auto text = folded(name);
  return text == "mix" || text == "mixture" || text == "mixtures";
}

std::string stem_name_problem(const StemName& name) {
  const auto problem = problem_of(name);
  return problem.empty() ? "" : fmt::format("\"{}\": {}", shown_text(name), problem);
}

}  // namespace sep
