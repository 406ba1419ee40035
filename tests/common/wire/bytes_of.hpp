// Hexadecimal text into bytes; spaces and line ends between groups are free.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "common/core/crypto.hpp"

namespace vivi::test {

inline Bytes bytes_of(std::string_view hex) {
    std::string digits;
    for (const char c : hex) {
        if (c != ' ' && c != '\n') digits += c;
    }
    auto bytes = crypto::from_hex(digits);
    if (!bytes) throw std::invalid_argument{"not hexadecimal: " + digits};
    return *std::move(bytes);
}

/// A copy of exactly the first `count` bytes, so that a read behind them is seen by the address sanitizer.
inline Bytes prefix_of(BytesView bytes, std::size_t count) {
    return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace vivi::test
