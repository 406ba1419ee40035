// vivi-server as the holder of the command key: what it signs, where the key comes from, what happens without one.
// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include "common/model/command_token.hpp"
#include "server/db/command_jobs.hpp"
#include "server/db/commands.hpp"
#include "tests/adapters/server/server_process.hpp"

namespace vivi::test {
namespace {

class CommandServer : public ServerTest {
protected:
    std::string make_waiting() {
        const auto id = must(db::make_command(api, {site.organisation},
                                              {.router = site.router, .kind = model::CommandKind::Reboot, .key = "k"}))
                            .command.id;
        EXPECT_TRUE(run(db::keep_nonce(hub, site.link, id, std::string(32, 'a'), "boot")));
        return id;
    }
    std::string token_of(const std::string& id) { return number("select token from commands where id = '" + id + "'"); }

    TempFolder folder{};
    const std::string key_file = folder / "command_key";
    Site site = make_site("signing");
};

TEST_F(CommandServer, SignsForExactlyTheRouterThatWaits) {
    const auto public_key = crypto::parse_public_key(admin({"command-key", key_file}));
    ASSERT_TRUE(public_key);
    const Server one{{{"VIVI_COMMANDS_KEY_FILE", key_file}}}, two{{{"VIVI_COMMANDS_KEY_FILE", key_file}}};
    await_ready(one);
    await_ready(two);
    const auto id = make_waiting();
    await("the token", [&] { return !token_of(id).empty(); });
    const auto token = model::parse_token(token_of(id));
    ASSERT_TRUE(token) << token.error().detail;
    EXPECT_EQ(token->grant.command, id);
    EXPECT_EQ(crypto::to_hex(token->grant.nonce), std::string(32, 'a'));
    model::TokenScope scope{.custody = number("select custody_id from commands where id = '" + id + "'"),
                            .fingerprint = number("select fingerprint from routers where id = '" + site.router + "'"),
                            .boot_id = "boot",
                            .method = "POST",
                            .target = "/v1/system/reboot",
                            .body = crypto::sha256(as_bytes("{}"))};
    EXPECT_TRUE(model::verify_token(*token, scope, std::vector{*public_key}));
    scope.target = "/v1/system/poweroff";
    EXPECT_FALSE(model::verify_token(*token, scope, std::vector{*public_key}));
}

TEST_F(CommandServer, WithoutAKeySignsNothingAndSaysSo) {
    const Server server;
    await_ready(server);
    const auto id = make_waiting();
    await("the warning", [&] { return server.log().find("commands.keyless") != std::string::npos; });
    const auto late = make_site("late");
    const auto expired =
        must(db::make_command(api, {late.organisation}, {.router = late.router, .kind = model::CommandKind::Reboot, .key = "k"}))
            .command.id;
    postgres().sql("alter table commands disable trigger command_moves; update commands set expires_at = now() where id = '" +
                   expired + "'; alter table commands enable trigger command_moves");
    await("a turn", [&] { return number("select state from commands where id = '" + expired + "'") == "expired"; });
    EXPECT_EQ(token_of(id), "");
}

TEST_F(CommandServer, DoesNotStartWithAKeyThatIsNone) {
    std::ofstream{key_file} << "nonsense\n";
    Server server{{{"VIVI_COMMANDS_KEY_FILE", key_file}}};
    EXPECT_EQ(server.child().wait(), 78);
    EXPECT_NE(server.log().find("commands.key_file"), std::string::npos) << server.log();
}

TEST_F(CommandServer, ItsKeyIsMadeOnceAndNobodyElseReadsIt) {
    const auto text = admin({"command-key", key_file});
    EXPECT_EQ(exit_code, 0);
    struct stat status{};
    ASSERT_EQ(::stat(key_file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    EXPECT_EQ(admin({"command-key", key_file}), text) << "the same key's public half";
    std::ofstream{key_file} << "somebody's notes\n";
    EXPECT_NE(admin({"command-key", key_file}).find("holds no command key"), std::string::npos);
    EXPECT_EQ(exit_code, 1);
}

}  // namespace
}  // namespace vivi::test
