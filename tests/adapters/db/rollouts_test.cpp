// Roll-outs turn by turn: canaries first, growing steps, stops by themselves, pauses, freezes, routers that are away.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/rollouts.hpp"

#include <algorithm>
#include <set>

#include "server/db/commands.hpp"
#include "tests/adapters/db/fixture.hpp"

namespace vivi::test {
namespace {

class Rollouts : public Database {
protected:
    db::Pool staff{postgres().url("vivi_staff"), 1};
    std::vector<Site> sites{};
    std::string version{}, release{};

    void make_fleet(std::size_t count) {
        static int fleet = 0;
        version = "7.0." + std::to_string(++fleet);
        for (std::size_t i = 0; i < count; ++i) sites.push_back(make_site("fleet" + std::to_string(fleet)));
        release = must(
            db::add_release(postgres().owner_url(), {.version = version, .architecture = "arm64", .signature = "s"}, "bundle"));
    }
    db::NewRollout wish(std::size_t canaries) const {
        db::NewRollout made{
            .release = release, .name = "r", .percentages = {50, 100}, .most_failed_percent = 30, .soak = Seconds{0}};
        for (const auto& site : sites) made.target.routers.push_back(site.router);
        for (std::size_t i = 0; i < canaries; ++i) made.canaries.push_back(sites[i].router);
        return made;
    }
    std::string start(const db::NewRollout& made) {
        const auto id = must(db::make_rollout(staff, made)).id;
        must(db::move_rollout(staff, id, db::RolloutMove::Start, {}));
        return id;
    }
    /// Whom a turn told, of this test's routers.
    std::vector<std::string> turn() {
        std::vector<std::string> routers;
        for (const auto& told : must(db::advance_rollouts(staff))) {
            if (std::ranges::find(sites, told.router, &Site::router) != sites.end()) routers.push_back(told.router);
        }
        return routers;
    }
    /// The router's newest command ends so.
    void end(const std::string& router, const std::string& state) {
        postgres().sql("update commands set state = 'sent' where router_id = '" + router +
                       "' and state = 'queued';"
                       "update commands set state = '" +
                       state + "', detail = 'as it was' where router_id = '" + router + "' and state = 'sent'");
    }
    void end_all(const std::vector<std::string>& routers, const std::string& state) {
        for (const auto& router : routers) end(router, state);
    }
    db::Rollout look(const std::string& id) { return must(db::rollout(staff, id)); }
    void set(const std::string& router, const std::string& what) {
        postgres().sql("update routers set " + what + " where id = '" + router + "'");
    }
};

TEST_F(Rollouts, TellCanariesFirstThenGrowingPartsOfTheRest) {
    make_fleet(6);
    const auto draft = must(db::make_rollout(staff, wish(2)));
    EXPECT_EQ(draft.state, db::RolloutState::Draft);
    EXPECT_EQ(draft.pending, 6);
    EXPECT_EQ(draft.percentages, (std::vector<int>{50, 100}));
    EXPECT_TRUE(turn().empty()) << "a draft tells nobody";
    must(db::move_rollout(staff, draft.id, db::RolloutMove::Start, {}));

    auto told = turn();
    EXPECT_EQ(std::set<std::string>(told.begin(), told.end()), (std::set<std::string>{sites[0].router, sites[1].router}));
    EXPECT_TRUE(turn().empty()) << "they are at it";
    end(sites[0].router, "succeeded");
    EXPECT_TRUE(turn().empty()) << "the other canary is not done";
    end(sites[1].router, "succeeded");
    told = turn();
    EXPECT_EQ(told.size(), 2u) << "half of the other four";
    EXPECT_EQ(look(draft.id).step, 1);
    end_all(told, "succeeded");
    told = turn();
    EXPECT_EQ(told.size(), 2u);
    end_all(told, "succeeded");
    turn();
    const auto over = look(draft.id);
    EXPECT_EQ(over.state, db::RolloutState::Finished);
    EXPECT_EQ(over.succeeded, 6);
    EXPECT_EQ(
        number("select count(*) from commands where kind = 'update_software' and parameters ->> 'version' = '" + version + "'"),
        "6");
    EXPECT_EQ(
        number("select count(*) from audit_log where action = 'command.made' and detail ->> 'rollout' = '" + draft.id + "'"),
        "6");
}

TEST_F(Rollouts, StopByThemselvesWhenTooManyFail) {
    make_fleet(6);
    const auto id = start(wish(2));
    turn();
    end(sites[0].router, "failed");
    EXPECT_TRUE(turn().empty());
    auto stopped = look(id);
    EXPECT_EQ(stopped.state, db::RolloutState::Stopped);
    EXPECT_EQ(stopped.stop_reason, "1 of 2 routers failed");
    EXPECT_EQ(stopped.failed, 1);
    EXPECT_EQ(number("select state from commands where router_id = '" + sites[1].router + "'"), "cancelled")
        << "it had not left yet";
    EXPECT_TRUE(turn().empty());
    EXPECT_EQ(number("select count(*) from audit_log where action = 'rollout.stopped' and target = '" + id + "'"), "1");

    EXPECT_EQ(run(db::move_rollout(staff, id, db::RolloutMove::Pause, {})).error().code, Code::Conflict);
    must(db::move_rollout(staff, id, db::RolloutMove::Resume, {}));
    EXPECT_EQ(turn().size(), 2u) << "both canaries again";
}

TEST_F(Rollouts, GoOnUnderTheThreshold) {
    make_fleet(5);
    auto made = wish(0);
    made.percentages = {100};
    const auto id = start(made);
    const auto told = turn();
    ASSERT_EQ(told.size(), 5u) << "no canaries: the first step at once";
    end(told[0], "failed");
    for (std::size_t i = 1; i < told.size(); ++i) end(told[i], "succeeded");
    turn();
    EXPECT_EQ(look(id).state, db::RolloutState::Finished) << "1 of 5 is under 30 per cent";
    const auto failed_ones = must(db::rollout_routers(staff, id, db::RolloutRouterState::Failed, 10));
    ASSERT_EQ(failed_ones.size(), 1u);
    EXPECT_EQ(failed_ones[0].router, told[0]);
    EXPECT_EQ(failed_ones[0].detail, "as it was");
}

TEST_F(Rollouts, PauseIsNotCancel) {
    make_fleet(3);
    auto made = wish(0);
    made.percentages = {100};
    const auto id = start(made);
    ASSERT_EQ(turn().size(), 3u);
    postgres().sql("update commands set state = 'sent' where router_id = '" + sites[0].router + "'");
    must(db::move_rollout(staff, id, db::RolloutMove::Pause, {}));
    auto paused = look(id);
    EXPECT_EQ(paused.told, 1) << "who has it goes on";
    EXPECT_EQ(paused.pending, 2);
    EXPECT_TRUE(turn().empty());
    end(sites[0].router, "succeeded");
    turn();
    EXPECT_EQ(look(id).succeeded, 1) << "and is counted";
    must(db::move_rollout(staff, id, db::RolloutMove::Resume, {}));
    EXPECT_EQ(turn().size(), 2u);
    must(db::move_rollout(staff, id, db::RolloutMove::Cancel, {}));
    EXPECT_TRUE(turn().empty());
    EXPECT_EQ(look(id).pending, 2);
    EXPECT_EQ(run(db::move_rollout(staff, id, db::RolloutMove::Resume, {})).error().code, Code::Conflict)
        << "cancelled is for good";
}

TEST_F(Rollouts, RoutersThatAreAwayStayPendingAndHoldNobodyUp) {
    make_fleet(4);
    const auto id = start(wish(2));
    set(sites[0].router, "hub = ''");
    ASSERT_EQ(turn(), std::vector<std::string>{sites[1].router});
    EXPECT_EQ(look(id).offline, 1);
    end(sites[1].router, "succeeded");
    const auto told = turn();
    EXPECT_EQ(told.size(), 1u) << "one canary has shown that it works";
    end_all(told, "succeeded");
    const auto last = turn();
    EXPECT_EQ(last.size(), 1u);
    end_all(last, "succeeded");
    turn();
    EXPECT_EQ(look(id).state, db::RolloutState::Running) << "it stays open for the one that is away";
    set(sites[0].router, "hub = 'hub-1', last_seen_at = now()");
    EXPECT_EQ(turn(), std::vector<std::string>{sites[0].router});
    end(sites[0].router, "expired");
    EXPECT_EQ(turn(), std::vector<std::string>{sites[0].router}) << "it was away again: once more";
}

TEST_F(Rollouts, ACanaryGroupThatIsAwayProvesNothing) {
    make_fleet(3);
    start(wish(1));
    set(sites[0].router, "hub = ''");
    EXPECT_TRUE(turn().empty());
    EXPECT_TRUE(turn().empty());
}

TEST_F(Rollouts, FreezeWhileTheEventOfARouterGoesOn) {
    make_fleet(1);
    const auto event = number("insert into events (organisation_id, name, starts_at, ends_at) values ('" + sites[0].organisation +
                              "', 'live', now() - interval '1 hour', now() + interval '1 hour') returning id");
    set(sites[0].router, "event_id = '" + event + "'");
    auto made = wish(0);
    const auto id = start(made);
    EXPECT_TRUE(turn().empty());
    turn();
    EXPECT_EQ(look(id).frozen, 1);
    postgres().sql("update events set ends_at = now() - interval '1 minute' where id = '" + event + "'");
    turn();
    EXPECT_EQ(look(id).told, 1);
}

TEST_F(Rollouts, WaitForTheSoakTimeOfEachStep) {
    make_fleet(2);
    auto made = wish(1);
    made.soak = Seconds{600};
    const auto id = start(made);
    turn();
    end(sites[0].router, "succeeded");
    EXPECT_TRUE(turn().empty());
    postgres().sql("update rollout_routers set changed_at = now() - interval '601 seconds' where rollout_id = '" + id + "'");
    for (int i = 0; i < 2; ++i) turn();  // With one router of the rest, one of the two steps has nobody.
    EXPECT_EQ(look(id).told, 1);
}

TEST_F(Rollouts, TellAtMostSoManyAtOnce) {
    make_fleet(3);
    auto made = wish(0);
    made.percentages = {100};
    made.most_at_once = 2;
    start(made);
    const auto told = turn();
    ASSERT_EQ(told.size(), 2u);
    EXPECT_TRUE(turn().empty());
    end(told[0], "succeeded");
    EXPECT_EQ(turn().size(), 1u);
}

TEST_F(Rollouts, LeaveOutWhatWasReturnedAndCountWhatHasTheVersion) {
    make_fleet(3);
    auto made = wish(0);
    made.percentages = {100};
    const auto id = start(made);
    set(sites[0].router, "software = 'vivi-bridged " + version + "'");
    set(sites[1].router, "state = 'returned'");
    EXPECT_EQ(turn(), std::vector<std::string>{sites[2].router});
    const auto seen = look(id);
    EXPECT_EQ(seen.succeeded, 1);
    EXPECT_EQ(seen.left_out, 1);
}

TEST_F(Rollouts, OfAWithdrawnReleaseStop) {
    make_fleet(1);
    const auto id = start(wish(0));
    must(db::withdraw_release(postgres().owner_url(), release));
    EXPECT_TRUE(turn().empty());
    EXPECT_EQ(look(id).state, db::RolloutState::Stopped);
    EXPECT_EQ(run(db::make_rollout(staff, wish(0))).error().code, Code::NotFound);
}

TEST_F(Rollouts, WhatIsMeantMustBeThere) {
    make_fleet(2);
    auto nobody = wish(0);
    nobody.target.routers = {sites[0].organisation};
    EXPECT_EQ(run(db::make_rollout(staff, nobody)).error().code, Code::Invalid);
    auto stray = wish(0);
    stray.target.routers.pop_back();
    stray.canaries = {sites[1].router};
    EXPECT_EQ(run(db::make_rollout(staff, stray)).error().code, Code::Invalid);
    auto all = wish(0);
    all.target = {.organisation = sites[0].organisation};
    EXPECT_EQ(must(db::make_rollout(staff, all)).pending, 1);
    EXPECT_FALSE(run(db::release(api, sites[0].router)));
    EXPECT_GE(must(db::releases(api)).size(), 1u);
}

}  // namespace
}  // namespace vivi::test
