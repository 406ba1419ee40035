// vivi-bundle and vivi-install as programs: what is taken, what is refused, and a power cut at every step of it.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <filesystem>

#include "router/openvivi-embedded/install_program.hpp"
#include "tests/adapters/openvivi-embedded/client.hpp"
#include "tests/adapters/openvivi-embedded/traced.hpp"

namespace vivi::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Install : public testing::Test {
public:
    Install() {
        public_key = text_after("key '" + (folder / "release.key") + "'");
        reset();
        make("1.1.0");
    }

    /// vivi-bundle's output, without its line end.
    std::string text_after(const std::string& arguments) const {
        run_to_end({.command = {"/bin/sh", "-c", VIVI_BIN "/vivi-bundle " + arguments + " > '" + (folder / "output") + "'"},
                    .output = folder / "errors"});
        auto text = text_of_file(folder / "output");
        while (text.ends_with('\n')) text.pop_back();
        return text;
    }
    void make(const std::string& version, const std::string& more = "") const {
        fs::create_directories(folder / "release/bin");
        fs::create_directories(folder / "release/lists");
        std::ofstream{folder / "release/bin/vivi-dhcpd"} << "new program of " << version;
        std::ofstream{folder / "release/lists/a.txt"} << "a list";
        fs::permissions(folder / "release/bin/vivi-dhcpd", fs::perms{0755});
        text_after("make --key '" + (folder / "release.key") + "' --version " + version + " --root '" + (folder / "release") +
                   "' --output '" + (folder / "bundle") + "' " +
                   (more.empty() ? "--minimum 1.0.0 --days 1 --architecture " + openvivi_embedded::own_architecture() : more));
    }
    /// A router with 1.0.0 and nothing else.
    void reset() const {
        fs::remove_all(place());
        fs::create_directories(place() + "/opt/1.0.0/bin");
        fs::create_directories(place() + "/spool");
        std::ofstream{place() + "/opt/1.0.0/bin/vivi-dhcpd"} << "old program";
        fs::create_symlink("1.0.0", place() + "/opt/current");
        write_settings("[]");
    }
    void write_settings(const std::string& daemons) const {
        std::ofstream{folder / "install.toml"} << "install.root = \"" << place() << "/opt\"\ninstall.spool = \"" << place()
                                               << "/spool\"\ninstall.daemons = " << daemons << "\ninstall.sockets = \"" << place()
                                               << "\"\ninstall.confirm_seconds = 1\nrelease.keys = [\"" << public_key << "\"]\n";
    }
    void deliver() const {
        fs::copy_file(folder / "bundle", place() + "/spool/bundle", fs::copy_options::overwrite_existing);
        std::ofstream{place() + "/spool/ready"} << "";
    }
    std::vector<std::string> command() const { return {VIVI_BIN "/vivi-install", "--config", folder / "install.toml"}; }
    int install() const {
        Child child{Launch{.command = command(),
                           .environment = {{"DBUS_SYSTEM_BUS_ADDRESS", "unix:path=" + (folder / "no-bus")}},
                           .output = folder / "install.log"}};
        return child.wait();
    }
    std::string place() const { return folder / "router"; }
    std::string current() const { return fs::read_symlink(place() + "/opt/current"); }
    std::string program() const { return text_of_file(place() + "/opt/current/bin/vivi-dhcpd"); }
    nlohmann::json outcome() const { return nlohmann::json::parse(text_of_file(place() + "/opt/outcome.json"), nullptr, false); }
    void expect_refused(const std::string& reason) const {
        deliver();
        EXPECT_EQ(install(), 1) << reason;
        EXPECT_EQ(outcome().value("state", ""), "refused") << reason;
        EXPECT_THAT(outcome().value("detail", ""), HasSubstr(reason));
        EXPECT_EQ(program(), "old program");
        EXPECT_FALSE(fs::exists(place() + "/spool/ready")) << "or it would be tried for ever";
    }

    TempFolder folder{};
    std::string public_key{};
};

TEST_F(Install, ABundleIsVerifiedTriedAndKept) {
    const auto announced = nlohmann::json::parse(text_after("verify --key " + public_key + " '" + (folder / "bundle") + "'"));
    EXPECT_EQ(announced.at("version"), "1.1.0");
    EXPECT_EQ(announced.at("size_bytes"), fs::file_size(folder / "bundle"));
    deliver();
    EXPECT_EQ(install(), 0) << text_of_file(folder / "install.log");
    EXPECT_EQ(current(), "1.1.0");
    EXPECT_EQ(program(), "new program of 1.1.0");
    EXPECT_EQ(outcome().value("state", ""), "confirmed");
    EXPECT_EQ(outcome().value("sha256", ""), announced.value("sha256", "none"));
    EXPECT_EQ(fs::status(place() + "/opt/1.1.0/bin/vivi-dhcpd").permissions(), fs::perms{0755});
    EXPECT_EQ(fs::status(place() + "/opt/1.1.0/lists/a.txt").permissions(), fs::perms{0644});
    make("1.2.0");
    deliver();
    EXPECT_EQ(install(), 0);
    EXPECT_FALSE(fs::exists(place() + "/opt/1.0.0")) << "the one before the last goes";
    EXPECT_TRUE(fs::exists(place() + "/opt/1.1.0")) << "the last one stays, to go back to";
}

TEST_F(Install, WhatARouterIsNotWellWithIsGoneBackFrom) {
    write_settings(R"(["bridged"])");  // Nobody answers on its health socket, and there is no systemd to restart it.
    deliver();
    EXPECT_EQ(install(), 0) << text_of_file(folder / "install.log");
    EXPECT_EQ(current(), "1.0.0");
    EXPECT_EQ(outcome().value("state", ""), "reverted") << outcome();
    EXPECT_FALSE(fs::exists(place() + "/opt/trial"));
    write_settings("[]");
    deliver();
    EXPECT_EQ(install(), 0) << "the same bundle may be tried again";
    EXPECT_EQ(current(), "1.1.0");
}

TEST_F(Install, ARestartInATrialGoesOnWithIt) {
    deliver();
    EXPECT_EQ(install(), 0);
    std::ofstream{place() + "/opt/trial"} << R"({"version":"1.1.0","previous":"1.0.0","sha256":"","starts":1})";
    write_settings(R"(["bridged"])");
    EXPECT_EQ(install(), 0);
    EXPECT_EQ(current(), "1.0.0") << "it was not well within its time";
    EXPECT_THAT(outcome().value("detail", ""), HasSubstr("bridged does not answer"));
}

TEST_F(Install, AMachineThatRestartsAgainAndAgainGoesBack) {
    deliver();
    EXPECT_EQ(install(), 0);
    std::ofstream{place() + "/opt/trial"} << R"({"version":"1.1.0","previous":"1.0.0","sha256":"","starts":3})";
    EXPECT_EQ(install(), 0);
    EXPECT_EQ(current(), "1.0.0");
}

TEST_F(Install, RefusesWhatIsOlderOverForAnotherMachineOrOfAnotherKey) {
    make("1.0.0");
    expect_refused("not newer");
    make("1.1.0", "--minimum 1.0.1 --days 1 --architecture " + openvivi_embedded::own_architecture());
    expect_refused("1.0.1 or later");
    make("1.1.0", "--minimum 1.0.0 --days 1 --architecture sparc");
    expect_refused("for sparc");
    fs::remove(folder / "release.key");
    text_after("key '" + (folder / "release.key") + "'");
    make("1.1.0");
    expect_refused("not signed by a release key");
    std::ofstream{folder / "bundle"} << "nonsense";
    expect_refused("no bundle");
    fs::remove(folder / "bundle");
    fs::create_symlink("/etc/passwd", place() + "/spool/bundle");
    std::ofstream{place() + "/spool/ready"} << "";
    EXPECT_EQ(install(), 1) << "a link is not followed";
}

TEST_F(Install, NoByteOfABundleCanBeAnother) {
    const auto whole = text_of_file(folder / "bundle");
    const auto is_taken = [&](const std::string& bytes) {
        std::ofstream{folder / "tampered", std::ios::binary} << bytes;
        Child child{Launch{.command = {VIVI_BIN "/vivi-bundle", "verify", "--key", public_key, folder / "tampered"},
                           .output = folder / "errors"}};
        return child.wait() == 0;
    };
    EXPECT_TRUE(is_taken(whole));
    for (std::size_t i = 0; i < whole.size(); i += 3) {
        auto other = whole;
        other[i] = static_cast<char>(other[i] ^ 0x20);
        EXPECT_FALSE(is_taken(other)) << "byte " << i;
    }
    EXPECT_FALSE(is_taken(whole.substr(0, whole.size() - 1)));
    EXPECT_FALSE(is_taken(whole + "x"));
}

TEST_F(Install, APowerCutAtAnyStepLeavesAVersionThatRuns) {
    int cuts = 0;
    for (int nth = 1; nth < 2'000; ++nth) {
        reset();
        deliver();
        const auto cut = run_until_cut(command(), place(), nth);
        // What boots now is one version or the other, whole.
        const auto booted = program();
        EXPECT_TRUE(booted == "old program" || booted == "new program of 1.1.0") << nth << ": " << cut.call << ": " << booted;
        if (current() == "1.1.0")
            EXPECT_EQ(text_of_file(place() + "/opt/current/lists/a.txt"), "a list") << nth << ": " << cut.call;
        if (!cut.was_made) {
            EXPECT_EQ(cut.exit_code, 0);
            break;
        }
        ++cuts;
        install();  // The next boot.
        EXPECT_EQ(program(), "new program of 1.1.0") << nth << ": " << cut.call << ": " << outcome();
        EXPECT_FALSE(fs::exists(place() + "/opt/trial")) << nth << ": " << cut.call;
        EXPECT_EQ(outcome().value("state", ""), "confirmed") << nth << ": " << cut.call;
        if (HasFailure()) break;
    }
    EXPECT_GT(cuts, 40) << "and there were so many steps";
}

TEST_F(Install, APowerCutWhileGoingBackLeavesAVersionThatRuns) {
    for (int nth = 1; nth < 2'000; ++nth) {
        reset();
        deliver();
        EXPECT_EQ(install(), 0);
        std::ofstream{place() + "/opt/trial"} << R"({"version":"1.1.0","previous":"1.0.0","sha256":"","starts":3})";
        const auto cut = run_until_cut(command(), place(), nth);
        const auto booted = program();
        EXPECT_TRUE(booted == "old program" || booted == "new program of 1.1.0") << nth << ": " << cut.call << ": " << booted;
        if (!cut.was_made) break;
        install();
        EXPECT_EQ(program(), "old program") << nth << ": " << cut.call << ": " << outcome();
        EXPECT_FALSE(fs::exists(place() + "/opt/trial")) << nth << ": " << cut.call;
        EXPECT_EQ(outcome().value("state", ""), "reverted") << nth << ": " << cut.call;
        if (HasFailure()) break;
    }
}

}  // namespace
}  // namespace vivi::test
