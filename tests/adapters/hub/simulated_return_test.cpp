// Simulated routers that are returned: they forget, send the receipt and begin anew with the next custody, as real ones do.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/custody.hpp"
#include "tests/adapters/hub/fleet_site.hpp"

namespace vivi::test {
namespace {

class SimulatedReturn : public FleetSite {
public:
    std::string own(const std::string& table) const {
        return sql("select count(*) from " + table + " where organisation_id = '" + organisation + "'");
    }
    void give_back() {
        db::Pool api{services->postgres.url("vivi_api"), 1};
        const auto returned = loop.run(db::return_router(api, {organisation}, router, {.user = {}, .address = "192.0.2.1"}));
        ASSERT_TRUE(returned) << returned.error().detail;
    }
    /// Waits for it.
    nlohmann::json receipt() {
        until("the receipt", [&] { return of_router("coalesce(wiped_at::text, '')") != ""; }, 60s);
        return nlohmann::json::parse(of_router("receipt"));
    }
    int demands() const {
        int count = 0;
        const auto text = log("hub.log");
        for (auto at = text.find("return.demanded"); at != std::string::npos; at = text.find("return.demanded", at + 1)) ++count;
        return count;
    }
};

TEST_F(SimulatedReturn, OfADemoTheBridgeForgetsAndTheNextCustomerStartsBlank) {
    accept_router();
    start_hub();
    std::ofstream{folder / "sim.toml"} << "sync.socket = \"" << (folder / "sync.sock") << "\"\ncustody.file = \""
                                       << (folder / "custody.json") << "\"\nreturn.file = \"" << (folder / "return.json")
                                       << "\"\nreceipt.file = \"" << (folder / "receipt.json") << "\"\ncrowd.devices = 3\n";
    Child bridged{
        Launch{.command = {VIVI_BIN "/vivi-sim-router", "--config", folder / "sim.toml"}, .output = folder / "sim.log"}};
    start_tunnel();
    until("the configuration in force", [&] { return of_router("applied_revision") == "1"; }, 60s);
    until("everybody there", [&] { return own("devices") == "3"; }, 60s);
    const auto epoch_of_a = sql("select epoch from sync_cursors where router_id = '" + router + "'");
    const auto a = organisation, router_of_a = router;

    give_back();
    const auto said = receipt();
    EXPECT_EQ(said["by"], "server");
    EXPECT_EQ(said["custody"], of_router("custody_id"));
    EXPECT_EQ(said["wiped"]["leases"], 3);
    EXPECT_LE(demands(), 1);
    EXPECT_FALSE(std::filesystem::exists(folder / "custody.json"));

    accept_router();
    until("B's configuration in force", [&] { return of_router("applied_revision") == "1"; }, 60s);
    until("everybody there again", [&] { return own("devices") == "3"; }, 60s);
    EXPECT_NE(sql("select epoch from sync_cursors where router_id = '" + router + "'"), epoch_of_a);
    EXPECT_EQ(sql("select count(*) from devices where organisation_id = '" + a + "'"), "3");
    EXPECT_EQ(sql("select receipt ->> 'custody' = custody_id::text from routers where id = '" + router_of_a + "'"), "t");
}

TEST_F(SimulatedReturn, OfAFleetARouterForgetsAndTheNextCustomerStartsBlank) {
    configure_fleet(1, "traffic.most_events = 1\nfleet.devices = 2");
    start_hub();
    start_fleet();
    register_fleet(1);
    router = sql("select id from routers where organisation_id = '" + organisation + "'");
    until("the configuration in force", [&] { return of_router("applied_revision") == "1"; }, 60s);
    until("everybody there", [&] { return own("devices") == "2"; }, 60s);

    give_back();
    EXPECT_EQ(receipt()["wiped"]["leases"], 2);
    EXPECT_LE(demands(), 1);

    register_fleet(1);
    router = sql("select id from routers where organisation_id = '" + organisation + "'");
    until("the next configuration in force", [&] { return of_router("applied_revision") == "1"; }, 60s);
    until("everybody there again", [&] { return own("devices") == "2"; }, 60s);
}

}  // namespace
}  // namespace vivi::test
