// Commit-confirm of the uplink that somebody set at the router: it holds only once it has proved itself. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/core/time.hpp"

namespace vivi::openvivi_embedded {

/// The proof is a connection to a hub that was dialled after the uplink was in force. Without one, when the time is over,
/// somebody looks whether the Internet is there: a hub that is away is no reason to go back.
///
///     what happens                                   | turn
///     5 s are over, then every 20 s                  | Dial: the connection that is up is still the one from before
///     connected by another connection than at 5 s    | Keep
///     the time is over                               | Look
class UplinkTrial {
public:
    static constexpr Seconds settling{5}, between_dials{20};
    /// openvivi-embedded may end so often within a trial; then the uplink is what ends it.
    static constexpr int most_starts = 3;

    UplinkTrial(Seconds patience, Instant now) : deadline_{now + patience}, dial_at_{now + settling} {}

    enum class Turn : std::uint8_t { Wait, Dial, Keep, Look };
    /// `connections`: how many there have been.
    Turn look(bool is_connected, std::uint64_t connections, Instant now);
    /// Until it is over, not below zero.
    Seconds left(Instant now) const;

private:
    Instant deadline_, dial_at_;
    bool has_settled_ = false;
    std::uint64_t connections_ = 0;  // When it had settled.
};

}  // namespace vivi::openvivi_embedded
