// A router goes from one customer to the next: a real bridge with its stores, a real tunnel, a hub. Nothing goes with it.
// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/read_until.hpp>
#include <filesystem>

#include "server/db/custody.hpp"
#include "server/db/returned.hpp"
#include "tests/adapters/hub/site.hpp"

namespace vivi::test {
namespace {

constexpr auto device_of_a = "02:00:00:00:00:0a";

class CustodyOf : public HubSite {
public:
    CustodyOf() {
        std::ofstream{folder / "bridged.toml"}
            << "bus.url = \"" << services->rabbitmq.url() << "\"\nstate.url = \"" << state.url() << "\"\nstream.url = \""
            << stream.url() << "\"\nlast_good.file = \"" << (folder / "last-good.json") << "\"\nsync.socket = \""
            << (folder / "sync.sock") << "\"\nhealth.socket = \"" << (folder / "bridged.health") << "\"\nreturn.file = \""
            << (folder / "return.json") << "\"\nreceipt.file = \"" << (folder / "receipt.json") << "\"\npolicy.folder = \""
            << (folder / "policy") << "\"\nruleset.file = \"" << (folder / "last-good.nft")
            << "\"\nconfig.reporters = []\nfirewall.enable = false\nnetwork.manage = false\npolicy.lists = \"\"\n";
    }
    void start_bridged() {
        bridged.emplace(
            Launch{.command = {VIVI_BIN "/vivi-bridged", "--config", folder / "bridged.toml"}, .output = folder / "bridged.log"});
    }
    /// As systemd does when the wish ends it.
    void restart_bridged() {
        until("bridged's end", [&] { return bridged->has_ended(); });
        EXPECT_EQ(bridged->wait(), 0);
        start_bridged();
    }
    /// The whole number that Redis answers to an inline command; -1 for another answer.
    static std::int64_t in_redis(const PrivateRedis& redis, const std::string& command) {
        net::io_context context;
        UnixSocket connection{context};
        connection.connect(UnixSocket::endpoint_type{redis.unix_socket()});
        net::write(connection, net::buffer(command + "\r\n"));
        std::string answer;
        net::read_until(connection, net::dynamic_buffer(answer), "\r\n");
        return answer.starts_with(':') ? std::stoll(answer.substr(1)) : -1;
    }
    /// One traffic event of the device, as pcapd publishes it; kept by bridged whether or not the server is there.
    void see_device() {
        bus::RabbitmqPublisher lan{loop.executor(), {.url = services->rabbitmq.url(), .exchange = "vivi.events"}};
        until("the router's broker", [&] { return lan.connected(); });
        auto body = model::to_json(model::Envelope{.at = wall_now(), .from = {.instance = crypto::random_id(), .number = 1}});
        body.update({{"tick_ms", 250}, {"captured", 1}, {"dropped", 0}});
        body["rows"] = {{{"device", device_of_a},
                         {"name", "a.example"},
                         {"source", "sni"},
                         {"bytes_up", 1},
                         {"bytes_down", 2},
                         {"packets_up", 1},
                         {"packets_down", 1}}};
        EXPECT_TRUE(loop.run(lan.publish({{.topic = "traffic.batch", .body = body.dump()}})));
    }
    /// Where the text is found: files below the router's folders.
    std::string places_with(const std::string& text) const {
        std::string found;
        for (const auto& root : {folder.path(), state.folder(), stream.folder()}) {
            for (const auto& entry : std::filesystem::recursive_directory_iterator{root}) {
                if (!entry.is_regular_file() || entry.path().extension() == ".log") continue;
                std::ifstream file{entry.path(), std::ios::binary};
                const std::string content{std::istreambuf_iterator<char>{file}, {}};
                if (content.contains(text)) found += entry.path().string() + ' ';
            }
        }
        return found;
    }
    ~CustodyOf() override {
        if (HasFailure()) std::cerr << "--- bridged.log\n" << std::ifstream{folder / "bridged.log"}.rdbuf();
    }

    PrivateRedis state{}, stream{};
    std::optional<Child> bridged{};
};

TEST_F(CustodyOf, TheNextCustomerGetsNothingOfTheOneBefore) {
    accept_router();
    const auto a = organisation, router_of_a = router;
    start_hub();
    start_bridged();
    start_tunnel();
    until("A's configuration in force", [&] { return of_router("applied_revision") == "1"; });

    tunnel.reset();  // The router is away: in a van, say.
    see_device();
    until("the backlog", [&] { return in_redis(stream, "XLEN vivi:outbox") > 0; });
    EXPECT_EQ(in_redis(state, std::string{"HSET vivi:leases 10.66.0.50 '{\"device\":\""} + device_of_a + "\"}'"), 1);
    EXPECT_NE(places_with(device_of_a), "");
    sql("insert into commands (organisation_id, router_id, custody_id, kind, key, expires_at) select organisation_id, id, "
        "custody_id,"
        " 'power_off', 'off', now() + interval '1 hour' from routers where id = '" +
        router_of_a + "'");
    db::Pool api{services->postgres.url("vivi_api"), 1};
    ASSERT_TRUE(loop.run(db::return_router(api, {a}, router_of_a, {.user = {}, .address = "192.0.2.1"})));

    accept_router();  // The same key, another organisation.
    ASSERT_NE(router, router_of_a);
    start_tunnel();
    restart_bridged();
    until("B's configuration in force", [&] { return of_router("applied_revision") == "1"; }, 40s);

    EXPECT_EQ(places_with(device_of_a), "");
    for (const auto* table : {"devices", "traffic", "leases", "commands", "dead_letters"})
        EXPECT_EQ(sql(std::string{"select count(*) from "} + table + " where organisation_id = '" + organisation + "'"), "0")
            << table;
    EXPECT_EQ(sql("select count(*) from devices where organisation_id = '" + a + "'"), "0")
        << "nobody gets what was not sent in time";
    EXPECT_EQ(sql("select state from commands where router_id = '" + router_of_a + "'"), "cancelled");
    const auto receipt =
        nlohmann::json::parse(sql("select receipt from routers where id = '" + router_of_a + "' and wiped_at is not null"));
    EXPECT_EQ(receipt["by"], "server");
    EXPECT_EQ(receipt["custody"], sql("select custody_id from routers where id = '" + router_of_a + "'"));
    EXPECT_GE(receipt["wiped"]["outbox_entries"], 1);
    EXPECT_EQ(receipt["wiped"]["leases"], 1);
    EXPECT_EQ(sql("select count(*) from audit_log where action = 'router.wiped' and organisation_id = '" + a + "'"), "1")
        << "A sees the receipt in its audit log";
    const auto seen_by_a = loop.run(db::returned_routers(api, {a}, {}));
    ASSERT_TRUE(seen_by_a) << seen_by_a.error().detail;
    ASSERT_EQ(seen_by_a->rows.size(), 1u);
    EXPECT_EQ(seen_by_a->rows[0].id, router_of_a);
    EXPECT_EQ(nlohmann::json::parse(seen_by_a->rows[0].receipt), receipt) << "and where its routers are listed";
    EXPECT_TRUE(loop.run(db::returned_routers(api, {organisation}, {}))->rows.empty()) << "B does not";
    EXPECT_FALSE(std::filesystem::exists(folder / "receipt.json")) << "the server has it";
}

TEST_F(CustodyOf, AReturnAtTheRouterIsOneOnTheServerAsSoonAsItConnects) {
    accept_router();
    start_hub();
    start_bridged();
    start_tunnel();
    until("the configuration in force", [&] { return of_router("applied_revision") == "1"; });
    tunnel.reset();
    see_device();
    until("the backlog", [&] { return in_redis(stream, "XLEN vivi:outbox") > 0; });
    std::ofstream{folder / "return.json"} << R"({"v":1,"custody":"","by":"router","at":1})";  // The local page.
    restart_bridged();
    until("the receipt", [&] { return std::filesystem::exists(folder / "receipt.json"); }, 40s);
    start_tunnel();
    until("the return", [&] { return of_router("state") == "returned"; }, 40s);
    EXPECT_NE(of_router("wiped_at"), "");
    EXPECT_EQ(places_with(device_of_a), "");
    until("the claim code", [&] { return std::filesystem::exists(folder / "claim-code.json"); });
}

}  // namespace
}  // namespace vivi::test
