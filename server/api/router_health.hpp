// How a router is, in words that a program can read: a state and the reasons for it. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "common/core/time.hpp"
#include "common/model/event.hpp"
#include "server/db/router_facts.hpp"
#include "server/db/routers.hpp"

namespace vivi::api {

enum class HealthState : std::uint8_t {
    Good,
    Attention,  ///< Somebody should look.
    Bad,        ///< It does not do what was decided, or nobody knows whether it does.
};
enum class HealthReason : std::uint8_t {
    NeverSeen,
    Offline,               ///< {"since": when it was last heard}
    ConfigurationRefused,  ///< {"revision", "reason"}
    RevisionPending,       ///< {"desired", "applied", "seconds": since it was decided}
    Gaps,                  ///< {"count"} of the last 24 hours: something it saw was lost.
    AlarmsOpen,            ///< {"count", "unacknowledged"}
};
struct Reason {
    HealthReason code = HealthReason::NeverSeen;
    model::Json parameters = model::Json::object();
};
struct RouterHealth {
    HealthState state = HealthState::Good;
    std::vector<Reason> reasons{};  ///< The worst first.
};

/// A revision may take this long before anybody need wonder.
inline constexpr Seconds usual_apply_time{10};

RouterHealth health(const db::Router& router, const db::RouterFacts& facts, WallTime now);

}  // namespace vivi::api
