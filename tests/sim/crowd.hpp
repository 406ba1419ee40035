// A simulated crowd: devices with plausible leases and traffic, decided by a seed; pure, so that two runs see the same event.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "common/model/lease.hpp"
#include "common/model/traffic.hpp"
#include "tests/sim/scene.hpp"

namespace vivi::sim {

/// What a router would see of `devices` guests. Banned devices fall silent.
class Crowd {
public:
    /// `liveliness`: how often they do something, as a part of what guests do by themselves.
    Crowd(int devices, std::uint32_t seed, double liveliness = 1);

    /// The leases everybody got on arrival, at most an hour before `now`.
    std::vector<model::Lease> arrivals(WallTime now);
    /// Those that are prolonged now: half of them is over (RFC 2131 section 4.4.5). Who is banned lets them run
    /// out, and gets another when let in again.
    std::vector<model::Lease> renewals(WallTime now);
    /// All that run at `now`.
    std::vector<model::Lease> leases(WallTime now) const;

    /// What they did during one tick; a few devices at a time, most bytes downwards.
    model::TrafficBatch tick(Milliseconds duration);

    void ban(const std::set<Mac>& banned) { banned_ = banned; }

private:
    struct Guest {
        Mac mac{};
        Ipv4 address{};
        std::string hostname{};
        double activity = 0;  ///< Chance of doing something in one second.
        std::vector<const char*> favourites{};
        WallTime granted_at{}, expires_at{};  ///< Of its lease; the beginning of time: it has none yet.
    };
    static model::Lease lease_of(const Guest& guest);
    model::TrafficRow visit(const Guest& guest, Milliseconds duration);

    std::mt19937 random_;
    std::vector<Guest> guests_;
    std::set<Mac> banned_;
};

/// A crowd that is there when the present begins, and that comes and goes no more.
class CrowdScene final : public Scene {
public:
    explicit CrowdScene(const Crowd& crowd) : crowd_{crowd} {}

    std::vector<Happening> happenings(WallTime from, WallTime until) override;
    model::TrafficBatch traffic(WallTime from, WallTime until) override { return crowd_.tick(until - from); }
    std::vector<Happening> present(WallTime now) override;
    std::vector<model::Lease> leases(WallTime now) const override { return crowd_.leases(now); }
    void ban(const std::set<Mac>& banned) override { crowd_.ban(banned); }

private:
    Crowd crowd_;
};

}  // namespace vivi::sim
