// Is a text UTF-8?
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/utf8.hpp"

#include <cstdint>

namespace vivi::graphql {

bool is_utf8(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = [&](std::size_t i) {
            return at + i < text.size() ? static_cast<std::uint8_t>(text[at + i]) : std::uint8_t{0};
        };
        const auto within = [](std::uint8_t b, std::uint8_t low, std::uint8_t high) { return b >= low && b <= high; };
        const auto first = byte(0);
        // The table of RFC 3629 section 4: what the second byte may be depends on the first.
        std::size_t length = 0;
        std::uint8_t low = 0x80, high = 0xbf;
        if (first < 0x80)
            length = 1;
        else if (within(first, 0xc2, 0xdf))
            length = 2;
        else if (within(first, 0xe0, 0xef))
            length = 3;
        else if (within(first, 0xf0, 0xf4))
            length = 4;
        else
            return false;
        if (first == 0xe0) low = 0xa0;
        if (first == 0xed) high = 0x9f;
        if (first == 0xf0) low = 0x90;
        if (first == 0xf4) high = 0x8f;
        if (length > 1 && !within(byte(1), low, high)) return false;
        for (std::size_t i = 2; i < length; ++i)
            if (!within(byte(i), 0x80, 0xbf)) return false;
        at += length;
    }
    return true;
}

}  // namespace vivi::graphql
