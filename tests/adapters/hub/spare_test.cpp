// A spare takes the place of a broken router: a real bridge and a real dhcpd behind a real tunnel and hub. Guests keep addresses.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>

#include "server/db/custody.hpp"
#include "server/db/ingest.hpp"
#include "server/db/routers.hpp"
#include "server/db/spares.hpp"
#include "tests/adapters/hub/site.hpp"

namespace vivi::test {
namespace {

constexpr auto with_dhcp = R"({"networks":[{"name":"lan","interface":"vivi-none","address":"10.66.0.1/22",
    "dhcp":{"from":"10.66.0.50","to":"10.66.3.250","lease_seconds":7200}}],
    "uplink":{"interface":"uplink0","mode":"dhcp"},"policy":{"mode":"block-listed"}})";

class SpareOf : public HubSite {
public:
    SpareOf() {
        std::ofstream{folder / "bridged.toml"}
            << common() << "stream.url = \"" << stream.url() << "\"\nsync.socket = \"" << (folder / "sync.sock")
            << "\"\nhealth.socket = \"" << (folder / "bridged.health") << "\"\nreceipt.file = \"" << (folder / "receipt.json")
            << "\"\nruleset.file = \"\"\ntrial.file = \"" << (folder / "trial.json")
            << "\"\nconfig.reporters = []\nfirewall.enable = false\nnetwork.manage = false\npolicy.lists = \"\"\n";
        std::ofstream{folder / "dhcpd.toml"} << common() << "health.socket = \"" << (folder / "dhcpd.health") << "\"\n";
    }
    ~SpareOf() override {
        if (!HasFailure()) return;
        for (const auto* each : {"bridged.log", "dhcpd.log"}) std::cerr << "--- " << each << "\n" << log(each);
    }

    std::string common() {
        return "bus.url = \"" + services->rabbitmq.url() + "\"\nstate.url = \"" + state.url() + "\"\nlast_good.file = \"" +
               (folder / "last-good.json") + "\"\nreturn.file = \"" + (folder / "return.json") + "\"\npolicy.folder = \"" +
               (folder / "policy") + "\"\n";
    }
    void start(std::optional<Child>& daemon, const std::string& program) {
        daemon.emplace(Launch{.command = {std::string{VIVI_BIN "/vivi-"} + program, "--config", folder / (program + ".toml")},
                              .output = folder / (program + ".log")});
    }
    /// The router that is going to break, with what its guests had an hour ago: its session is over since.
    void break_down() {
        db::Pool hub_pool{services->postgres.url("vivi_hub"), 1};
        const auto accepted = db::accept_router(
            services->postgres.owner_url(),
            {.fingerprint = broken_key, .organisation = organisation, .name = "Hall A", .configuration = with_dhcp});
        broken = *accepted;
        const auto enrolment = loop.run(db::find_enrolment(hub_pool, broken_key));
        const auto link = loop.run(db::start_session(hub_pool, *enrolment, "another"));
        const auto now = wall_now();
        db::Batch batch{.organisation = organisation, .router = broken, .session = link->session, .epoch = std::string(32, 'a')};
        batch.entries = {lease(1, now, "02:00:00:00:00:01", "10.66.0.50", now + 1h, "0170686f6e65"),
                         lease(2, now, "02:00:00:00:00:02", "10.66.0.51", now - 1h, "")};
        ASSERT_TRUE(loop.run(db::ingest(hub_pool, batch, now)));
    }
    static db::Entry lease(std::uint64_t number, WallTime now, const std::string& device, const std::string& address,
                           WallTime expires_at, const std::string& client_id) {
        auto body = model::to_json(model::Envelope{.at = now, .from = {.instance = std::string(32, '1'), .number = number}});
        body["lease"] = {{"device", device},
                         {"address", address},
                         {"network", "lan"},
                         {"hostname", "phone"},
                         {"client_id", client_id},
                         {"vendor_class", ""},
                         {"duration_seconds", 7200},
                         {"granted_at", to_unix_ms(now - 2h)},
                         {"expires_at", to_unix_ms(expires_at)}};
        return {.sequence = number, .topic = "dhcp.lease.granted", .body = body.dump()};
    }
    std::string of_broken(const std::string& column) const {
        return sql("select " + column + " from routers where id = '" + broken + "'");
    }
    std::string state_of_lease(const std::string& address) const {
        return sql("select state from leases where router_id = '" + broken + "' and address = '" + address + "'");
    }
    /// Redis's answer to an inline command, its first two lines.
    std::string in_redis(const std::string& command) const {
        net::io_context context;
        UnixSocket connection{context};
        connection.connect(UnixSocket::endpoint_type{state.unix_socket()});
        net::write(connection, net::buffer(command + "\r\n"));
        std::string answer;
        net::read_until(connection, net::dynamic_buffer(answer), "\r\n");
        if (answer.starts_with('$') && !answer.starts_with("$-"))
            while (std::ranges::count(answer, '\n') < 2) net::read_until(connection, net::dynamic_buffer(answer), "\r\n");
        return answer;
    }

    PrivateRedis state{}, stream{};
    std::optional<Child> bridged{}, dhcpd{};
    std::string broken{}, broken_key = "SHA256:broken-" + crypto::random_id();
};

TEST_F(SpareOf, ItHasTheConfigurationAndTheLeasesAndTheOldMachineIsNobodys) {
    accept_router();
    break_down();
    const auto custody_of_broken = of_broken("custody_id");
    start_hub();
    start(bridged, "bridged");
    start(dhcpd, "dhcpd");
    start_tunnel();
    until("the spare's own configuration", [&] { return of_router("applied_revision") == "1"; }, 40s);

    db::Pool api{services->postgres.url("vivi_api"), 1};
    const auto replaced = loop.run(db::replace_router(api, {organisation}, broken, router, {.user = {}, .address = "192.0.2.1"}));
    ASSERT_TRUE(replaced) << replaced.error().detail;
    ASSERT_EQ(replaced->outcome, db::Replaced::Outcome::Replaced);
    EXPECT_EQ(replaced->leases, 2);
    until("the broken router's configuration at the spare", [&] { return of_broken("applied_revision") == "2"; }, 40s);
    until("its leases at the spare", [&] { return in_redis("HLEN vivi:leases") == ":1\r\n"; });
    EXPECT_NE(in_redis("HGET vivi:leases 10.66.0.50").find("\"client_id\":\"0170686f6e65\""), std::string::npos);
    EXPECT_NE(
        in_redis("GET vivi:leases:carried").find(sql("select sha256 from carried_leases where router_id = '" + broken + "'")),
        std::string::npos);
    until("what became of the other", [&] { return state_of_lease("10.66.0.51") == "expired"; });
    EXPECT_EQ(state_of_lease("10.66.0.50"), "granted") << "told by the spare, filed under the router it is now";
    EXPECT_EQ(sql("select count(*) from sync_gaps where router_id = '" + broken + "'"), "0");

    // Another start does not take them again.
    dhcpd->signal(SIGKILL);
    dhcpd->wait();
    start(dhcpd, "dhcpd");
    until("dhcpd with its leases", [&] { return log("dhcpd.log").find("leases.restored count=1") != std::string::npos; });
    EXPECT_EQ(in_redis("HLEN vivi:leases"), ":1\r\n");

    // The old machine, should it come back, has to forget, and is a pending router.
    db::Pool hub_pool{services->postgres.url("vivi_hub"), 1};
    EXPECT_EQ(loop.run(db::find_enrolment(hub_pool, broken_key))->state, db::RouterState::Pending);
    EXPECT_EQ(*loop.run(db::open_return(hub_pool, broken_key)), custody_of_broken);
    EXPECT_FALSE(std::filesystem::exists(folder / "receipt.json")) << "the spare had nothing to forget";
}

}  // namespace
}  // namespace vivi::test
