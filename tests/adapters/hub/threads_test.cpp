// A hub whose sessions are spread over threads: they are one fleet all the same.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/hub/fleet_site.hpp"

namespace vivi::test {
namespace {

using testing::Each;
using testing::Ge;
using testing::SizeIs;

class Threads : public FleetSite {
public:
    static constexpr int count = 12;

    /// Four threads, twelve routers, three on each.
    void start_all(const std::string& more = "") {
        std::ofstream{folder / "hub.toml", std::ios::app} << "tunnel.threads = 4\n";
        configure_fleet(count, "traffic.tick_ms = 200\nfleet.devices = 5\n" + more);
        start_hub();
        start_fleet();
        register_fleet(count);
        until("everybody", [&] { return fleet_says("streams") == count; }, 60s);
    }
    std::int64_t hub_says(const char* member) const { return health_of("hub.health").value(member, std::int64_t{-1}); }
    std::string of_fleet(const std::string& what) const {
        return sql("select " + what + " from routers where organisation_id = '" + organisation + "'");
    }
};

TEST_F(Threads, ShareTheRoutersEvenly) {
    start_all();
    const auto threads = health_of("hub.health").at("threads").get<std::vector<int>>();
    EXPECT_THAT(threads, SizeIs(4));
    EXPECT_THAT(threads, Each(Ge(1)));
    EXPECT_EQ(hub_says("routers"), count);
    EXPECT_EQ(hub_says("streams"), count);
}

TEST_F(Threads, LoseNothingWhenEveryRouterComesBackWhileItsOldSessionLives) {
    start_all("traffic.most_events = 40\nfleet.script = [\"at 2 half-open 100 3\", \"at 4 cut 100\"]");
    const auto blows = [&] {
        const auto text = log("fleet.log");
        return text.find("fleet.struck") != text.rfind("fleet.struck");
    };
    until("everybody, after two blows", [&] { return blows() && fleet_says("streams") == count; }, 60s);
    constexpr int events_each = 5 + 40 + 1;  // Leases, traffic, config.applied.
    until("the last event's ack", [&] { return fleet_says("acknowledged") == count * events_each; }, 60s);
    EXPECT_EQ(sql("select sum(bytes_down) from traffic where organisation_id = '" + organisation + "'"),
              std::to_string(fleet_says("bytes_down")));
    until("one session each", [&] { return hub_says("routers") == count; });
    EXPECT_GE(health_of("hub.health").at("counts").at("replaced").get<int>(), 1) << "half-open sessions were still there";
}

TEST_F(Threads, CutAllWhoseKeysAreRevoked) {
    start_all();
    sql("update routers set state = 'revoked' where organisation_id = '" + organisation + "'");
    until("nobody", [&] { return hub_says("routers") == 0 && hub_says("streams") == 0; });
    EXPECT_EQ(of_fleet("count(*) filter (where hub <> '')"), "0");
}

TEST_F(Threads, ConfigureEveryRouterAtAWord) {
    start_all();
    until("the first configuration, everywhere", [&] { return fleet_says("least_applied_revision") == 1; });
    sql("insert into configurations (organisation_id, router_id, revision, document) select organisation_id, router_id, 2,"
        " document || '{\"revision\":2}' from configurations where organisation_id = '" +
        organisation + "' and revision = 1; update routers set desired_revision = 2 where organisation_id = '" + organisation +
        "'");
    std::istringstream ids{of_fleet("string_agg(id::text, ' ')")};
    for (std::string id; ids >> id;) publish(live::to_message(live::Desired{.router = id, .revision = 2}));
    until("the second, everywhere", [&] { return fleet_says("least_applied_revision") == 2; });
}

TEST_F(Threads, DrainTogether) {
    start_all();
    hub->signal(SIGTERM);
    until("its end", [&] { return hub->has_ended(); });
    EXPECT_EQ(hub->wait(), 0);
    EXPECT_EQ(of_fleet("count(*) filter (where hub <> '')"), "0") << "every row was marked";
    start_hub();
    until("everybody again", [&] { return fleet_says("streams") == count && hub_says("streams") == count; }, 60s);
}

}  // namespace
}  // namespace vivi::test
