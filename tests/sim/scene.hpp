// What a simulated bridge tells of: a network that does not exist, as the daemons of its router would have seen it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string_view>
#include <vector>

#include "common/model/event.hpp"
#include "common/model/lease.hpp"
#include "common/model/traffic.hpp"

namespace vivi::sim {

/// An event of the router's bus, without its envelope.
struct Happening {
    std::string_view topic{};
    model::Json members{};
    WallTime at{};
};

/// Time is given, and never goes backwards.
class Scene {
public:
    Scene() = default;
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;
    virtual ~Scene() = default;

    /// What happened in [from, until), in order, beside traffic.
    virtual std::vector<Happening> happenings(WallTime from, WallTime until) = 0;
    /// What was counted in the same time; asked for after its happenings.
    virtual model::TrafficBatch traffic(WallTime from, WallTime until) = 0;
    /// What is true at `now`, when the history was told and the present begins, and was not told before.
    virtual std::vector<Happening> present(WallTime now) = 0;
    /// The leases that run at `now`: asked for when the hub wants to know how everything is.
    virtual std::vector<model::Lease> leases(WallTime now) const = 0;
    /// False: dnsd is gone, so nobody's names are written down.
    virtual bool hears_names(WallTime) const { return true; }
    /// Banned devices fall silent.
    virtual void ban(const std::set<Mac>& banned) = 0;
};

}  // namespace vivi::sim
