#pragma once

#include <string>
#include <string_view>

/// Names that look alike. A file system may hand out "é" as one code point or as two, e and
/// an accent (macOS takes names apart), and letters of either size; names are compared in
/// one form, and files are opened by the bytes of their own names.
namespace sep {

/// The text in its composed form (NFC, Unicode Standard Annex #15); what is no UTF-8 as it
/// is.
std::string composed(std::string_view text);

/// The text composed and without the size of letters, for comparison alone: "Mix" -> "mix",
/// "É" -> "é". What is no UTF-8 as it is.
std::string folded(std::string_view text);

}  // namespace sep
