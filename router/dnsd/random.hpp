// Where the engine's unpredictable bits come from: ids, ports and letter case of what is sent upstream.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace vivi::dnsd {

/// A spoofed answer must guess these bits (RFC 5452 section 4), so in production they come from crypto::random_bytes; tests pass
/// a seeded generator and see the same run twice.
class RandomSource {
public:
    virtual ~RandomSource() = default;
    /// Fills all of `room`. Called with some hundreds of bytes at a time.
    virtual void fill(std::span<std::byte> room) = 0;
};

/// SplitMix64 for tests and dry runs: the same seed gives the same bytes. Never for production.
class SeededRandom final : public RandomSource {
public:
    explicit SeededRandom(std::uint64_t seed) noexcept : state_{seed} {}
    void fill(std::span<std::byte> room) override {
        for (auto& octet : room) {
            state_ += 0x9e3779b97f4a7c15ULL;  // SplitMix64 (Steele, Lea, Flood 2014).
            auto mixed = state_;
            mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9ULL;
            mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebULL;
            octet = static_cast<std::byte>(mixed >> 56);
        }
    }

private:
    std::uint64_t state_;
};

}  // namespace vivi::dnsd
