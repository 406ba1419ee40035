// A fleet that loses its connections in every way of its script, and loses nothing else.
// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/co_spawn.hpp>

#include "server/db/commands.hpp"
#include "server/jobs/command_signer.hpp"
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

TEST_F(SimulatedFleet, CarriesOutCommandsAsRoutersDo) {
    using model::CommandKind;
    const auto key = crypto::SigningKey::generate();
    configure_fleet(
        2, "traffic.most_events = 1\nfleet.devices = 2\ncommands.keys = [\"" + crypto::to_text(key.public_key()) + "\"]");
    start_hub();
    start_fleet();
    register_fleet(2);
    until("the configuration, everywhere", [&] { return fleet_says("least_applied_revision") == 1; }, 60s);

    db::Pool api_pool{services->postgres.url("vivi_api"), 2}, staff_pool{services->postgres.url("vivi_staff"), 1};
    bus::RabbitmqPublisher live{loop.executor(), bus::Broker{.url = services->rabbitmq.url(), .exchange = "vivi.live"}};
    live::Notices notices{live};
    jobs::CommandSigner signer{loop.executor(), api_pool, staff_pool, notices, crypto::SigningKey::from_seed(key.seed())};
    net::co_spawn(loop.context(), signer.run(), [](std::exception_ptr) {});
    std::istringstream routers{sql("select id from routers where organisation_id = '" + organisation + "'")};
    for (std::string router; std::getline(routers, router);) {
        for (const auto& [kind, parameters] :
             {std::pair{CommandKind::Ping, R"({"host":"192.0.2.1"})"}, std::pair{CommandKind::Reboot, "{}"}}) {
            const auto made = loop.run(db::make_command(api_pool, {organisation},
                                                        {.router = router,
                                                         .kind = kind,
                                                         .parameters = parameters,
                                                         .key = std::string{model::to_string(kind)},
                                                         .lifetime = Seconds{600}}));
            ASSERT_TRUE(made) << made.error().detail;
        }
    }
    until("all of them", [&] { return sql("select count(*) from commands where state = 'succeeded'") == "4"; }, 90s);
    EXPECT_EQ(sql("select count(*) from commands where result ->> 'received' = '4'"), "2");
}

}  // namespace
}  // namespace vivi::test
