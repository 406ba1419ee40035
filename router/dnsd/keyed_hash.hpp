// A fast hash that strangers cannot aim: they choose names and addresses, not the key.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/core/bytes.hpp"

namespace vivi::dnsd {

/// Multiply and fold (the 128-bit product's halves, xor), eight octets at a time. For tables of bounded size with a secret key of
/// this process, not for anything that is stored or compared elsewhere.
class KeyedHash {
public:
    KeyedHash(std::uint64_t first, std::uint64_t second) noexcept : first_{first | 1}, second_{second | 1} {}

    std::uint64_t operator()(BytesView bytes, std::uint64_t seed = 0) const noexcept {
        auto state = seed ^ second_;
        for (; bytes.size() >= 8; bytes = bytes.subspan(8)) state = fold(state ^ load(bytes.first(8)), first_);
        return fold(fold(state ^ load(bytes), first_) ^ bytes.size(), second_);
    }

private:
    __extension__ typedef unsigned __int128 Wide;

    static std::uint64_t load(BytesView bytes) noexcept {
        std::uint64_t value = 0;
        for (const auto octet : bytes) value = value << 8 | std::to_integer<std::uint64_t>(octet);
        return value;
    }
    static std::uint64_t fold(std::uint64_t left, std::uint64_t right) noexcept {
        const auto product = static_cast<Wide>(left) * right;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }

    std::uint64_t first_, second_;
};

}  // namespace vivi::dnsd
