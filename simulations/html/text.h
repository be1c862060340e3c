// Words and figures as a page shows them.  Everything that comes from a world passes escaped() or script_string(): keys
// are a user's bytes, and may be anything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.h"

namespace skerry::simulations::html {

// As text and within quotes of HTML and SVG.  Bytes that are no UTF-8, and control characters, become `\x..`.
std::string escaped(std::string_view text);
// A string of JSON, in quotes, that is safe within a script element.
std::string script_string(std::string_view text);
// Its first characters, and an ellipsis if there are more.
std::string shortened(std::string_view text, std::size_t characters_max);

// "0", "240 µs", "12 ms", "4.2 s", "2 min 5 s", "3 h 4 min", "12 d 3 h"
std::string words(core::Duration duration);
// "512 B", "3.1 MB"
std::string byte_words(std::uint64_t bytes);
// "92,602"
std::string count_words(std::uint64_t count);
// "4.05 %"
std::string share_words(double share);
// "1 write", "1,204 writes"
std::string counted(std::uint64_t count, std::string_view singular);
// A coordinate: at most two decimals.
std::string coordinate(double value);

}  // namespace skerry::simulations::html
