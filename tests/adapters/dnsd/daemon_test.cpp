// vivi-dnsd between a guest and real resolvers: what the guest's dig sees.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <csignal>

#include "tests/adapters/dnsd/daemon_fixture.hpp"

namespace vivi::dnsd {
namespace {

using testing::HasSubstr;
using testing::Not;

model::DomainRule denied(std::string domain) { return {.domain = std::move(domain)}; }

class DnsdDaemon : public DnsdFixture {};

TEST_F(DnsdDaemon, AnswersOverUdpAndTcpAndBothFamilies) {
    start({});
    EXPECT_EQ(venue->lookup("www.good.example"), "198.18.1.10\n");
    EXPECT_EQ(venue->lookup("+tcp www.good.example"), "198.18.1.10\n");
    EXPECT_EQ(venue->lookup("AAAA www.good.example"), "2001:db8::10\n");
    for (const auto* how : {"", "+tcp "})
        EXPECT_EQ(venue->on_guest(std::string{"dig +short +timeout=3 +tries=1 @fd66::1 "} + how + "www.good.example"),
                  "198.18.1.10\n")
            << how;
    EXPECT_THAT(venue->dig("nothing.good.example"), HasSubstr("NXDOMAIN"));
}

TEST_F(DnsdDaemon, AnswersFromTheAddressThatWasAsked) {
    start({});
    // dig refuses an answer from another address than it asked ("reply from unexpected source").
    EXPECT_EQ(venue->on_guest("dig +short +timeout=3 +tries=1 @198.18.1.7 www.good.example"), "198.18.1.10\n");
}

TEST_F(DnsdDaemon, ExplainsWhatItBlocks) {
    start({.domains = {denied("bad.example")}});
    const auto said = venue->dig("www.bad.example");
    EXPECT_THAT(said, HasSubstr("status: NXDOMAIN"));
    EXPECT_THAT(said, HasSubstr("EDE: 15 (Blocked)")) << "RFC 8914 section 4.16";
    EXPECT_THAT(said, HasSubstr("bad.example"));
    EXPECT_THAT(venue->dig("+tcp www.bad.example"), HasSubstr("status: NXDOMAIN"));
    EXPECT_EQ(venue->lookup("www.good.example"), "198.18.1.10\n");
    EXPECT_GE(dnsd->counter("blocked"), 2U);
}

TEST_F(DnsdDaemon, BlocksInTheFormThatIsConfigured) {
    start({.domains = {denied("bad.example")}}, R"({"block_answer":"null"})");
    EXPECT_EQ(venue->lookup("www.bad.example"), "0.0.0.0\n");
    EXPECT_EQ(venue->lookup("AAAA www.bad.example"), "::\n");
    dnsd.reset();
    start({.domains = {denied("bad.example")}}, R"({"block_answer":"page"})");
    EXPECT_EQ(venue->lookup("www.bad.example"), "10.66.0.1\n");
}

TEST_F(DnsdDaemon, SeesThroughAliases) {
    start({.domains = {denied("bad.example")}});
    const auto said = venue->dig("cloaked.good.example");
    EXPECT_THAT(said, HasSubstr("status: NXDOMAIN"));
    EXPECT_THAT(said, HasSubstr("EDE: 15 (Blocked)"));
}

TEST_F(DnsdDaemon, LetsNoNameLeadIntoThePrivateNetwork) {
    start({});
    EXPECT_EQ(venue->lookup("inside.rebind.example"), "");
    EXPECT_EQ(venue->lookup("mixed.rebind.example"), "198.18.1.13\n");
    dnsd.reset();
    start({}, R"({"private_names":["rebind.example"]})");
    EXPECT_EQ(venue->lookup("inside.rebind.example"), "192.168.1.10\n");
}

TEST_F(DnsdDaemon, LargeAnswersComeOverTcp) {
    start({});
    EXPECT_THAT(venue->dig("+ignore +bufsize=1232 TXT big.good.example"), HasSubstr(" tc"));
    EXPECT_THAT(venue->lookup("TXT big.good.example"), HasSubstr(std::string(200, 'l')));
}

TEST_F(DnsdDaemon, DecidesByDevice) {
    model::Policy policy;
    policy.domains = {denied("bad.example")};
    policy.domains[0].scope.device = parse_mac(test::DnsVenue::guest_mac);
    start(policy);
    EXPECT_THAT(venue->dig("www.bad.example"), HasSubstr("status: NXDOMAIN"))
        << "by its MAC, which the kernel knows as a neighbour";
    EXPECT_THAT(venue->on_guest("dig +timeout=3 +tries=1 @fd66::1 www.bad.example"), HasSubstr("status: NXDOMAIN"));
    policy.domains[0].scope.device = parse_mac("02:00:00:00:00:77");
    files.decide(policy, 2);
    dnsd->await_log("policy.swapped revision=2");
    EXPECT_EQ(venue->lookup("www.bad.example"), "198.18.1.12\n") << "it is another device that may not";
}

TEST_F(DnsdDaemon, AllowsAndSaysSoUntilThereAreRules) {
    dnsd.emplace(std::map<std::string, std::string>{{"VIVI_POLICY_FOLDER", folder / "not-there"},
                                                    {"VIVI_UPSTREAM_ADDRESSES", "127.0.0.1:5335"}});
    EXPECT_EQ(venue->lookup("www.bad.example"), "198.18.1.12\n");
    EXPECT_EQ(dnsd->health()["policy"], "missing");
    EXPECT_THAT(dnsd->log(), HasSubstr("policy.missing"));
}

TEST_F(DnsdDaemon, KeepsItsRulesWhenTheFileIsDamagedAndTakesTheNextGoodOne) {
    start({.domains = {denied("bad.example")}});
    ASSERT_TRUE(state::replace_file(files.path() + "/rules.bin", as_bytes("damaged")));
    dnsd->await_log("policy.unreadable");
    EXPECT_THAT(venue->dig("www.bad.example"), HasSubstr("status: NXDOMAIN"));
    EXPECT_THAT(dnsd->health()["policy_problem"].get<std::string>(), HasSubstr("rules.bin"));
    files.decide({}, 2);
    dnsd->await_log("policy.swapped revision=2");
    EXPECT_EQ(venue->lookup("www.bad.example"), "198.18.1.12\n");
}

TEST_F(DnsdDaemon, EndsWithinFiveSecondsWhenAsked) {
    start({});
    venue->lookup("www.good.example");
    const auto asked = std::chrono::steady_clock::now();
    dnsd->process().signal(SIGTERM);
    EXPECT_EQ(dnsd->process().wait(), 0) << dnsd->log();
    EXPECT_LT(std::chrono::steady_clock::now() - asked, 5s) << "without a broker to tell the last tick to";
}

TEST_F(DnsdDaemon, SaysWhoElseHasThePort) {
    start({});
    test::TempFolder other;
    test::Child second_one{{.command = {VIVI_DNSD, "--config", "/dev/null"},
                            .environment = {{"VIVI_HEALTH_SOCKET", other / "health"}},
                            .output = other / "log",
                            .user = {}}};
    EXPECT_EQ(second_one.wait(), 1);
    EXPECT_THAT(test::text_of(other / "log"), HasSubstr("stop the other DNS server on this machine"));
}

TEST_F(DnsdDaemon, RefusesSettingsThatCannotBe) {
    for (const auto& [key, value] : {std::pair{"VIVI_LISTEN_PORT", "70000"},
                                     {"VIVI_LISTEN_ADDRESSES", "resolver.example"},
                                     {"VIVI_UPSTREAM_ADDRESSES", "127.0.0.1:0"},
                                     {"VIVI_UPSTREAM_PORTS", "0"}}) {
        test::TempFolder out;
        test::Child check{{.command = {VIVI_DNSD, "--config", "/dev/null", "--check"},
                           .environment = {{key, value}},
                           .output = out / "log",
                           .user = {}}};
        EXPECT_EQ(check.wait(), 78) << key << ": " << test::text_of(out / "log");
    }
}

}  // namespace
}  // namespace vivi::dnsd
