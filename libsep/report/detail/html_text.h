#pragma once

#include <string>
#include <string_view>

namespace sep::report {

// Text for HTML; for use inside this layer.

/// With what HTML reserves as entities, for text and quoted attributes.
std::string html_escape(std::string_view text);

/// RFC 4648, with padding.
std::string base64(std::string_view bytes);

/// "0:05", "12:05", "1:02:03".
std::string clock_time(double seconds);

/// "−12.3 dB" of an amplitude; "silent" for none.
std::string level_text(double amplitude);

}  // namespace sep::report
