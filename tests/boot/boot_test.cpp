// A router as it is deployed: booted, then looked after through its embedded API alone, up to its power-off.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <iostream>

#include "tests/boot/machine.hpp"

namespace vivi::test {
namespace {

using testing::HasSubstr;

class Boot : public testing::Test {
public:
    static void SetUpTestSuite() {
        machine = std::make_unique<Machine>();
        machine->boot();
    }
    static void TearDownTestSuite() { machine.reset(); }
    ~Boot() override {
        if (HasFailure()) std::cerr << machine->console();
    }
    static nlohmann::json service(const std::string& name) {
        for (const auto& row : machine->question("/v1/services").json().at("services")) {
            if (row.at("service") == name) return row;
        }
        return {};
    }
    static std::string command_id(int number) { return "6f1c1d1e-0000-4000-8000-00000000000" + std::to_string(number); }

    static inline std::unique_ptr<Machine> machine;
};

TEST_F(Boot, SaysHowItsServicesAre) {
    const auto own = service("vivi-openvivi-embedded");
    EXPECT_EQ(own["active_state"], "active") << own;
    EXPECT_EQ(own["version"], "0.0.1");
    EXPECT_EQ(service("unbound")["load_state"], "not-found") << "it is not part of this test's machine";
}

TEST_F(Boot, RestartsAServiceAndStopsAndStartsIt) {
    const auto before = service("vivi-dhcpd");
    ASSERT_EQ(before["active_state"], "active") << before;
    machine->command("/v1/services/vivi-dhcpd/restart", "{}", command_id(1));
    const auto done = machine->outcome(command_id(1));
    EXPECT_EQ(done["state"], "succeeded") << done;
    EXPECT_NE(service("vivi-dhcpd")["pid"], before["pid"]);
    machine->command("/v1/services/vivi-dhcpd/stop", "{}", command_id(2));
    EXPECT_EQ(machine->outcome(command_id(2))["state"], "succeeded");
    EXPECT_EQ(service("vivi-dhcpd")["active_state"], "inactive");
    machine->command("/v1/services/vivi-dhcpd/start", "{}", command_id(3));
    EXPECT_EQ(machine->outcome(command_id(3))["state"], "succeeded");
}

TEST_F(Boot, ReadsTheJournalOfAService) {
    const auto logs = machine->question("/v1/services/vivi-openvivi-embedded/logs?lines=200").json();
    EXPECT_THAT(logs.dump(), HasSubstr("identity.ready"));
    machine->command("/v1/services/vivi-openvivi-embedded/logs", R"({"lines":200,"since_seconds":0})", command_id(4));
    EXPECT_THAT(machine->outcome(command_id(4)).at("result").value("text", ""), HasSubstr("identity.ready"));
    const auto stream = machine->question("/v1/services/vivi-openvivi-embedded/logs/stream", "-N -m 3");
    EXPECT_EQ(stream.status, 200) << stream.text;
}

TEST_F(Boot, FollowsWhatAServiceWrites) {
    const auto target = std::string{"/v1/services/vivi-openvivi-embedded/logs/stream"};
    const auto token = machine->token_for("GET", target, "", "");
    TempFolder folder;
    Child follower{Launch{.command = {"/usr/bin/env", "curl", "-s", "-N", "-m", "60", "--unix-socket", machine->socket, "-H",
                                      "authorization: " + token, "http://router" + target},
                          .output = folder / "stream"}};
    await("the stream", [&] { return !text_of_file(folder / "stream").empty(); });
    machine->command("/v1/diagnostics/dns", R"({"name":"localhost"})", command_id(5));
    await("the line of the command", [&] { return text_of_file(folder / "stream").find(command_id(5)) != std::string::npos; });
}

TEST_F(Boot, FollowsALogAsACommandWhoseResultGrows) {
    machine->command("/v1/services/vivi-openvivi-embedded/logs", R"({"follow_seconds":60,"lines":10,"since_seconds":0})",
                     "6f1c1d1e-0000-4000-8000-000000000010");
    machine->command("/v1/diagnostics/dns", R"({"name":"localhost"})", "6f1c1d1e-0000-4000-8000-000000000011");
    await("the line of the other command, while the first still runs", [&] {
        const auto answer = machine->ask("GET", "/v1/commands/6f1c1d1e-0000-4000-8000-000000000010");
        return answer.status == 202 && answer.text.find("000000000011") != std::string::npos;
    });
}

TEST_F(Boot, PingsWithoutAnyPrivilege) {
    machine->command("/v1/diagnostics/ping", R"({"count":2,"host":"127.0.0.1"})", command_id(9));
    const auto done = machine->outcome(command_id(9));
    EXPECT_EQ(done.at("state"), "succeeded") << done;
    EXPECT_EQ(done.at("result").value("received", 0), 2) << done;
}

TEST_F(Boot, ItsUserMayDoNothingElse) {
    const auto busctl = [](const std::string& method, const std::string& arguments) {
        return machine->run_as("vivi-openvivi-embedded",
                               "busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 "
                               "org.freedesktop.systemd1.Manager " +
                                   method + ' ' + arguments);
    };
    EXPECT_THAT(busctl("RestartUnit", "ss vivi-dhcpd.service replace"), HasSubstr("exit 0")) << "the question is asked rightly";
    for (const auto* arguments : {"ss systemd-journald.service replace", "ss dbus.service replace", "ss sysinit.target replace"})
        EXPECT_THAT(busctl("RestartUnit", arguments), testing::Not(HasSubstr("exit 0"))) << arguments;
    EXPECT_THAT(busctl("ReloadOrRestartUnit", "ss vivi-dhcpd.service replace"), testing::Not(HasSubstr("exit 0")))
        << "another verb";
    EXPECT_THAT(busctl("MaskUnitFiles", "asbb 1 vivi-dhcpd.service true true"), testing::Not(HasSubstr("exit 0")));
    EXPECT_THAT(busctl("Reload", ""), testing::Not(HasSubstr("exit 0")));
}

TEST_F(Boot, RestartsTheServiceThatAnswers) {
    const auto before = service("vivi-openvivi-embedded");
    machine->command("/v1/services/vivi-openvivi-embedded/restart", "{}", command_id(6));
    const auto done = machine->outcome(command_id(6));
    EXPECT_EQ(done["state"], "succeeded") << done;
    EXPECT_NE(service("vivi-openvivi-embedded")["pid"], before["pid"]);
}

TEST_F(Boot, RebootsOnceAndThenSwitchesOff) {
    const auto boot_id = machine->ask("GET", "/v1/nonce").json().at("boot_id");
    machine->command("/v1/system/reboot", "{}", command_id(7));
    await("the reboot", [] { return machine->was_rebooted(); }, Milliseconds{60'000});
    machine->await_api();
    EXPECT_NE(machine->ask("GET", "/v1/nonce").json().at("boot_id"), boot_id);
    const auto done = machine->outcome(command_id(7));
    EXPECT_EQ(done["state"], "succeeded") << done;
    EXPECT_EQ(machine->command("/v1/system/reboot", "{}", command_id(7)).json(), done) << "asked again: not done again";

    machine->command("/v1/system/poweroff", "{}", command_id(8));
    await("the power-off", [] { return machine->has_ended(); }, Milliseconds{60'000});
}

}  // namespace
}  // namespace vivi::test
