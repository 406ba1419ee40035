// How long to wait before the next try: full jitter, doubling, capped.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "common/core/time.hpp"

namespace vivi {

/// Full-jitter exponential back-off. Pure: the caller passes the random number, so a thousand routers spread out and a test does not.
class Backoff {
public:
    Backoff(Milliseconds first, Milliseconds most) noexcept : first_{first}, most_{most}, ceiling_{first} {}

    /// The wait before the next try: uniform in [0, ceiling], never under first/2 so that a broken peer is not hammered.
    Milliseconds next(std::uint32_t random) noexcept {
        const auto ceiling = ceiling_;
        ceiling_ = std::min(ceiling_ * 2, most_);
        const Milliseconds drawn{static_cast<std::int64_t>(static_cast<std::uint64_t>(ceiling.count() + 1) * random >> 32)};
        return std::max(drawn, first_ / 2);
    }
    /// It worked: the next failure starts from the beginning.
    void reset() noexcept { ceiling_ = first_; }

private:
    Milliseconds first_, most_, ceiling_;
};

}  // namespace vivi
