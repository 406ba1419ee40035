// A router nobody knows: held, seen, claimed by the code it shows, and configured without another connection.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/claim_code.hpp"
#include "common/model/custody.hpp"
#include "server/db/custody.hpp"
#include "tests/adapters/hub/site.hpp"

namespace vivi::test {
namespace {

class Pending : public HubSite {
public:
    std::string fingerprint() const { return ssh::fingerprint(identity.public_key()); }
    std::string state() const { return sql("select state from routers where fingerprint = '" + fingerprint() + "'"); }
    /// What the router shows; empty: nothing.
    std::string shown_code() const {
        const auto json = nlohmann::json::parse(log("claim-code.json"), nullptr, false);
        return json.is_object() ? json.value("code", "") : "";
    }
    void start_unknown() {
        start_hub();
        start_bridge();
        start_tunnel();
        until("the code", [&] { return !shown_code().empty(); });
    }
    /// As claimRouter does it, with the transaction of the API and without its wake-up.
    db::Claimed claim(const std::string& code) {
        db::Pool pool{services->postgres.url("vivi_api"), 1};
        const auto claimed = loop.run(db::claim_router(pool, {organisation},
                                                       {.code_hash = db::claim_code_hash(parse_claim_code(code).value()),
                                                        .name = name,
                                                        .configuration = configuration,
                                                        .actor = {.user = user, .address = "192.0.2.1"}}));
        if (!claimed) throw std::runtime_error{claimed.error().detail};
        router = claimed->router;
        return *claimed;
    }
    void make_organiser() {
        organisation = *db::create_organisation(services->postgres.owner_url(), "Organisation " + name);
        user = *db::create_user(services->postgres.owner_url(), {.email = name + "@example.org",
                                                                 .name = "Olga",
                                                                 .password_hash = "x",
                                                                 .organisation = organisation,
                                                                 .role = "owner"});
    }
    std::size_t connections() const {
        const auto text = log("tunnel.log");
        std::size_t count = 0;
        for (auto at = text.find("tunnel.connected"); at != std::string::npos; at = text.find("tunnel.connected", at + 1))
            ++count;
        return count;
    }
    std::string user{};
};

TEST_F(Pending, IsClaimedByTheCodeItShowsAndConfiguredOverTheSameConnection) {
    make_organiser();
    start_unknown();
    EXPECT_EQ(state(), "pending");
    EXPECT_EQ(bridge->streams, 0) << "it can do nothing but be seen";
    const auto code = shown_code();
    EXPECT_EQ(sql("select count(*) from claim_codes where code_hash = sha256('" + *parse_claim_code(code) + "')"), "1")
        << "only the hash is kept";

    EXPECT_EQ(claim(code).outcome, db::Claimed::Outcome::Claimed);
    publish(live::to_message(live::Desired{.router = router, .revision = 1}));
    until("its configuration", [&] { return !bridge->configurations.empty(); }, 10s);
    EXPECT_EQ(bridge->configurations[0].revision, 1);
    EXPECT_EQ(connections(), 1u) << "nobody had to connect anew";
    EXPECT_EQ(shown_code(), "") << "a router that is somebody's shows no code";
    EXPECT_EQ(of_router("organisation_id"), organisation);
    EXPECT_EQ(claim(code).outcome, db::Claimed::Outcome::Unknown) << "a code works once";
}

TEST_F(Pending, IsSomebodysWithinFiveSecondsAlsoWhenTheWakeUpIsLost) {
    make_organiser();
    start_unknown();
    claim(shown_code());
    until("its configuration", [&] { return !bridge->configurations.empty(); }, 10s);
}

TEST_F(Pending, IsAlsoAcceptedByAnOperator) {
    start_unknown();
    accept_router();
    until("its configuration", [&] { return !bridge->configurations.empty(); });
    EXPECT_EQ(of_router("hub"), name);
}

TEST_F(Pending, IsNotHeldBeyondTheBoundOfItsAddressButRemembered) {
    std::ofstream{folder / "hub.toml", std::ios::app} << "limits.pending_of_address = 1\n";
    start_unknown();
    const auto other = *ssh::PrivateKey::generate();
    ASSERT_TRUE(other.save(folder / "other"));
    EXPECT_TRUE(
        ssh::write_line(folder / "known", "[127.0.0.1]:" + std::to_string(port) + " " + ssh::to_line(hub_key.public_key())));
    Child second{{.command = {"/usr/bin/ssh", "-F", "none", "-N", "-i", folder / "other", "-o", "IdentitiesOnly=yes", "-o",
                              "UserKnownHostsFile=" + (folder / "known"), "-o", "BatchMode=yes", "-p", std::to_string(port),
                              "router@127.0.0.1"},
                  .output = folder / "ssh.log"}};
    until("the refusal", [&] { return second.has_ended(); });
    EXPECT_THAT(log("ssh.log"), testing::HasSubstr("Permission denied"));
    EXPECT_EQ(sql("select state from routers where fingerprint = '" + ssh::fingerprint(other.public_key()) + "'"), "pending");
}

TEST_F(Pending, IsLetGoWhenItsKeyIsRevoked) {
    start_unknown();
    sql("update routers set state = 'revoked' where fingerprint = '" + fingerprint() + "'");
    until("the refusal", [&] { return log("tunnel.log").find("tunnel.refused") != std::string::npos; });
    EXPECT_EQ(bridge->streams, 0);
}

}  // namespace
}  // namespace vivi::test
