// Commit-confirm: what is guarded, what proves it, what takes it back, and that a power cut changes none of it.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/trial.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace vivi::bridged {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using State = Trial::State;
using Verdict = Trial::Verdict;

constexpr Instant start{};
constexpr Trial::Reach everything{.gateway = true, .dns = true};

nlohmann::json document(std::int64_t revision, const std::string& address = "10.66.0.1/22") {
    return {{"v", 1},
            {"revision", revision},
            {"custody", "c"},
            {"networks", {{{"name", "lan"}, {"interface", "br-lan"}, {"address", address}}}},
            {"uplink", {{"interface", "uplink0"}, {"mode", "dhcp"}}},
            {"policy", {{"mode", "block-listed"}}}};
}
model::Configuration parsed(const nlohmann::json& json) {
    auto configuration = model::parse_configuration(json);
    EXPECT_TRUE(configuration) << (configuration ? "" : configuration.error().front());
    return configuration.value_or(model::Configuration{});
}

Trial pending() {
    Trial trial;
    trial.begin(7, document(6).dump(), 41, start);
    return trial;
}

TEST(BridgedTrial, GuardsNetworksUplinkAndDnsAndNeverABan) {
    const auto before = parsed(document(6));
    EXPECT_TRUE(is_guarded_change(before, parsed(document(7, "10.67.0.1/22"))));
    auto uplink = document(7);
    uplink["uplink"]["interface"] = "eth1";
    EXPECT_TRUE(is_guarded_change(before, parsed(uplink)));
    auto dns = document(7);
    dns["dns"] = {{"upstream", {"192.0.2.53"}}};
    EXPECT_TRUE(is_guarded_change(before, parsed(dns)));
    auto ban = document(7);
    ban["policy"]["devices"] = {{{"device", "02:00:00:00:00:01"}, {"decision", "deny"}, {"reason", ""}}};
    EXPECT_FALSE(is_guarded_change(before, parsed(ban)));
    auto custody = document(7, "10.67.0.1/22");
    custody["custody"] = "another";
    EXPECT_FALSE(is_guarded_change(before, parsed(custody))) << "the one before is another's";
}

TEST(BridgedTrial, IsArmedOnlyWhenTheTunnelIsUp) {
    Trial trial;
    trial.begin(7, document(6).dump(), 0, start);
    EXPECT_EQ(trial.state(), State::None);
    EXPECT_EQ(pending().state(), State::Pending);
}

TEST(BridgedTrial, OnlyAFreshlyDialledConnectionConfirms) {
    auto trial = pending();
    EXPECT_FALSE(trial.welcomed(41)) << "the connection that was up";
    EXPECT_FALSE(trial.welcomed(0)) << "a hub that does not say which";
    EXPECT_EQ(trial.state(), State::Pending);
    EXPECT_TRUE(trial.welcomed(42));
    EXPECT_EQ(trial.state(), State::None);
    EXPECT_FALSE(trial.is_due(start + 1'000s));
}

TEST(BridgedTrial, AsksForAnotherConnectionWhileTheOldOneIsUsed) {
    auto trial = pending();
    EXPECT_TRUE(trial.take_dial(41, start));
    EXPECT_FALSE(trial.take_dial(41, start + 1s));
    EXPECT_FALSE(trial.take_dial(0, start + 21s)) << "no stream: the tunnel dials by itself";
    EXPECT_TRUE(trial.take_dial(41, start + 21s));
    EXPECT_FALSE(Trial{}.take_dial(0, start));
}

TEST(BridgedTrial, IsRevertedAfter180SecondsWhenAHubWasHeard) {
    auto trial = pending();
    trial.welcomed(41);
    EXPECT_FALSE(trial.is_due(start + 179s));
    EXPECT_TRUE(trial.is_due(start + 180s));
    EXPECT_EQ(trial.judge(everything), Verdict::Reverted);
    EXPECT_EQ(trial.proven(), document(6).dump());
    EXPECT_THAT(trial.reason(), HasSubstr("180 s"));
    EXPECT_FALSE(trial.is_due(start + 400s)) << "once";
}

TEST(BridgedTrial, IsKeptWhenOnlyTheHubsAreAway) {
    auto trial = pending();
    EXPECT_EQ(trial.judge(everything), Verdict::Kept);
    EXPECT_EQ(trial.state(), State::Kept);
    EXPECT_FALSE(trial.is_due(start + 10'000s)) << "it stays";
    EXPECT_TRUE(trial.welcomed(42)) << "and is proven when a hub is back";
}

TEST(BridgedTrial, IsRevertedWhenGatewayOrDnsIsAway) {
    EXPECT_EQ(pending().judge({.gateway = false, .dns = true}), Verdict::Reverted);
    EXPECT_EQ(pending().judge({.gateway = true, .dns = false}), Verdict::Reverted);
}

TEST(BridgedTrial, TheWayBackIsTheLastThatWasProven) {
    auto trial = pending();
    trial.begin(8, document(7, "10.67.0.1/22").dump(), 41, start + 100s);
    EXPECT_EQ(trial.revision(), 8);
    EXPECT_EQ(trial.proven(), document(6).dump()) << "7 was never proven";
    EXPECT_FALSE(trial.is_due(start + 200s)) << "8 has its own 180 s";
    EXPECT_TRUE(trial.welcomed(42));
    trial.begin(9, document(8, "10.68.0.1/22").dump(), 42, start + 300s);
    EXPECT_EQ(trial.proven(), document(8, "10.68.0.1/22").dump());
}

TEST(BridgedTrial, SurvivesAPowerCut) {
    const auto before = pending();
    auto after = Trial::parse(before.text(), start + 500s);
    EXPECT_EQ(after.state(), State::Pending);
    EXPECT_EQ(after.revision(), 7);
    EXPECT_EQ(after.proven(), document(6).dump());
    EXPECT_FALSE(after.is_due(start + 500s + 179s)) << "how long the power was away is not known";
    EXPECT_TRUE(after.welcomed(42));
    EXPECT_EQ(Trial::parse("", start).state(), State::None);
    EXPECT_EQ(Trial::parse(R"({"state":"pending"})", start).state(), State::None);
}

TEST(BridgedTrial, ARouterThatStartsAgainAndAgainGoesBackAtOnce) {
    auto trial = pending();
    for (int i = 0; i < Trial::most_starts; ++i) {
        trial = Trial::parse(trial.text(), start);
        EXPECT_FALSE(trial.is_due(start)) << i;
    }
    trial = Trial::parse(trial.text(), start);
    EXPECT_TRUE(trial.is_due(start));
    EXPECT_EQ(trial.judge(everything), Verdict::Reverted);
}

TEST(BridgedTrial, WhatWasRevertedIsNotTriedAgainAndBansAreEnforcedAllTheSame) {
    auto trial = pending();
    trial.welcomed(41);
    ASSERT_EQ(trial.judge(everything), Verdict::Reverted);
    const auto failed = document(7, "10.67.0.1/22");
    trial.refuse(parsed(failed));
    EXPECT_THAT(trial.unenforced(), ElementsAre(HasSubstr("/networks: taken back: no new connection")));

    auto with_ban = document(8, "10.67.0.1/22");
    with_ban["policy"]["devices"] = {{{"device", "02:00:00:00:00:01"}, {"decision", "deny"}, {"reason", ""}}};
    auto again = Trial::parse(trial.text(), start);
    const auto effective = nlohmann::json::parse(again.effective(with_ban.dump(), parsed(with_ban), trial.proven()));
    EXPECT_EQ(effective["revision"], 8);
    EXPECT_EQ(effective["networks"], document(6)["networks"]);
    EXPECT_EQ(effective["policy"], with_ban["policy"]);

    const auto other = document(9, "10.68.0.1/22");
    EXPECT_EQ(again.effective(other.dump(), parsed(other), trial.proven()), other.dump()) << "others may be tried";
    EXPECT_THAT(again.unenforced(), IsEmpty());
}

}  // namespace
}  // namespace vivi::bridged
