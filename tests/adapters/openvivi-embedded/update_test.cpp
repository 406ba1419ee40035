// An update through the embedded API: announced, sent in pieces over restarts, checked, handed over, and its outcome heard.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "router/openvivi-embedded/install_program.hpp"
#include "tests/adapters/openvivi-embedded/router.hpp"

namespace vivi::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* first_id = "6f1c1d1e-0000-4000-8000-000000000001";
constexpr const char* second_id = "6f1c1d1e-0000-4000-8000-000000000002";

class EmbeddedUpdate : public EmbeddedRouter {
public:
    EmbeddedUpdate() {
        fs::create_directories(folder / "opt/1.0.0");
        fs::create_symlink("1.0.0", folder / "opt/current");
        fs::create_directories(folder / "release/bin");
        std::ofstream{folder / "release/bin/vivi-dhcpd"} << std::string(600'000, 'x');
        release_key = shell(VIVI_BIN "/vivi-bundle key " + (folder / "release.key"));
        shell(VIVI_BIN "/vivi-bundle make --key " + (folder / "release.key") +
              " --version 1.1.0 --minimum 1.0.0 --days 1 --root " + (folder / "release") + " --output " + (folder / "bundle") +
              " --architecture " + openvivi_embedded::own_architecture());
        announcement = shell(VIVI_BIN "/vivi-bundle verify --key " + release_key + ' ' + (folder / "bundle"));
        bundle = text_of_file(folder / "bundle");
        settings += "update.folder = \"" + (folder / "update") + "\"\nupdate.root = \"" + (folder / "opt") +
                    "\"\nrelease.keys = [\"" + release_key + "\"]\n";
    }
    std::string shell(const std::string& command) const {
        run_to_end({.command = {"/bin/sh", "-c", command + " > " + (folder / "output")}, .output = folder / "errors"});
        auto text = text_of_file(folder / "output");
        while (text.ends_with('\n')) text.pop_back();
        return text;
    }
    Answer put(std::size_t offset, const std::string& bytes) const {
        return ask("PUT", "/v1/update/bundle?offset=" + std::to_string(offset), bytes);
    }
    /// Where the router is; nothing once it has all.
    std::optional<std::size_t> awaited(const std::string& id) const {
        const auto document = ask("GET", "/v1/commands/" + id).json();
        if (!document.contains("upload")) return std::nullopt;
        return document.at("upload").at("offset").get<std::size_t>();
    }
    void send_rest(const std::string& id) const {
        while (const auto offset = awaited(id)) EXPECT_EQ(put(*offset, bundle.substr(*offset, 200'000)).status, 200);
    }
    void expect_awaited(const std::string& id) const {
        await("the spool", [&] { return awaited(id).has_value(); });
    }
    std::string ready() const { return text_of_file(folder / "update/ready"); }
    /// What vivi-install says in the end.
    void say(const std::string& state, const std::string& id) const {
        std::ofstream{folder / "opt/outcome.json"} << nlohmann::json{
            {"state", state}, {"version", "1.1.0"}, {"sha256", ""}, {"command", id}, {"detail", "no tunnel to a hub"}};
    }

    std::string release_key{}, announcement{}, bundle{};
};

TEST_F(EmbeddedUpdate, GoesOnWhereItWasAfterARestart) {
    start();
    EXPECT_EQ(command("/v1/update", announcement, first_id).status, 202);
    expect_awaited(first_id);
    EXPECT_EQ(put(0, bundle.substr(0, 200'000)).status, 200);
    kill();
    start();
    expect_awaited(first_id);
    EXPECT_EQ(awaited(first_id), 200'000U) << "what came stays";
    const auto wrong = put(100'000, bundle.substr(100'000, 1'000));
    EXPECT_EQ(wrong.status, 409);
    EXPECT_EQ(wrong.json().value("offset", 0), 200'000);
    send_rest(first_id);
    await("the hand-over", [&] { return ready() == first_id; });
    EXPECT_EQ(text_of_file(folder / "update/bundle"), bundle);

    fs::remove(folder / "update/ready");
    say("confirmed", first_id);
    kill();  // As the update itself does.
    start();
    const auto done = outcome(first_id);
    EXPECT_EQ(done.at("state"), "succeeded") << done;
    EXPECT_EQ(question("/v1/update").json().at("state"), "idle");
}

TEST_F(EmbeddedUpdate, HearsWhyItWasGoneBackFrom) {
    start();
    say("confirmed", second_id);  // Of an earlier one.
    command("/v1/update", announcement, first_id);
    expect_awaited(first_id);
    send_rest(first_id);
    await("the hand-over", [&] { return ready() == first_id; });
    say("trying", first_id);
    EXPECT_EQ(ask("GET", std::string{"/v1/commands/"} + first_id).status, 202);
    say("reverted", first_id);
    const auto done = outcome(first_id);
    EXPECT_EQ(done.at("state"), "failed");
    EXPECT_THAT(done.at("detail").get<std::string>(), HasSubstr("no tunnel to a hub"));
}

TEST_F(EmbeddedUpdate, WhatIsNotWhatWasAnnouncedNeverReachesRoot) {
    start();
    bundle[bundle.size() / 2] = 'y';
    command("/v1/update", announcement, first_id);
    expect_awaited(first_id);
    EXPECT_EQ(command("/v1/update", announcement, second_id).status, 409) << "one at a time";
    send_rest(first_id);
    EXPECT_EQ(outcome(first_id).at("state"), "failed");
    EXPECT_FALSE(fs::exists(folder / "update/ready"));
    EXPECT_EQ(put(0, "x").status, 409) << "nothing is awaited";
}

TEST_F(EmbeddedUpdate, RefusesAnAnnouncementThatCannotBe) {
    start();
    auto other = nlohmann::json::parse(announcement);
    other["architecture"] = "sparc";
    EXPECT_EQ(command("/v1/update", other.dump(), first_id).status, 403);
    other = nlohmann::json::parse(announcement);
    other["size_bytes"] = std::int64_t{1} << 40;
    EXPECT_EQ(command("/v1/update", other.dump(), first_id).status, 400);
    EXPECT_EQ(command("/v1/update", "{}", first_id).status, 400);
    EXPECT_EQ(ask("GET", std::string{"/v1/commands/"} + first_id).status, 404);
}

}  // namespace
}  // namespace vivi::test
