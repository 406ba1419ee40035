// From the policy and the time to the rules that hold.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/moment.hpp"

namespace vivi::bridged {

bool Moment::is_over(const policy::Clock& now) const noexcept {
    if (now.is_trusted != clock.is_trusted || now.now < clock.now) return true;
    return until && now.now >= *until;
}

Moment moment_of(const model::Policy& policy, const policy::TimeZone& zone, const policy::Clock& clock) {
    Moment moment{.clock = clock, .policy = policy::effective(policy, zone, clock.now)};
    if (clock.is_trusted) moment.until = policy::next_change(policy, zone, clock.now);
    return moment;
}

}  // namespace vivi::bridged
