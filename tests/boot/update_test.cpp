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

class BootUpdate : public testing::Test {
public:
    /// The router and its server share a network of their own, with nothing but a loopback.
    static void SetUpTestSuite() {
        run_to_end({.command = {"/bin/sh", "-c", VIVI_ROOT "/tests/boot/tree"}});  // While there is a mirror in reach.
        if (::unshare(CLONE_NEWNET) != 0) throw std::runtime_error{"needs root to make a network namespace"};
        run_to_end({.command = {"/usr/bin/env", "ip", "link", "set", "lo", "up"}});
        folder = std::make_unique<TempFolder>();
        server = std::make_unique<ServerSide>();
        release_key = shell(VIVI_BIN "/vivi-bundle key " + (*folder / "release.key"));
        machine = std::make_unique<Machine>(Machine::Files{
            .hub_host_keys = server->hub_host_keys(),
            .openvivi_embedded = "hub.addresses = [\"" + server->hub() + "\"]\npage.address = \"\"\nrelease.keys = [\"" +
                                 release_key + "\"]\ntunnel.backoff_first_ms = 100\ntunnel.backoff_most_ms = 1000\n",
            .install = "install.daemons = [\"dhcpd\", \"openvivi-embedded\"]\ninstall.confirm_seconds = 20\nrelease.keys = [\"" +
                       release_key + "\"]\n",
            .command_key = server->command_key,
            .shares_network = true});
        machine->boot();
        router = server->accept(machine->fingerprint);
        // As bridged keeps it, which is not part of this machine.
        machine->write("/var/lib/vivi/last-good.json",
                       json{{"custody", server->sql("select custody_id from routers where id = '" + router + "'")}}.dump());
    }
    static void TearDownTestSuite() {
        machine.reset();
        server.reset();
        folder.reset();
    }
    ~BootUpdate() override {
        if (HasFailure()) std::cerr << machine->console() << "\n--- server\n" << server->logs();
    }

    static std::string shell(const std::string& command) {
        run_to_end({.command = {"/bin/sh", "-c", command + " > " + (*folder / "output")}, .output = *folder / "errors"});
        auto text = text_of_file(*folder / "output");
        while (text.ends_with('\n')) text.pop_back();
        return text;
    }
    /// The programs of this build, and a file that makes the bundle large; gives the id of the release.
    static std::string release(const std::string& version, const std::string& openvivi_embedded, std::size_t ballast = 0) {
        const auto root = *folder / version;
        fs::create_directories(root + "/bin");
        shell("strip -o " + root + "/bin/vivi-dhcpd " VIVI_BIN "/vivi-dhcpd");
        if (openvivi_embedded.empty())
            shell("strip -o " + root + "/bin/vivi-openvivi-embedded " VIVI_BIN "/vivi-openvivi-embedded");
        else
            std::ofstream{root + "/bin/vivi-openvivi-embedded"} << openvivi_embedded;
        fs::permissions(root + "/bin/vivi-openvivi-embedded", fs::perms{0755});
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
        server->ask("mutation($i: RolloutInput!) { startRollout(input: $i) { rollout { id } errors { code } } }",
                    {{"i", {{"rolloutId", made.at("createRollout").at("rollout").at("id")}}}});
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
    roll_out(release("0.0.2", "", ballast), "second");
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
    roll_out(release("0.0.3", "#!/bin/sh\nexit 1\n"), "third");
    await_end("failed");
    EXPECT_EQ(installed(), "0.0.2");
    EXPECT_THAT(of_command("detail"), HasSubstr("openvivi-embedded does not answer"));
    machine->await_api();
    await("the roll-out's own count",
          [] { return server->sql("select count(*) from rollout_routers where state = 'failed'") == "1"; });
}

}  // namespace
}  // namespace vivi::test
