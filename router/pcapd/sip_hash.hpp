// A keyed hash for tables that strangers fill: without the key nobody can make entries collide.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "common/core/bytes.hpp"

namespace vivi::pcapd {

/// 128 random bits, drawn once for each start of the process.
struct HashKey {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
};

/// SipHash-1-3 (Aumasson and Bernstein, 2012, with one round a word and three at the end): short, and strong enough for tables.
class SipHash {
public:
    explicit constexpr SipHash(HashKey key) noexcept : key_{key} {}

    std::uint64_t operator()(BytesView bytes) const noexcept {
        State state{key_.first ^ 0x736f6d6570736575ULL, key_.second ^ 0x646f72616e646f6dULL, key_.first ^ 0x6c7967656e657261ULL,
                    key_.second ^ 0x7465646279746573ULL};
        const auto length = bytes.size();
        for (; bytes.size() >= 8; bytes = bytes.subspan(8)) state.absorb(word(bytes.first<8>()));
        std::uint64_t last = static_cast<std::uint64_t>(length) << 56;
        for (std::size_t i = 0; i < bytes.size(); ++i) last |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
        state.absorb(last);
        state.v2 ^= 0xff;
        for (int round = 0; round < 3; ++round) state.mix();
        return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
    }

private:
    struct State {
        std::uint64_t v0, v1, v2, v3;

        void mix() noexcept {
            v0 += v1, v2 += v3;
            v1 = std::rotl(v1, 13) ^ v0, v3 = std::rotl(v3, 16) ^ v2;
            v0 = std::rotl(v0, 32) + v3, v2 += v1;
            v1 = std::rotl(v1, 17) ^ v2, v3 = std::rotl(v3, 21) ^ v0;
            v2 = std::rotl(v2, 32);
        }
        void absorb(std::uint64_t value) noexcept {
            v3 ^= value;
            mix();
            v0 ^= value;
        }
    };

    /// Little-endian, as the specification has it.
    static std::uint64_t word(std::span<const std::byte, 8> bytes) noexcept {
        std::uint64_t value = 0;
        for (std::size_t i = 8; i-- > 0;) value = value << 8 | std::to_integer<std::uint64_t>(bytes[i]);
        return value;
    }

    HashKey key_;
};

}  // namespace vivi::pcapd
