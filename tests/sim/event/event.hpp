// One place of the simulated event as its router sees it: the router's own DHCP server, and what its devices do. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <random>
#include <set>
#include <vector>

#include "router/dhcpd/engine.hpp"
#include "tests/sim/event/cast.hpp"
#include "tests/sim/event/timetable.hpp"
#include "tests/sim/scene.hpp"

namespace vivi::sim::event {

/// What one place is made of.
struct Setting {
    Place place = Place::MainHall;
    int devices = 1'500;  ///< Of the whole event, by the end of lunch.
    std::uint32_t seed = 1;
    Timetable timetable{};
};

/// Events are those of the router's daemons: what devices say goes to dhcpd's engine, and what it decides is told. The same
/// setting, asked for the same spans, tells the same.
class Event final : public Scene {
public:
    explicit Event(const Setting& setting);

    std::vector<Happening> happenings(WallTime from, WallTime until) override;
    model::TrafficBatch traffic(WallTime from, WallTime until) override;
    std::vector<Happening> present(WallTime) override { return {}; }
    std::vector<model::Lease> leases(WallTime at) const override { return server_.leases(now(at)); }
    bool hears_names(WallTime at) const override;
    void ban(const std::set<Mac>& banned) override;

    const std::vector<Device>& cast() const noexcept { return cast_; }
    /// How many are there and have an address.
    std::size_t connected() const;
    const dhcpd::Pool& pool() const noexcept { return server_.pool(); }

private:
    enum class What : std::uint8_t { Arrives, Renews, Departs, Begins, GoesOn, Ends };
    struct Due {
        WallTime at{};
        std::uint64_t order = 0;  ///< Of two at the same time, the one that was decided first.
        What what{};
        std::size_t index = 0;    ///< In the cast, or in `incidents`.
        std::uint64_t visit = 0;  ///< Which of the device's; a renewal of an older one is void.

        friend bool operator>(const Due& one, const Due& other) {
            return std::pair{one.at, one.order} > std::pair{other.at, other.order};
        }
    };
    /// What a device knows of the network.
    struct Presence {
        bool is_here = false;
        std::uint64_t visit = 0;
        std::optional<Ipv4> address{};  ///< Its lease, or the last it had.
        bool has_lease = false;
        WallTime busy_until{};  ///< Until when it moves something.
    };

    void later(WallTime at, What what, std::size_t index, std::uint64_t visit = 0);
    void happen(const Due& due);
    void ask_for_address(std::size_t index, WallTime at);
    void renew(std::size_t index, WallTime at);
    void depart(std::size_t index, WallTime at);
    void begin(const Incident& incident, std::size_t index, WallTime at);
    void go_on(const Incident& incident, std::size_t index, WallTime at);
    /// One message to the DHCP server; its answer, when there is one.
    std::optional<wire::dhcp::Message> say(const wire::dhcp::Message& message, Mac from, WallTime at);
    wire::dhcp::Message message_of(const Device& device, wire::dhcp::Type type) const;
    void let_leases_end(WallTime until);
    void tell(dhcpd::Outcome&& outcome, WallTime at);
    dhcpd::Now now(WallTime at) const { return {.steady = Instant{} + (at - setting_.timetable.began), .wall = at}; }

    bool chance(double of_one);
    std::optional<std::size_t> somebody_connected() const;
    std::string_view name_for(const Device& device, std::size_t index, Moment at);
    /// So many seconds of [from, until) it is busy; 0: not at all.
    double busy_seconds(std::size_t index, WallTime from, WallTime until);
    model::TrafficRow visit(const Device& device, std::size_t index, Moment at, double seconds);
    model::TrafficRow flood(const Device& device, double seconds) const;

    Setting setting_;
    model::Network network_;
    std::vector<Device> cast_;
    std::vector<Presence> presences_;
    std::map<Mac, std::size_t> by_mac_;
    dhcpd::Engine server_;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> agenda_;
    std::uint64_t orders_ = 0;
    std::vector<Happening> told_;
    WallTime told_until_{};
    std::set<Mac> banned_;
    std::mt19937 random_;
};

}  // namespace vivi::sim::event
