// The big event (tests/sim/event) at a site: its routers, what its organiser has set up, and its troubles with the uplink.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/adapters/services.hpp"
#include "tests/sim/event/cast.hpp"

namespace vivi::test {

/// As the command line asked for.
struct LargeShape {
    int devices = 1'500;
    int history_minutes = 360;  ///< What has happened when the site is ready.
    int speed = 1;              ///< From then on.
};

/// The health document that a daemon serves at a unix socket; {} when nobody answers there.
nlohmann::json read_health(const std::string& socket);

/// Who does what an organiser does, and where.
struct Organiser {
    std::uint16_t port = 0;  ///< Of vivi-server on 127.0.0.1.
    std::string email{}, password{};
};

/// Time begins when it is made: that is when the history ends.
class LargeEvent {
public:
    explicit LargeEvent(const LargeShape& shape);

    static constexpr std::size_t routers = 3;
    std::string router_name(std::size_t router) const;
    /// The router's first configuration: its network, and what the organiser denies.
    std::string configuration(std::size_t router) const;
    /// Settings of its vivi-sim-router, as TOML.
    std::string scene(std::size_t router) const;

    /// Makes the event with its phases, and puts the routers into it. They were there from its beginning, which no API can say:
    /// that is told to the database.
    void organise(const Organiser& organiser, PrivatePostgres& database);
    /// What the organiser did meanwhile: notes, names for the staff's devices. The history must have arrived.
    void annotate(const Organiser& organiser) const;

    /// False: the provider has a problem, and the tunnel is lost. Only of what is live.
    bool has_uplink(std::size_t router, WallTime now) const;

    /// {"id","name","devices","phases":[{"name","from","until"}]}
    nlohmann::json description() const;

private:
    LargeShape shape_;
    sim::event::Timetable timetable_;
    std::string event_{};  ///< Its id.
};

}  // namespace vivi::test
