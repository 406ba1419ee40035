// Commands to the real openvivi-embedded, through the real hub: done once, whatever restarts meanwhile.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/hub/command_site.hpp"

namespace vivi::test {
namespace {

using model::CommandKind;
using testing::HasSubstr;

class RealRouter : public CommandSite {
public:
    void prepare_real() {
        accept_router();
        keep_custody(of_router("custody_id"));
        std::ofstream{folder / "tunnel.toml", std::ios::app}
            << "commands.keys = [\"" << crypto::to_text(crypto::SigningKey::generate().public_key()) << "\", \""
            << crypto::to_text(key.public_key()) << "\"]\ncommands.folder = \"" << (folder / "commands")
            << "\"\ncustody.file = \"" << (folder / "last-good.json") << "\"\n";
        start_hub();
        start_signer();
        start_tunnel();
        until("the session", [&] { return of_router("hub") == name; });
    }
    void keep_custody(const std::string& custody) const {
        std::ofstream{folder / "last-good.json"} << R"({"v":1,"custody":")" << custody << "\"}";
    }
    static constexpr const char* here =
        R"({"name":"localhost"})";  // A ping needs net.ipv4.ping_group_range, which not every machine opens.
};

TEST_F(RealRouter, LooksANameUpAndTellsWhatItFound) {
    prepare_real();
    const auto id = order(CommandKind::Dns, here);
    until_state(id, "succeeded");
    EXPECT_THAT(of_command(id, "result ->> 'addresses'"), testing::AnyOf(HasSubstr("127.0.0.1"), HasSubstr("::1")));
}

TEST_F(RealRouter, GoesOnWhileTheHubIsKilled) {
    prepare_real();
    const auto id = order(CommandKind::Throughput, R"({"seconds":3})");
    until_state(id, "running");
    hub->signal(SIGKILL);
    hub->wait();
    start_hub();
    until_state(id, "succeeded");
    EXPECT_EQ(of_command(id, "result -> 'interfaces' is not null"), "t");
}

TEST_F(RealRouter, SaysThatItsOwnRestartInterruptedACommand) {
    prepare_real();
    const auto id = order(CommandKind::Throughput, R"({"seconds":20})");
    until_state(id, "running");
    tunnel->signal(SIGKILL);
    tunnel->wait();
    start_tunnel();
    until_state(id, "failed");
    EXPECT_THAT(of_command(id, "detail"), HasSubstr("restarted in the middle"));
    const auto next = order(CommandKind::Dns, here);
    until_state(next, "succeeded");
}

TEST_F(RealRouter, DoesNothingForAnotherCustodyOrAServiceThatIsNotItsOwn) {
    prepare_real();
    keep_custody("22222222-2222-4222-8222-222222222222");
    const auto id = order(CommandKind::Dns, here);
    until("the router is asked", [&] { return log("hub.log").find("another custody") != std::string::npos; });
    EXPECT_EQ(of_command(id, "state"), "queued");
    keep_custody(of_router("custody_id"));
    until_state(id, "succeeded");
    const auto foreign = order(CommandKind::RestartService, R"({"service":"ssh"})");
    until_state(foreign, "failed");
    EXPECT_THAT(of_command(foreign, "detail"), HasSubstr("no service of a router"));
}

}  // namespace
}  // namespace vivi::test
