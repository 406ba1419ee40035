// vivi-dnsd before resolvers that lie, lose, dawdle and die.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/adapters/dnsd/daemon_fixture.hpp"
#include "tests/adapters/dnsd/scripted_upstream.hpp"

namespace vivi::dnsd {
namespace {

using testing::HasSubstr;
using testing::Not;

class DnsdUpstream : public DnsdFixture {};

TEST_F(DnsdUpstream, BelievesOnlyTheAnswerToItsQuestion) {
    const test::ScriptedUpstream scripted{5340};
    start({}, "{}", "127.0.0.1:5340");
    for (const auto* how : {"wrong-id", "wrong-question", "wrong-port", "garbage"})
        EXPECT_EQ(venue->lookup(std::string{how} + ".test.example"), "198.18.1.10\n") << how;
    // A lie from another port never reaches the socket; of garbage there are three.
    EXPECT_GE(dnsd->counter("wrong_answers"), 4U);
}

TEST_F(DnsdUpstream, AsksAgainWhatWasLost) {
    const test::ScriptedUpstream scripted{5340};
    start({}, "{}", "127.0.0.1:5340");
    EXPECT_EQ(venue->lookup("late.test.example"), "198.18.1.10\n");
    EXPECT_GE(dnsd->counter("retries"), 1U);
}

TEST_F(DnsdUpstream, GivesUpWithAReasonWithinFourSeconds) {
    const test::ScriptedUpstream scripted{5340};
    start({}, "{}", "127.0.0.1:5340");
    const auto began = std::chrono::steady_clock::now();
    const auto said = venue->dig("never.test.example");
    EXPECT_THAT(said, HasSubstr("status: SERVFAIL"));
    EXPECT_THAT(said, HasSubstr("EDE: 23 (Network Error)")) << "RFC 8914 section 4.24";
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
}

TEST_F(DnsdUpstream, AsksOverTcpForWhatWasCutOff) {
    const test::ScriptedUpstream scripted{5340};
    start({}, "{}", "127.0.0.1:5340");
    EXPECT_EQ(venue->lookup("truncated.test.example"), "198.18.1.10\n") << "dig itself comes again over TCP";
    EXPECT_EQ(scripted.tcp_questions(), 1);
}

TEST_F(DnsdUpstream, DoesWithoutLetterCaseWhereItIsNotKept) {
    const test::ScriptedUpstream scripted{5340};
    start({}, "{}", "127.0.0.1:5340");
    EXPECT_EQ(venue->lookup("upper.test.example"), "198.18.1.10\n");
    EXPECT_EQ(dnsd->health()["upstreams"][0]["keeps_case"], false);
}

TEST_F(DnsdUpstream, AsksElsewhereAtOnceWhenAPortIsClosed) {
    start({}, "{}", "127.0.0.1:5399,127.0.0.1:5335");
    EXPECT_EQ(venue->lookup("www.good.example"), "198.18.1.10\n");
    EXPECT_GE(dnsd->counter("upstream_ports_refused"), 1U) << "by ICMP, not by a timeout";
}

TEST_F(DnsdUpstream, AsksTheConfigurationsResolversFirst) {
    const test::ScriptedUpstream scripted{53, venue->guest()};
    start({}, R"({"upstream":["10.66.0.50"]})", "127.0.0.1:5335");
    EXPECT_EQ(venue->lookup("wrong-id.test.example"), "198.18.1.10\n") << "a name that only this one has";
}

TEST_F(DnsdUpstream, LosesNothingWhenTheFirstResolverDiesUnderLoad) {
    start({});
    test::Load load{*venue, *authority, 5};
    test::await("half of the load", [&] { return dnsd->counter("answered") > 2'000; });
    first->kill();
    const auto report = load.report();
    EXPECT_THAT(report, HasSubstr("Queries lost:         0")) << report;
    EXPECT_THAT(report, HasSubstr("(100.00%)"));
    EXPECT_THAT(report, Not(HasSubstr("SERVFAIL"))) << report;
    first->start();
    EXPECT_EQ(venue->lookup("www.good.example"), "198.18.1.10\n");
}

TEST_F(DnsdUpstream, LeavesNoQueryUnansweredWhileRulesAreSwapped) {
    start({});
    test::Load load{*venue, *authority, 4, {"www.good.example"}};
    std::int64_t revision = 1;
    while (!load.has_ended()) {
        model::Policy policy;
        if (++revision % 2 == 0) policy.domains.push_back({.domain = "www.good.example"});
        files.decide(policy, revision);
    }
    const auto report = load.report();
    EXPECT_GT(revision, 20);
    EXPECT_THAT(report, HasSubstr("Queries lost:         0")) << report;
    EXPECT_THAT(report, Not(HasSubstr("SERVFAIL"))) << report;
    EXPECT_THAT(report, HasSubstr("NXDOMAIN")) << "some of the rules were in force: " << report;
    test::await("the last revision", [&] { return dnsd->health()["revision"] == revision; });
}

TEST_F(DnsdUpstream, GoesOnWhenTheOnlyResolverComesBack) {
    start({}, "{}", "127.0.0.1:5335");
    EXPECT_EQ(venue->lookup("www.good.example"), "198.18.1.10\n");
    first->kill();
    EXPECT_THAT(venue->dig("s1.site.example"), HasSubstr("SERVFAIL"));
    first->start();
    test::await("an answer", [&] { return venue->lookup("s2.site.example") == "198.18.1.2\n"; });
}

}  // namespace
}  // namespace vivi::dnsd
