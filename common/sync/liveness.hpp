// When to ping a peer and when to give it up; time is passed in.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "common/core/time.hpp"

namespace vivi::sync {

/// Pings after `quiet` without a byte from the peer and again each `quiet`; gives up after `dead`.
class Liveness {
public:
    Liveness(Instant now, Milliseconds quiet = 15s, Milliseconds dead = 45s) noexcept
        : quiet_{quiet}, dead_{dead}, heard_{now}, pinged_{now} {}

    /// Bytes came from the peer.
    void heard(Instant now) noexcept { heard_ = pinged_ = now; }
    /// True when a ping is due now; it counts as sent.
    bool take_ping(Instant now) noexcept {
        if (now < pinged_ + quiet_) return false;
        pinged_ = now;
        return true;
    }
    bool is_dead(Instant now) const noexcept { return now >= heard_ + dead_; }
    /// When there is next something to ask.
    Instant next_deadline() const noexcept { return std::min(pinged_ + quiet_, heard_ + dead_); }

private:
    Milliseconds quiet_, dead_;
    Instant heard_, pinged_;
};

}  // namespace vivi::sync
