// The turns of the trial.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/uplink_trial.hpp"

#include <algorithm>

namespace vivi::openvivi_embedded {

UplinkTrial::Turn UplinkTrial::look(bool is_connected, std::uint64_t connections, Instant now) {
    if (has_settled_ && is_connected && connections > connections_) return Turn::Keep;
    if (now >= deadline_) return Turn::Look;
    if (now < dial_at_) return Turn::Wait;
    if (!has_settled_) connections_ = connections;
    has_settled_ = true;
    dial_at_ = now + between_dials;
    return Turn::Dial;
}

Seconds UplinkTrial::left(Instant now) const { return std::max(Seconds{0}, std::chrono::ceil<Seconds>(deadline_ - now)); }

}  // namespace vivi::openvivi_embedded
