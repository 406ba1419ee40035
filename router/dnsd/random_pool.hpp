// Random bits in small portions, fetched in large ones.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "router/dnsd/random.hpp"

namespace vivi::dnsd {

class RandomPool {
public:
    explicit RandomPool(RandomSource& source) noexcept : source_{source} {}

    std::uint64_t u64() { return number(8); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }

private:
    std::uint64_t number(std::size_t width) {
        if (used_ + width > octets_.size()) {
            source_.fill(octets_);
            used_ = 0;
        }
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < width; ++i) value = value << 8 | std::to_integer<std::uint64_t>(octets_.at(used_++));
        return value;
    }

    RandomSource& source_;
    std::array<std::byte, 1024> octets_{};
    std::size_t used_ = sizeof(octets_);
};

}  // namespace vivi::dnsd
