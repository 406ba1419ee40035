// openvivi-embedded as a program: its identity, whom it trusts, what it answers, how it ends.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "server/db/rollouts.hpp"
#include "tests/adapters/hub/command_site.hpp"

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

TEST_F(Embedded, UsesTheSecondAddressAndTheNextHostKey) {
    accept_router();
    const auto old = ssh::to_line(ssh::PrivateKey::generate()->public_key());
    std::ofstream{folder / "hub_keys"} << old << "\n# the next one\n" << ssh::to_line(hub_key.public_key()) << '\n';
    auto settings = log("tunnel.toml");
    const auto addresses = settings.find("[\"127.0.0.1:");
    settings.insert(addresses + 1, "\"127.0.0.1:1\", ");
    std::ofstream{folder / "tunnel.toml"} << settings;
    start_hub();
    start_tunnel();
    until("the session", [&] { return of_router("hub") == name; });
    EXPECT_THAT(log("tunnel.log"), HasSubstr("127.0.0.1:1: Connection refused")) << "the first one was tried";
}

/// The real program behind the real hub, with what vivi-server signs; no Redis, RabbitMQ or bridged of a router anywhere.
class CommandedEmbedded : public CommandSite {
public:
    void connect_real(const std::string& more = "") {
        accept_router();
        std::ofstream{folder / "last-good.json"} << R"({"v":1,"custody":")" << of_router("custody_id") << "\"}";
        std::ofstream{folder / "tunnel.toml", std::ios::app}
            << "commands.keys = [\"" << crypto::to_text(key.public_key()) << "\"]\ncommands.folder = \"" << (folder / "commands")
            << "\"\ncustody.file = \"" << (folder / "last-good.json") << "\"\nupdate.folder = \""
            << (folder / "update") << "\"\nupdate.root = \"" << (folder / "opt") << "\"\n"
            << more;
        start_hub();
        start_tunnel();
        start_signer();
        until("the session", [&] { return of_router("hub") == name; });
    }
    std::string shell(const std::string& command) const {
        run_to_end({.command = {"/bin/sh", "-c", command + " > " + (folder / "output")}, .output = folder / "errors"});
        auto text = log("output");
        while (text.ends_with('\n')) text.pop_back();
        return text;
    }
};

TEST_F(CommandedEmbedded, DoesWhatTheServerSigned) {
    connect_real();
    const auto id = order(model::CommandKind::Dns, R"({"name":"localhost"})");
    until_state(id, "succeeded");
    EXPECT_THAT(of_command(id, "result ->> 'addresses'"), testing::AnyOf(HasSubstr("127.0.0.1"), HasSubstr("::1")));
}

TEST_F(CommandedEmbedded, TakesAnUpdateThroughTheTunnelAndSaysHowItEnded) {
    std::filesystem::create_directories(folder / "opt/1.0.0");
    std::filesystem::create_symlink("1.0.0", folder / "opt/current");
    std::filesystem::create_directories(folder / "release/bin");
    std::ofstream{folder / "release/bin/vivi-dhcpd"} << crypto::random_id(400'000);
    const std::string architecture = shell("dpkg --print-architecture"), version = "9.1." + std::to_string(port);
    const auto public_key = shell(VIVI_BIN "/vivi-bundle key " + (folder / "release.key"));
    shell(VIVI_BIN "/vivi-bundle make --key " + (folder / "release.key") + " --version " + version +
          " --minimum 1.0.0 --days 1 --root " + (folder / "release") + " --output " + (folder / "bundle") + " --architecture " +
          architecture);
    const auto announced =
        nlohmann::json::parse(shell(VIVI_BIN "/vivi-bundle verify --key " + public_key + ' ' + (folder / "bundle")));
    connect_real("release.keys = [\"" + public_key + "\"]\n");
    const auto id = order(model::CommandKind::UpdateSoftware, [&] {
        const auto added = db::add_release(
            services->postgres.owner_url(),
            {.version = version, .architecture = architecture, .signature = announced.at("signature")}, log("bundle"));
        EXPECT_TRUE(added) << added.error().detail;
        return announced.dump();
    }());
    until("the hand-over to root", [&] { return log("update/ready") == id; });
    EXPECT_EQ(log("update/bundle"), log("bundle"));
    std::ofstream{folder / "opt/outcome.json"} << nlohmann::json{
        {"state", "reverted"}, {"version", version}, {"sha256", ""}, {"command", id}, {"detail", "no tunnel to a hub"}};
    until_state(id, "failed");
    EXPECT_THAT(of_command(id, "detail"), HasSubstr("no tunnel to a hub"));
}

}  // namespace
}  // namespace vivi::test
