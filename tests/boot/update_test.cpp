// Software from the release key to the booted router: bundled, added, rolled out, carried, spooled over a power cut, installed,
// tried; kept, or left again by itself when it is no good. SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <sched.h>

#include <iostream>

#include "router/openvivi-embedded/install_program.hpp"
#include "tests/boot/machine.hpp"
#include "tests/boot/server_side.hpp"

namespace vivi::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class BootUpdate : public testing::Test {
public:
    /// The router and its server share a network of their own: a loopback, a LAN with one guest, an uplink; dark0 is down.
    static void SetUpTestSuite() {
        try {
            set_up();
        } catch (...) {
            std::cerr << all_logs();
            throw;
        }
    }
    static void set_up() {
        run_to_end({.command = {"/bin/sh", "-c", VIVI_ROOT "/tests/boot/tree"}});  // While there is a mirror in reach.
        if (::unshare(CLONE_NEWNET) != 0) throw std::runtime_error{"needs root to make a network namespace"};
        run_to_end(
            {.command = {"/bin/sh", "-c",
                         "ip link set lo up && ip link add br-lan type bridge && ip link add port0 type veth peer name guest0 && "
                         "ip link set port0 master br-lan up && ip link set guest0 up && ip link set br-lan up && "
                         "ip link add uplink0 type veth peer name internet0 && ip link set internet0 up && "
                         "ip link add dark0 type veth peer name dark1"}});
        folder = std::make_unique<TempFolder>();
        server = std::make_unique<ServerSide>();
        release_key = shell(VIVI_BIN "/vivi-bundle key " + (*folder / "release.key"));
        machine = std::make_unique<Machine>(Machine::Files{
            .hub_host_keys = server->hub_host_keys(),
            .openvivi_embedded = "hub.addresses = [\"" + server->hub() + "\"]\npage.address = \"\"\nrelease.keys = [\"" +
                                 release_key + "\"]\ntunnel.backoff_first_ms = 100\ntunnel.backoff_most_ms = 1000\n",
            .install = "install.confirm_seconds = 30\nrelease.keys = [\"" + release_key + "\"]\n",
            .command_key = server->command_key,
            .shares_network = true,
            .bus = server->bus()});
        machine->boot();
        router = server->accept(machine->fingerprint);
        const auto custody = server->sql("select custody_id from routers where id = '" + router + "'");
        await(
            "the configuration at the router",
            [&] { return text_of_file(machine->root() + "/var/lib/vivi/last-good.json").contains(custody); },
            Milliseconds{120'000});
    }
    static void TearDownTestSuite() {
        machine.reset();
        server.reset();
        folder.reset();
    }
    ~BootUpdate() override {
        if (HasFailure()) std::cerr << all_logs();
    }
    static std::string all_logs() {
        std::string all;
        if (machine)
            all += machine->console() + "\n--- machine\n" + machine->run_as("root", "journalctl --no-pager | tail -n 300");
        if (server) all += "\n--- server\n" + server->logs();
        return all;
    }

    static std::string shell(const std::string& command) {
        run_to_end({.command = {"/bin/sh", "-c", command + " > " + (*folder / "output")}, .output = *folder / "errors"});
        auto text = text_of_file(*folder / "output");
        while (text.ends_with('\n')) text.pop_back();
        return text;
    }
    /// The programs of this build, some of them behind a script of that text, and a file that makes the bundle large; gives the
    /// id of the release.
    static std::string release(const std::string& version, const std::map<std::string, std::string>& scripts,
                               std::size_t ballast = 0) {
        const auto root = *folder / version;
        fs::create_directories(root + "/bin");
        for (const auto& daemon : Machine::all_daemons) {
            const auto program = root + "/bin/vivi-" + daemon;
            const auto script = scripts.find(daemon);
            shell("strip -o " + program + (script == scripts.end() ? "" : ".real") + " " VIVI_BIN "/vivi-" + daemon);
            if (script != scripts.end()) std::ofstream{program} << "#!/bin/sh\n" << script->second << '\n';
            fs::permissions(program, fs::perms{0755});
        }
        shell("head -c " + std::to_string(ballast) + " /dev/urandom > " + root + "/ballast");
        const auto bundle = *folder / (version + ".bundle");
        const auto architecture = openvivi_embedded::own_architecture();
        shell(VIVI_BIN "/vivi-bundle make --key " + (*folder / "release.key") + " --version " + version +
              " --minimum 0.0.1 --days 1 --architecture " + architecture + " --root " + root + " --output " + bundle);
        const auto announced = json::parse(shell(VIVI_BIN "/vivi-bundle verify --key " + release_key + ' ' + bundle));
        std::ofstream{*folder / "signature"} << announced.at("signature").get<std::string>();
        return server->admin("add-release --version " + version + " --architecture " + architecture +
                             " --minimum-version 0.0.1 --signature " + (*folder / "signature") + ' ' + bundle);
    }
    /// As the API names it (docs/graphql.md).
    static std::string global_id(const std::string& type, const std::string& id) {
        return crypto::to_base64url(as_bytes(type + ':' + id));
    }
    /// Starts a roll-out of it to the one router.
    static void roll_out(const std::string& release_id, const std::string& name) {
        const auto made =
            server->ask("mutation($i: CreateRolloutInput!) { createRollout(input: $i) { rollout { id } errors { code } } }",
                        {{"i",
                          {{"releaseId", global_id("SoftwareRelease", release_id)},
                           {"name", name},
                           {"target", {{"routerIds", {global_id("Router", router)}}}},
                           {"percentages", {100}}}}});
        const auto before = server->sql("select count(*) from commands");
        server->ask("mutation($i: RolloutInput!) { startRollout(input: $i) { rollout { id } errors { code } } }",
                    {{"i", {{"rolloutId", made.at("createRollout").at("rollout").at("id")}}}});
        await("the command of it", [&] { return server->sql("select count(*) from commands") != before; });
    }
    /// Of the newest command of all.
    static std::string of_command(const std::string& column) {
        return server->sql("select " + column + " from commands order by created_at desc limit 1");
    }
    static std::string installed() { return fs::read_symlink(machine->root() + "/opt/vivi/current").string(); }
    static std::uintmax_t spooled() {
        std::error_code error;
        const auto size = fs::file_size(machine->root() + "/var/lib/vivi/update/bundle", error);
        return error ? 0 : size;
    }
    static void await_end(const std::string& state) {
        await("the end of the command", [&] { return of_command("state") == state; }, Milliseconds{120'000});
    }

    static inline std::unique_ptr<TempFolder> folder;
    static inline std::unique_ptr<ServerSide> server;
    static inline std::unique_ptr<Machine> machine;
    static inline std::string release_key{}, router{};
};

TEST_F(BootUpdate, IsCarriedOverAPowerCutInstalledTriedAndKept) {
    constexpr std::size_t ballast = 48'000'000;
    roll_out(release("0.0.2", {}, ballast), "second");
    await("a part of the bundle", [] { return spooled() > 1'000'000; }, Milliseconds{60'000});
    machine->cut_power();
    const auto before = spooled();
    EXPECT_LT(before, ballast) << "the cut came too late to show anything";
    machine->boot();
    EXPECT_GE(spooled(), before) << "it goes on where it was";
    await_end("succeeded");
    EXPECT_EQ(installed(), "0.0.2");
    EXPECT_TRUE(fs::exists(machine->root() + "/opt/vivi/0.0.1")) << "the one before stays";
    EXPECT_FALSE(fs::exists(machine->root() + "/opt/vivi/trial"));
}

TEST_F(BootUpdate, IsLeftAgainWhenTheNewVersionCannotReachTheServer) {
    roll_out(release("0.0.3", {{"openvivi-embedded", "exit 1"}}), "third");
    await_end("failed");
    EXPECT_EQ(installed(), "0.0.2");
    EXPECT_THAT(of_command("detail"), HasSubstr("openvivi-embedded does not answer"));
    machine->await_api();
    await("the roll-out's own count",
          [] { return server->sql("select count(*) from rollout_routers where state = 'failed'") == "1"; });
    EXPECT_THAT(machine->run_as("root", "journalctl --no-pager -u vivi-bridged"), Not(HasSubstr("not reported within")))
        << "what was in force before a restart is not missed after it";
}

TEST_F(BootUpdate, IsLeftAgainWhenTheNewVersionAnswersNoDns) {
    // Everything of it is there, and well by what it says itself; only nobody who asks at port 53 is answered.
    roll_out(release("0.0.4", {{"dnsd", "VIVI_LISTEN_PORT=5300 exec \"$0.real\" \"$@\""}}), "fourth");
    await_end("failed");
    EXPECT_EQ(installed(), "0.0.2");
    EXPECT_THAT(of_command("detail"), HasSubstr("DNS does not answer"));
    EXPECT_THAT(of_command("detail"), Not(HasSubstr("pcapd"))) << "nothing else is wrong with it";
}

TEST_F(BootUpdate, IsLeftAgainWhenTheNewVersionSeesNothing) {
    roll_out(release("0.0.5", {{"pcapd", "VIVI_CAPTURE_INTERFACE=dark0 exec \"$0.real\" \"$@\""}}), "fifth");
    await_end("failed");
    EXPECT_EQ(installed(), "0.0.2");
    EXPECT_THAT(of_command("detail"), HasSubstr("pcapd"));
    EXPECT_THAT(of_command("detail"), Not(HasSubstr("DNS"))) << "nothing else is wrong with it";
}

}  // namespace
}  // namespace vivi::test
