// A fleet that loses its connections in every way of its script, and loses nothing else.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/hub/fleet_site.hpp"

namespace vivi::test {
namespace {

using SimulatedFleet = FleetSite;

TEST_F(SimulatedFleet, ComesBackFromCutsAndHalfOpenConnectionsWithEveryEventOnce) {
    constexpr int count = 12;
    configure_fleet(count,
                    "traffic.tick_ms = 200\ntraffic.most_events = 40\nfleet.devices = 5\n"
                    "fleet.script = [\"at 2 cut 100\", \"at 4 half-open 100 3\", \"at 5 leave 50 1\"]");
    start_hub();
    start_fleet();
    register_fleet(count);
    until("everybody", [&] { return fleet_says("streams") == count; }, 60s);
    until(
        "everybody again, after three blows",
        [&] { return log("fleet.log").find("percent=50") != std::string::npos && fleet_says("streams") == count; }, 60s);
    EXPECT_GE(fleet_says("connections"), 3 * count);
    until("the first configuration, everywhere", [&] { return fleet_says("least_applied_revision") == 1; }, 60s);

    constexpr int events_each = 5 + 40 + 1;  // Leases, traffic, config.applied.
    until("the last event's ack", [&] { return fleet_says("acknowledged") == count * events_each; }, 60s);

    const auto of_organisation = " where organisation_id = '" + organisation + "'";
    EXPECT_EQ(sql("select sum(bytes_down) from traffic" + of_organisation), std::to_string(fleet_says("bytes_down")))
        << "nothing lost, nothing doubled";
    EXPECT_EQ(sql("select count(*) from sync_cursors join routers on routers.id = router_id" + of_organisation),
              std::to_string(count))
        << "one epoch a router: a connection is not a life";
    EXPECT_EQ(sql("select sum(sequence) from sync_cursors join routers on routers.id = router_id" + of_organisation),
              std::to_string(fleet_says("acknowledged")));
    EXPECT_EQ(sql("select count(*) from dead_letters" + of_organisation), "0");
    until("how everything is at each, which the hub asked for", [&] {
        return sql("select count(*) from router_sync" + of_organisation + " and snapshot_at is not null") ==
               std::to_string(count);
    });
    EXPECT_EQ(sql("select count(*) from leases" + of_organisation + " and state = 'granted'"), std::to_string(count * 5));
}

}  // namespace
}  // namespace vivi::test
