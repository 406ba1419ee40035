// Profiles go from router to router whole or not at all; differences between policies are told in a person's words.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/profile.hpp"

#include <gmock/gmock.h>

#include "common/model/policy_diff.hpp"

namespace vivi::model {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}}, laptop{{0x02, 0, 0, 0, 0, 0x02}};

Profile comic_con() {
    return {.name = "Comic-Con 2026",
            .description = "Halls 1 to 4",
            .policy = {.mode = Mode::AllowListed,
                       .groups = {{.name = "guests", .devices = {phone}}},
                       .devices = {{.device = laptop, .reason = "scans"}},
                       .domains = {{.domain = "example.org", .decision = Decision::Allow, .scope = {.group = "guests"}}}}};
}

Problems problems_of(const Json& json) {
    auto parsed = parse_profile(json);
    return parsed ? Problems{} : parsed.error();
}

TEST(Profile, SurvivesItsJson) {
    EXPECT_EQ(parse_profile(to_json(comic_con())), comic_con());
    EXPECT_EQ(parse_profile(Json::parse(to_json(comic_con()).dump(2))), comic_con()) << "white space is not part of it";
}

TEST(Profile, HasAStableOrderAndAKnownChecksum) {
    EXPECT_EQ(
        to_json(Profile{.name = "empty"}).dump(),
        R"({"checksum":"sha256:40a1f52ff80ea8e9babfa4c582b2382cc95ac07d932b23a821fd08eb681b00c0","description":"","name":"empty",)"
        R"("policy":{"addresses":[],"categories":[],"devices":[],"domains":[],"groups":[],"limits":[],"lists":[],)"
        R"("mode":"block-listed","new_devices":"allow","phases":[],"protected_devices":[],"schedules":[],"services":[],)"
        R"("time_zone":"UTC"},"v":1,"vivi":"profile"})");
}

TEST(Profile, AnEditedOneIsRefusedWithTheChecksumItWouldHave) {
    auto json = to_json(comic_con());
    const auto old = json["checksum"].get<std::string>();
    json["policy"]["mode"] = "block-listed";
    const auto problems = problems_of(json);
    ASSERT_THAT(problems, SizeIs(1));
    const std::string_view problem = problems.front();
    EXPECT_TRUE(
        problem.starts_with("/checksum: does not fit: the policy was changed after the profile was saved; it is now sha256:"))
        << problem;
    json["checksum"] = std::string{problem.substr(problem.find("sha256:"))};
    EXPECT_TRUE(parse_profile(json));
    EXPECT_NE(json["checksum"], old);
}

TEST(Profile, EveryOtherMistakeIsReportedToo) {
    const auto with = [](const char* key, const Json& value) {
        auto json = to_json(comic_con());
        json[key] = value;
        return problems_of(json);
    };
    EXPECT_THAT(with("v", 2), ElementsAre("/v: is 2, from a newer Vivi; this one reads 1"));
    EXPECT_THAT(with("v", 0), ElementsAre("/v: must be 1"));
    EXPECT_THAT(with("vivi", "policy"), ElementsAre("/vivi: must be profile"));
    EXPECT_THAT(with("name", ""), ElementsAre("/name: must have 1 to 63 characters, none of them a control character"));
    EXPECT_THAT(with("typo", 1), ElementsAre("/typo: unknown key"));
    EXPECT_THAT(with("policy", Json{{"mode", "open"}}), ElementsAre("/policy/mode: must be one of block-listed allow-listed"));
    EXPECT_THAT(with("policy", Json{{"never_blocked", {"vivi.example"}}}),
                ElementsAre("/policy/never_blocked: belongs to a router, not to a profile"));
    EXPECT_THAT(with("policy", 7), ElementsAre("/policy: must be an object"));
    EXPECT_THAT(problems_of(Json::array()), ElementsAre(": must be an object"));
    EXPECT_THAT(problems_of(Json::object()), SizeIs(5)) << "vivi, v, name, policy, checksum";
}

TEST(Profile, LoadedOnAnotherRouterItKeepsWhatKeepsThatRouterReachable) {
    auto saved = comic_con();
    saved.policy.never_blocked = {"dashboard.old.example"};
    const auto travelled = parse_profile(to_json(saved));
    ASSERT_TRUE(travelled);
    const auto policy =
        load(*travelled,
             {.mode = Mode::BlockListed, .domains = {{.domain = "example.net"}}, .never_blocked = {"dashboard.new.example"}});
    EXPECT_THAT(policy.never_blocked, ElementsAre("dashboard.new.example"));
    EXPECT_EQ(policy.mode, Mode::AllowListed);
    EXPECT_THAT(policy.domains, SizeIs(1)) << "the profile replaces, it does not add";
    EXPECT_EQ(policy.devices, saved.policy.devices) << "bans travel";
}

std::vector<std::string> lines(const Policy& before, const Policy& after) {
    std::vector<std::string> lines;
    for (const auto& change : diff(before, after)) lines.push_back(to_string(change));
    return lines;
}

TEST(PolicyDiff, TellsWhatWasAddedRemovedAndChanged) {
    const auto before = comic_con().policy;
    auto after = before;
    after.mode = Mode::BlockListed;
    after.groups[0].devices = {phone, laptop};
    after.devices.clear();
    after.domains[0].decision = Decision::Deny;
    after.domains.insert(after.domains.begin(), {.domain = "example.net", .scope = {.until = from_unix_ms(1'795'610'000'000)}});
    after.protected_devices = {phone};
    EXPECT_THAT(
        lines(before, after),
        ElementsAre("~ /mode mode: allow-listed → block-listed",
                    "~ /groups/0 name guests: devices: 02:00:00:00:00:01 → 02:00:00:00:00:01 02:00:00:00:00:02",
                    "- /devices/0 device 02:00:00:00:00:02: decision deny, reason scans",
                    "+ /domains/0 domain example.net: decision deny, until 2026-11-25 12:33:20 UTC",
                    "~ /domains/1 domain example.org: decision: allow → deny", "+ /protected_devices/0 02:00:00:00:00:01"));
}

TEST(PolicyDiff, MovingARuleIsNoChange) {
    Policy before{.domains = {{.domain = "a.example"}, {.domain = "b.example"}, {.domain = "a.example"}}};
    auto after = before;
    std::swap(after.domains[0], after.domains[1]);
    EXPECT_THAT(lines(before, after), IsEmpty());
    after.domains.pop_back();
    EXPECT_THAT(lines(before, after), ElementsAre("- /domains/2 domain a.example: decision deny"));
}

TEST(PolicyDiff, CarriesTheRowsForWhoeverSaysItInAnotherLanguage) {
    const Policy before{.domains = {{.domain = "a.example"}, {.domain = "b.example"}}};
    auto after = before;
    after.mode = Mode::AllowListed;
    after.domains = {{.domain = "a.example", .decision = Decision::Allow}, {.domain = "c.example"}};
    const auto changes = diff(before, after);
    ASSERT_EQ(changes.size(), 4u);
    EXPECT_EQ(changes[0].before, "block-listed");
    EXPECT_EQ(changes[0].after, "allow-listed");
    EXPECT_EQ(changes[1].before, to_json(before)["domains"][0]);
    EXPECT_EQ(changes[1].after["decision"], "allow");
    EXPECT_EQ(changes[2].before, nullptr) << "added";
    EXPECT_EQ(changes[2].after["domain"], "c.example");
    EXPECT_EQ(changes[3].before["domain"], "b.example");
    EXPECT_EQ(changes[3].after, nullptr) << "removed";
}

TEST(PolicyDiff, OfProfilesItPointsIntoTheirPolicies) {
    auto after = comic_con();
    after.name = "Comic-Con 2027";
    after.policy.new_devices = NewDevices::Ask;
    std::vector<std::string> lines;
    for (const auto& change : diff(comic_con(), after)) lines.push_back(to_string(change));
    EXPECT_THAT(lines,
                ElementsAre("~ /name name: Comic-Con 2026 → Comic-Con 2027", "~ /policy/new_devices new_devices: allow → ask"));
}

}  // namespace
}  // namespace vivi::model
