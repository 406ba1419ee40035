// openvivi-embedded as a program: its identity, whom it trusts, what it answers, how it ends.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "tests/adapters/hub/site.hpp"

namespace vivi::test {
namespace {

using testing::HasSubstr;

class Embedded : public HubSite {
public:
    /// What curl prints of a request to the embedded API, with the status at the end.
    std::string curl(const std::string& method, const std::string& path) {
        run_to_end({.command = {"/bin/sh", "-c",
                                "curl -s -X " + method + " -w ' %{http_code}' --unix-socket " + (folder / "api.sock") +
                                    " http://router" + path + " > " + (folder / "answer")}});
        return log("answer");
    }
};

TEST_F(Embedded, LeavesAHubWhoseKeyIsNotPinned) {
    EXPECT_TRUE(ssh::write_line(folder / "hub_keys", ssh::to_line(ssh::PrivateKey::generate()->public_key())));
    accept_router();
    start_hub();
    start_tunnel();
    until("the refusal", [&] { return log("tunnel.log").find("tunnel.refused") != std::string::npos; });
    EXPECT_THAT(log("tunnel.log"), HasSubstr(ssh::fingerprint(hub_key.public_key()))) << "so that a person can compare it";
    EXPECT_EQ(of_router("session"), "0") << "it did not authenticate";
}

TEST_F(Embedded, MakesItsIdentityOnceAndPublishesTheFingerprint) {
    std::filesystem::remove(folder / "identity");
    start_tunnel();
    until("the fingerprint", [&] { return !log("identity.fingerprint").empty(); });
    const auto made = ssh::PrivateKey::load(folder / "identity");
    ASSERT_TRUE(made) << made.error().detail;
    EXPECT_EQ(log("identity.fingerprint"), ssh::fingerprint(made->public_key()) + "\n");
    until("the first try", [&] { return log("tunnel.log").find("tunnel.failed") != std::string::npos; });
    tunnel->signal(SIGTERM);
    EXPECT_EQ(tunnel->wait(), 0);
    start_tunnel();
    until("its second start",
          [&] { return log("tunnel.log").rfind("identity.ready") != log("tunnel.log").find("identity.ready"); });
    EXPECT_EQ(ssh::PrivateKey::load(folder / "identity")->public_key(), made->public_key());
}

TEST_F(Embedded, AnswersOnItsSocketWithoutAHub) {
    start_tunnel();
    until("the socket", [&] { return log("tunnel.log").find("tunnel.failed") != std::string::npos; });
    EXPECT_THAT(curl("GET", "/v1/health"),
                testing::AllOf(HasSubstr(R"("connected":false)"), HasSubstr("Connection refused"), HasSubstr(" 200")));
    EXPECT_THAT(curl("GET", "/v1/system"), testing::AllOf(HasSubstr("boot_id"), HasSubstr(" 200")));
    EXPECT_THAT(curl("GET", "/v1/nothing"), HasSubstr(" 404"));
    EXPECT_THAT(curl("DELETE", "/v1/system"), HasSubstr(" 405"));
}

TEST_F(Embedded, SaysWhatIsWrongWhenItCannotStart) {
    std::filesystem::remove(folder / "hub_keys");
    start_tunnel();
    EXPECT_EQ(tunnel->wait(), 78);
    EXPECT_THAT(log("tunnel.log"), HasSubstr((folder / "hub_keys") + ": cannot be read"));

    EXPECT_TRUE(ssh::write_line(folder / "hub_keys", ssh::to_line(hub_key.public_key())));
    std::filesystem::permissions(folder / "identity", std::filesystem::perms{0644});
    start_tunnel();
    EXPECT_EQ(tunnel->wait(), 78);
    EXPECT_THAT(log("tunnel.log"), HasSubstr("chmod 600"));
}

TEST_F(Embedded, ComesBackToAHubThatWasAway) {
    accept_router();
    start_bridge();
    start_hub();
    start_tunnel();
    until("welcome", [&] { return bridge->welcome.has_value(); });
    hub->signal(SIGSTOP);
    hub->signal(SIGKILL);
    hub->wait();
    bridge->welcome.reset();
    start_hub();
    until("welcome again", [&] { return bridge->welcome.has_value(); });
    EXPECT_EQ(of_router("session"), "2");
}

}  // namespace
}  // namespace vivi::test
