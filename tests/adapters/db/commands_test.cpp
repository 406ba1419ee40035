// Commands in PostgreSQL: their states, who may write what of them, tokens, ends that time brings.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/commands.hpp"

#include "server/db/command_jobs.hpp"
#include "server/db/custody.hpp"
#include "tests/adapters/db/fixture.hpp"

namespace vivi::test {
namespace {

using model::CommandKind;
using model::CommandState;

class CommandRows : public Database {
protected:
    Site site = make_site("commands");
    db::Tenant tenant{site.organisation};
    db::Pool staff{postgres().url("vivi_staff"), 1};
    const std::string nonce = std::string(32, 'a');

    db::NewCommand wish(CommandKind kind = CommandKind::Reboot, const std::string& key = "k") const {
        return {.router = site.router, .kind = kind, .key = key};
    }
    std::string make(CommandKind kind = CommandKind::Reboot, const std::string& key = "k") {
        return must(db::make_command(api, tenant, wish(kind, key))).command.id;
    }
    CommandState state(const std::string& id) { return must(db::command(api, tenant, id)).state; }
    void force(const std::string& id, const std::string& set) {
        postgres().sql("alter table commands disable trigger command_moves; update commands set " + set + " where id = '" + id +
                       "'; alter table commands enable trigger command_moves");
    }
    Status note(const std::string& id, CommandState reached, int progress = 0) {
        return run(
            db::note_report(hub, site.link, id, {.state = reached, .progress = progress, .detail = "d", .result = {{"a", 1}}}));
    }
};

TEST_F(CommandRows, TheSameKeyIsTheSameCommand) {
    const auto first = must(db::make_command(api, tenant, wish()));
    EXPECT_TRUE(first.is_new);
    EXPECT_EQ(first.command.state, CommandState::Queued);
    const auto again = must(db::make_command(api, tenant, wish()));
    EXPECT_FALSE(again.is_new);
    EXPECT_EQ(again.command.id, first.command.id);
    EXPECT_EQ(run(db::make_command(api, tenant, wish(CommandKind::Ping))).error().code, Code::Conflict)
        << "another one with its key";
    EXPECT_EQ(number("select count(*) from audit_log where action = 'command.made' and target = '" + site.router + "'"), "1");
    EXPECT_EQ(run(db::make_command(api, {make_site("others").organisation}, wish(CommandKind::Reboot, "z"))).error().code,
              Code::NotFound);
}

TEST_F(CommandRows, ARouterHasFiftyOpenOnesAtMost) {
    for (int i = 0; i < db::most_open_commands; ++i) make(CommandKind::Reboot, std::to_string(i));
    EXPECT_EQ(run(db::make_command(api, tenant, wish(CommandKind::Reboot, "one more"))).error().code, Code::Overflow);
}

TEST_F(CommandRows, PostgresqlKnowsTheSameMovesAsTheProgram) {
    constexpr CommandState all[]{CommandState::Queued, CommandState::Sent,    CommandState::Running,  CommandState::Succeeded,
                                 CommandState::Failed, CommandState::Expired, CommandState::Cancelled};
    const auto id = make();
    for (const auto from : all) {
        for (const auto to : all) {
            if (from == to) continue;
            force(id, "state = '" + std::string{model::to_string(from)} + "'");
            postgres().sql("do $$ begin update commands set state = '" + std::string{model::to_string(to)} + "' where id = '" +
                           id + "'; exception when check_violation then null; end $$");
            EXPECT_EQ(state(id) == to, model::may_become(from, to)) << model::to_string(from) << " to " << model::to_string(to);
        }
    }
}

TEST_F(CommandRows, TheHubMakesNoneAndSignsNone) {
    make();
    for (const auto* column : {"token", "signed_nonce", "kind", "parameters", "expires_at", "custody_id", "key", "by_staff"})
        EXPECT_EQ(number("select has_column_privilege('vivi_hub', 'commands', '" + std::string{column} + "', 'update')"), "f")
            << column;
    EXPECT_EQ(
        number("select has_table_privilege('vivi_hub', 'commands', 'insert') or has_any_column_privilege('vivi_hub', 'commands',"
               " 'insert')"),
        "f");
    EXPECT_EQ(number("select has_function_privilege('vivi_hub', 'keep_token(uuid,text,text)', 'execute')"), "f");
    EXPECT_EQ(number("select has_table_privilege('vivi_hub', 'rollouts', 'select')"), "f");
}

TEST_F(CommandRows, ATokenIsOfTheNewestNonceOnly) {
    const auto id = make();
    EXPECT_TRUE(must(db::commands_to_sign(api, 1000)).empty() || must(db::commands_to_sign(api, 1000)).front().command != id);
    ASSERT_TRUE(run(db::keep_nonce(hub, site.link, id, nonce, "boot")));
    const auto waiting = must(db::commands_to_sign(api, 1000));
    const auto found = std::ranges::find(waiting, id, &db::Unsigned::command);
    ASSERT_NE(found, waiting.end());
    EXPECT_EQ(found->nonce, nonce);
    EXPECT_EQ(found->boot_id, "boot");
    EXPECT_EQ(found->router, site.router);
    EXPECT_EQ(found->custody, number("select custody_id from routers where id = '" + site.router + "'"));
    EXPECT_FALSE(must(db::keep_token(api, id, std::string(32, 'b'), "stale")));
    EXPECT_FALSE(run(db::mark_sent(hub, site.link, id))) << "nobody signed it";
    EXPECT_TRUE(must(db::keep_token(api, id, nonce, "Vivi x")));
    EXPECT_EQ(must(db::open_jobs(hub, site.link)).at(0).token, "Vivi x");
    ASSERT_TRUE(run(db::keep_nonce(hub, site.link, id, std::string(32, 'c'), "boot")));
    EXPECT_EQ(must(db::open_jobs(hub, site.link)).at(0).token, "") << "it is of another nonce";
    EXPECT_FALSE(run(db::mark_sent(hub, site.link, id)));
}

TEST_F(CommandRows, WhatIsOverIsNeitherSignedNorSentAgain) {
    const auto id = make();
    ASSERT_TRUE(run(db::keep_nonce(hub, site.link, id, nonce, "boot")));
    must(db::cancel_command(api, tenant, id, {}));
    for (const auto& waiting : must(db::commands_to_sign(api, 1000))) EXPECT_NE(waiting.command, id);
    EXPECT_FALSE(must(db::keep_token(api, id, nonce, "Vivi x")));
    EXPECT_FALSE(run(db::keep_nonce(hub, site.link, id, nonce, "boot")));
    EXPECT_FALSE(note(id, CommandState::Running));
    EXPECT_TRUE(must(db::open_jobs(hub, site.link)).empty());
    EXPECT_EQ(run(db::cancel_command(api, tenant, id, {})).error().code, Code::Conflict);
    EXPECT_NE(number("select finished_at from commands where id = '" + id + "'"), "");
}

TEST_F(CommandRows, GoThroughTheirStates) {
    const auto id = make();
    ASSERT_TRUE(run(db::keep_nonce(hub, site.link, id, nonce, "boot")));
    must(db::keep_token(api, id, nonce, "Vivi x"));
    ASSERT_TRUE(run(db::mark_sent(hub, site.link, id)));
    EXPECT_EQ(run(db::cancel_command(api, tenant, id, {})).error().code, Code::Conflict) << "the router may have it";
    ASSERT_TRUE(run(db::requeue(hub, site.link, id)));
    EXPECT_EQ(state(id), CommandState::Queued);
    ASSERT_TRUE(run(db::keep_nonce(hub, site.link, id, nonce, "boot")));
    must(db::keep_token(api, id, nonce, "Vivi x"));
    ASSERT_TRUE(run(db::mark_sent(hub, site.link, id)));
    ASSERT_TRUE(note(id, CommandState::Running, 40));
    EXPECT_EQ(must(db::command(api, tenant, id)).progress, 40);
    EXPECT_FALSE(run(db::requeue(hub, site.link, id))) << "the router took it";
    ASSERT_TRUE(note(id, CommandState::Succeeded, 100));
    const auto over = must(db::command(api, tenant, id));
    EXPECT_EQ(over.state, CommandState::Succeeded);
    EXPECT_EQ(over.result, R"({"a": 1})");
    EXPECT_FALSE(note(id, CommandState::Failed));
}

TEST_F(CommandRows, ATextWithNulsIsKeptWithoutThem) {
    const auto id = make(CommandKind::CollectLogs);
    force(id, "state = 'sent'");
    const model::Json result{{"text", std::string{"a\0b", 3} + "\\u0000c"}};
    ASSERT_TRUE(run(db::note_report(hub, site.link, id, {.state = CommandState::Succeeded, .result = result})));
    EXPECT_EQ(model::Json::parse(must(db::command(api, tenant, id)).result)["text"], "ab\\u0000c");
}

TEST_F(CommandRows, OfAnEarlierCustodyAreNobodysAnyMore) {
    const auto id = make();
    ASSERT_TRUE(run(db::keep_nonce(hub, site.link, id, nonce, "boot")));
    postgres().sql("update routers set custody_id = gen_random_uuid() where id = '" + site.router + "'");
    EXPECT_TRUE(must(db::open_jobs(hub, site.link)).empty());
    for (const auto& waiting : must(db::commands_to_sign(api, 1000))) EXPECT_NE(waiting.command, id);
    EXPECT_FALSE(run(db::keep_nonce(hub, site.link, id, nonce, "boot")));
    ASSERT_TRUE(run(db::return_router(api, tenant, site.router, {})));
    EXPECT_EQ(state(id), CommandState::Cancelled) << "the next owner gets nothing of it";
}

TEST_F(CommandRows, AReplacedSessionWritesNothing) {
    const auto id = make();
    postgres().sql("update routers set session = session + 1 where id = '" + site.router + "'");
    EXPECT_EQ(run(db::keep_nonce(hub, site.link, id, nonce, "boot")).error().code, Code::Conflict);
    EXPECT_EQ(run(db::open_jobs(hub, site.link)).error().code, Code::Conflict);
}

TEST_F(CommandRows, TimeEndsThem) {
    const auto late = make(CommandKind::Ping, "late"), off = make(CommandKind::PowerOff, "off"),
               lost = make(CommandKind::Ping, "lost"), fresh = make(CommandKind::Ping, "fresh");
    force(late, "expires_at = now() - interval '1 second'");
    force(off, "state = 'running', sent_at = now() - interval '5 minutes'");
    force(lost, "state = 'sent', expires_at = now() - interval '2 days', updated_at = now() - interval '2 days'");
    postgres().sql("update routers set hub = '', disconnected_at = now() - interval '50 seconds' where id = '" + site.router +
                   "'");
    auto settled = must(db::settle_commands(api));
    EXPECT_NE(std::ranges::find(settled, site.router, &db::Settled::router), settled.end());
    EXPECT_EQ(state(late), CommandState::Expired);
    EXPECT_EQ(state(lost), CommandState::Failed);
    EXPECT_EQ(state(off), CommandState::Running) << "it may be a short cut of the line";
    postgres().sql("update routers set disconnected_at = now() - interval '61 seconds' where id = '" + site.router + "'");
    must(db::settle_commands(api));
    EXPECT_EQ(state(off), CommandState::Succeeded);
    EXPECT_EQ(state(fresh), CommandState::Queued);
}

TEST_F(CommandRows, AreSeenByTheirOrganisationOnly) {
    const auto id = make();
    const auto stranger = db::Tenant{make_site("strangers").organisation};
    EXPECT_EQ(run(db::command(api, stranger, id)).error().code, Code::NotFound);
    EXPECT_EQ(run(db::cancel_command(api, stranger, id, {})).error().code, Code::NotFound);
    EXPECT_TRUE(must(db::commands(api, stranger, {.router = site.router})).rows.empty());
    auto link = site.link;
    link.organisation = stranger.organisation;
    EXPECT_FALSE(run(db::keep_nonce(hub, link, id, nonce, "boot")));
}

TEST_F(CommandRows, OfStaffAreInTheOrganisationsLogAndListed) {
    const auto made = must(db::make_staff_command(staff, wish(CommandKind::RestartService, "s")));
    EXPECT_TRUE(made.is_new);
    EXPECT_TRUE(made.command.is_by_staff);
    EXPECT_EQ(number("select count(*) from audit_log where action = 'command.made' and organisation_id = '" + site.organisation +
                     "' and (detail ->> 'staff')::boolean"),
              "1");
    EXPECT_TRUE(must(db::command(api, tenant, made.command.id)).is_by_staff);
    const auto theirs = make(CommandKind::CollectLogs, "t");
    force(theirs, "state = 'succeeded', result = '{\"text\":\"02:00:00:00:00:01\"}'");
    const auto page = must(db::staff_commands(staff, {.router = site.router}));
    ASSERT_EQ(page.rows.size(), 2u);
    EXPECT_EQ(page.rows[0].result, "{}") << "what a router saw is the organisation's";
    EXPECT_EQ(run(db::cancel_staff_command(staff, theirs, {})).error().code, Code::NotFound);
    EXPECT_EQ(must(db::cancel_staff_command(staff, made.command.id, {})).state, CommandState::Cancelled);
}

TEST_F(CommandRows, ComeInPagesTheNewestFirst) {
    for (int i = 0; i < 5; ++i) make(CommandKind::Ping, std::to_string(i));
    auto page = must(db::commands(api, tenant, {.router = site.router, .first = 3}));
    ASSERT_EQ(page.rows.size(), 3u);
    EXPECT_TRUE(page.has_next);
    const auto& last = page.rows.back();
    const auto rest =
        must(db::commands(api, tenant, {.router = site.router, .after_us = last.created_us, .after_id = last.id, .first = 3}));
    EXPECT_EQ(rest.rows.size(), 2u);
    EXPECT_FALSE(rest.has_next);
}

}  // namespace
}  // namespace vivi::test
