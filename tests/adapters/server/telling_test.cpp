// Two vivi-servers that tell people of alarms: each alarm once; and where the key of push messages comes from.
// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include "tests/adapters/server/server_process.hpp"
#include "tests/adapters/smtp_sink.hpp"

namespace vivi::test {
namespace {

class TellingServer : public ServerTest {
protected:
    Server::Environment environment() const {
        return {{"VIVI_MAIL_URL", "smtp+plain://127.0.0.1:" + std::to_string(sink.port())},
                {"VIVI_MAIL_FROM", "Vivi <vivi@example.org>"},
                {"VIVI_PUBLIC_URL", "https://dash.example"}};
    }
    void raise_and_let_pass(const std::string& kind) {
        postgres().sql("insert into alarms (organisation_id, router_id, kind, subject, detail, at, last_at) values ('" +
                       site.organisation + "', '" + site.router + "', '" + kind +
                       "', '', '{}', now(), now()); update alarm_notices set due_at = now() where organisation_id = '" +
                       site.organisation + "' and done_at is null");
    }

    SmtpSink sink{};
    Site site = make_site("telling");
    TempFolder folder{};
    const std::string key_file = folder / "push_key";
};

TEST_F(TellingServer, TwoReplicasWriteOneLetterOfAnAlarm) {
    const Server one{environment()}, two{environment()};
    await_ready(one);
    await_ready(two);
    make_user(site.organisation);
    postgres().sql(
        "insert into notification_settings select organisation_id, user_id, 'network', true, false from memberships"
        " where organisation_id = '" +
        site.organisation + "'");
    for (const auto* kind : {"dhcp.rogue", "dhcp.conflict", "network.foreign_ra"}) {
        const auto before = sink.mails().size();
        raise_and_let_pass(kind);
        EXPECT_EQ(sink.wait_for(before + 1).to, "owner@" + site.organisation + ".example");
    }
    EXPECT_EQ(sink.mails().size(), 3u);
    EXPECT_EQ(
        number("select string_agg(outcome || tries, ' ') from alarm_notices where organisation_id = '" + site.organisation + "'"),
        "sent1 sent1 sent1");
}

TEST_F(TellingServer, GivesThePublicHalfOfItsPushKeyToWhoIsSignedIn) {
    const auto public_key = admin({"push-key", key_file});
    EXPECT_EQ(public_key.size(), 87u) << public_key;
    struct stat status{};
    ASSERT_EQ(::stat(key_file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    EXPECT_EQ(admin({"push-key", key_file}), public_key) << "made once";
    const Server server{{{"VIVI_PUSH_KEY_FILE", key_file}, {"VIVI_PUSH_CONTACT", "mailto:ann@example.org"}}};
    await_ready(server);
    const Json query{{"query", "{ pushKey }"}};
    EXPECT_EQ(post(server, query).json()["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    const auto cookie = sign_in(server, make_user(site.organisation));
    EXPECT_EQ(post(server, query, {{"cookie", cookie}}).json()["data"]["pushKey"], public_key);
}

TEST_F(TellingServer, DoesNotStartWithAKeyThatIsNoneNorWithoutAContact) {
    admin({"push-key", key_file});
    Server unreachable{{{"VIVI_PUSH_KEY_FILE", key_file}}};
    EXPECT_EQ(unreachable.child().wait(), 78);
    EXPECT_NE(unreachable.log().find("push.contact"), std::string::npos) << unreachable.log();
    std::ofstream{key_file} << "nonsense\n";
    EXPECT_NE(admin({"push-key", key_file}).find("holds no push key"), std::string::npos);
    Server server{{{"VIVI_PUSH_KEY_FILE", key_file}, {"VIVI_PUSH_CONTACT", "mailto:ann@example.org"}}};
    EXPECT_EQ(server.child().wait(), 78);
    EXPECT_NE(server.log().find("push.key_file"), std::string::npos) << server.log();
}

}  // namespace
}  // namespace vivi::test
