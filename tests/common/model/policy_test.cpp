// The policy document: everything survives its JSON, and every mistake is reported at its place.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/policy.hpp"

#include <gmock/gmock.h>

namespace vivi::model {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Json whole = Json::parse(R"({
 "mode": "allow-listed", "new_devices": "ask", "time_zone": "Europe/Paris",
 "groups": [{"name": "guests", "devices": ["02:00:00:00:00:01", "02:00:00:00:00:02"], "mode": "block-listed"},
            {"name": "crew", "devices": []}],
 "phases": [{"name": "doors", "from": 1795600000000, "to": 1795610000000}],
 "schedules": [{"name": "nights", "windows": [{"days": ["fri", "sat"], "from": "22:00", "to": "06:00"},
                                              {"from": "00:00", "to": "24:00"}], "phases": ["doors"]}],
 "devices": [{"device": "02:00:00:00:00:09", "decision": "deny", "reason": "scans the network", "schedule": "nights",
              "until": 1795610000000}],
 "domains": [{"domain": "example.org", "subdomains": false, "decision": "allow", "group": "guests", "schedule": "nights",
              "until": 1795610000000, "reason": "the programme"},
             {"domain": "xn--bcher-kva.example", "subdomains": true, "decision": "deny", "device": "02:00:00:00:00:01"}],
 "addresses": [{"prefix": "192.0.2.0/24", "transport": "udp", "port": 443, "decision": "deny", "reason": "QUIC"},
               {"prefix": "2001:db8::/32", "decision": "allow", "group": "crew"}],
 "categories": [{"category": "pornography", "decision": "deny"}],
 "services": [{"service": "youtube", "decision": "deny", "schedule": "nights"}],
 "lists": [{"list": "easylist", "sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "format": "adguard",
            "decision": "deny"}],
 "limits": [{"group": "guests", "each_device": true, "up_kbit": 2000, "down_kbit": 10000},
            {"device": "02:00:00:00:00:01", "each_device": false, "up_kbit": 0, "down_kbit": 500}],
 "protected_devices": ["02:00:00:00:00:0a"], "never_blocked": ["vivi.example"]})");

Problems problems_of(const Json& json) {
    Problems problems;
    parse_policy(json, "/policy", problems);
    return problems;
}

TEST(Policy, TheWholeDocumentSurvives) {
    Problems problems;
    const auto policy = parse_policy(whole, "/policy", problems);
    ASSERT_THAT(problems, IsEmpty());
    EXPECT_EQ(to_json(policy), whole);
    EXPECT_EQ(parse_policy(to_json(policy), "", problems), policy);
}

TEST(Policy, MembersArriveWhereTheyBelong) {
    Problems problems;
    const auto policy = parse_policy(whole, "", problems);
    EXPECT_EQ(policy.mode, Mode::AllowListed);
    EXPECT_EQ(policy.new_devices, NewDevices::Ask);
    EXPECT_EQ(policy.groups.at(0).mode, Mode::BlockListed);
    EXPECT_EQ(policy.groups.at(1).mode, std::nullopt);
    EXPECT_THAT(policy.schedules.at(0).windows.at(0).days, ElementsAre(std::chrono::Friday, std::chrono::Saturday));
    EXPECT_EQ(policy.schedules.at(0).windows.at(0).from, 22h);
    EXPECT_EQ(policy.schedules.at(0).windows.at(1).to, 24h);
    EXPECT_EQ(policy.domains.at(0).scope.until, from_unix_ms(1'795'610'000'000));
    EXPECT_EQ(policy.addresses.at(0).port, 443);
    EXPECT_EQ(policy.addresses.at(0).transport, Transport::Udp);
    EXPECT_FALSE(policy.limits.at(1).each_device);
}

TEST(Policy, WhatIsLeftOutIsAtItsDefault) {
    Problems problems;
    EXPECT_EQ(parse_policy(Json::object(), "", problems), Policy{});
    const auto policy =
        parse_policy(Json{{"domains", {{{"domain", "example.org"}}}}, {"limits", {{{"up_kbit", 1}}}}}, "", problems);
    EXPECT_THAT(problems, IsEmpty());
    EXPECT_EQ(policy.domains.at(0), (DomainRule{.domain = "example.org", .subdomains = true, .decision = Decision::Deny}));
    EXPECT_TRUE(policy.limits.at(0).each_device);
}

TEST(Policy, NamesAreNormalised) {
    Problems problems;
    const auto policy = parse_policy(
        Json{{"domains", {{{"domain", "B\u00fccher.Example."}}}}, {"never_blocked", {"VIVI.example"}}}, "", problems);
    EXPECT_THAT(problems, IsEmpty());
    EXPECT_EQ(policy.domains.at(0).domain, "xn--bcher-kva.example");
    EXPECT_EQ(policy.never_blocked.at(0), "vivi.example");
}

struct Mistake {
    const char* at;     ///< Where the value is put (made, when the array ends there).
    const char* value;  ///< JSON.
    const char* problem;
    std::size_t others = 0;  ///< Rules that refer to what is gone.
};

/// One change of the whole document, one problem.
const std::vector<Mistake> mistakes{
    {"/mode", R"("open")", "/policy/mode: must be one of block-listed allow-listed"},
    {"/mode", "1", "/policy/mode: must be a text"},
    {"/new_devices", R"("maybe")", "/policy/new_devices: must be one of allow ask deny"},
    {"/time_zone", R"("../../etc/passwd")", "/policy/time_zone: must be the name of a time zone like Europe/Paris"},
    {"/typo", "1", "/policy/typo: unknown key"},
    {"/a~1b~0c", "1", "/policy/a~1b~0c: unknown key"},
    {"/groups", "{}", "/policy/groups: must be a list", 3},
    {"/groups/1", "7", "/policy/groups/1: must be an object", 1},
    {"/groups/1/name", R"("")", "/policy/groups/1/name: must have 1 to 63 characters, none of them a control character", 1},
    {"/groups/1/name", R"("a\nb")", "/policy/groups/1/name: must have 1 to 63 characters, none of them a control character", 1},
    {"/groups/1/name", R"("guests")", "/policy/groups/1/name: is used twice", 1},
    {"/groups/0/devices/1", R"("phone")", "/policy/groups/0/devices/1: must be a MAC address"},
    {"/groups/0/devices/1", "7", "/policy/groups/0/devices/1: must be a MAC address"},
    {"/groups/1/devices/0", R"("02:00:00:00:00:01")", "/policy/groups/1/devices/0: is in group guests already"},
    {"/groups/0/mode", R"("open")", "/policy/groups/0/mode: must be one of block-listed allow-listed"},
    {"/phases/0/to", "1795600000000", "/policy/phases/0/to: must be after from"},
    {"/phases/0/to", "253402300800000", "/policy/phases/0/to: must be milliseconds since 1970, before the year 10000"},
    {"/phases/0/from", "1.5", "/policy/phases/0/from: must be a whole number"},
    {"/schedules/0/windows/0/days/1", R"("friday")",
     "/policy/schedules/0/windows/0/days/1: must be one of mon tue wed thu fri sat sun"},
    {"/schedules/0/windows/0/from", R"("24:00")",
     "/policy/schedules/0/windows/0/from: must be a time of day like 22:00, before 24:00"},
    {"/schedules/0/windows/0/to", R"("6:00")",
     "/policy/schedules/0/windows/0/to: must be a time of day like 06:30, at most 24:00"},
    {"/schedules/0/windows/0/to", R"("24:01")",
     "/policy/schedules/0/windows/0/to: must be a time of day like 06:30, at most 24:00"},
    {"/schedules/0/windows/0/until", "1", "/policy/schedules/0/windows/0/until: unknown key"},
    {"/schedules/0/phases/0", R"("show")", "/policy/schedules/0/phases/0: there is no phase called show"},
    {"/schedules/0/phases/0", R"("")", "/policy/schedules/0/phases/0: must be the name of a phase"},
    {"/devices/0/device", R"("02-00-00-00-00-09")", "/policy/devices/0/device: must be a MAC address like 02:00:00:00:00:01"},
    {"/devices/0/decision", R"("ban")", "/policy/devices/0/decision: must be one of allow deny"},
    {"/devices/0/schedule", R"("mornings")", "/policy/devices/0/schedule: there is no schedule called mornings"},
    {"/devices/0/until", "-1", "/policy/devices/0/until: must be milliseconds since 1970, before the year 10000"},
    {"/devices/0/until", "18446744073709551615",
     "/policy/devices/0/until: must be milliseconds since 1970, before the year 10000"},
    {"/devices/0/group", R"("guests")", "/policy/devices/0/group: unknown key"},
    {"/domains/0/domain", R"("*.example.org")",
     "/policy/domains/0/domain: must be a domain name like example.org, without pattern, scheme or path"},
    {"/domains/0/domain", R"("https://example.org/")",
     "/policy/domains/0/domain: must be a domain name like example.org, without pattern, scheme or path"},
    {"/domains/0/domain", R"("")",
     "/policy/domains/0/domain: must be a domain name like example.org, without pattern, scheme or path"},
    {"/domains/0/domain", "null", "/policy/domains/0/domain: must be a text"},
    {"/domains/0/subdomains", R"("yes")", "/policy/domains/0/subdomains: must be true or false"},
    {"/domains/0/group", R"("nobody")", "/policy/domains/0/group: there is no group called nobody"},
    {"/domains/0/device", R"("02:00:00:00:00:01")", "/policy/domains/0/group: a rule is for a device or for a group, not both"},
    {"/addresses/0/prefix", R"("192.0.2.1/24")",
     "/policy/addresses/0/prefix: must be an address or a prefix like 192.0.2.0/24 or 2001:db8::/32, without host bits"},
    {"/addresses/0/transport", R"("icmp")", "/policy/addresses/0/transport: must be one of any tcp udp"},
    {"/addresses/0/port", "0", "/policy/addresses/0/port: must be in 1..65535"},
    {"/addresses/0/port", "65536", "/policy/addresses/0/port: must be in 1..65535"},
    {"/categories/0/category", R"("")",
     "/policy/categories/0/category: must have 1 to 63 characters, none of them a control character"},
    {"/services/0/schedule", R"("mornings")", "/policy/services/0/schedule: there is no schedule called mornings"},
    {"/lists/0/sha256", R"("abc")", "/policy/lists/0/sha256: must be 64 hexadecimal digits in lower case"},
    {"/lists/0/format", R"("xls")", "/policy/lists/0/format: must be one of hosts domains adguard dnsmasq rpz ut1 v2fly"},
    {"/limits/0/up_kbit", "100000001", "/policy/limits/0/up_kbit: must be in 0..100000000"},
    {"/limits/0/group", R"("nobody")", "/policy/limits/0/group: there is no group called nobody"},
    {"/limits/1/down_kbit", "0", "/policy/limits/1/down_kbit: up_kbit, down_kbit or both must be above 0"},
    {"/limits/1/group", R"("guests")", "/policy/limits/1/group: a limit is for a device or for a group, not both"},
    {"/limits/2", R"({"group":"guests","down_kbit":5})", "/policy/limits/2: there is a limit of this kind for the same already"},
    {"/protected_devices/0", R"("stage")", "/policy/protected_devices/0: must be a MAC address"},
    {"/never_blocked/0", R"("192.0.2.1")", "/policy/never_blocked/0: must be a domain name"},
};

TEST(Policy, EveryMistakeIsReportedAtItsPointerAndOnlyIt) {
    for (const auto& mistake : mistakes) {
        auto document = whole;
        document[Json::json_pointer{mistake.at}] = Json::parse(mistake.value);
        const auto problems = problems_of(document);
        EXPECT_THAT(problems, Contains(mistake.problem)) << mistake.at << " = " << mistake.value;
        EXPECT_THAT(problems, SizeIs(1 + mistake.others)) << mistake.at << " = " << mistake.value;
    }
}

TEST(Policy, AllMistakesAreReportedAtOnce) {
    auto document = whole;
    for (const auto* at : {"/mode", "/groups/0/devices/0", "/domains/1/domain", "/lists/0/format"})
        document[Json::json_pointer{at}] = "?";
    EXPECT_EQ(problems_of(document).size(), 4U);
    EXPECT_THAT(problems_of(Json::array()), ElementsAre("/policy: must be an object"));
}

TEST(Policy, PositionsStayThoseOfTheDocumentBehindAMistake) {
    auto document = whole;
    document["schedules"][0]["phases"] = {"", "show"};
    EXPECT_THAT(problems_of(document), Contains("/policy/schedules/0/phases/1: there is no phase called show"));
}

TEST(Policy, LongTextsAreCountedInCharacters) {
    auto document = whole;
    std::string umlauts;
    for (int i = 0; i < 63; ++i) umlauts += "\u00fc";
    document["groups"][1]["name"] = umlauts;
    document["addresses"][1]["group"] = umlauts;
    EXPECT_THAT(problems_of(document), IsEmpty());
    document["groups"][1]["name"] = umlauts + "u";
    EXPECT_THAT(problems_of(document),
                Contains("/policy/groups/1/name: must have 1 to 63 characters, none of them a control character"));
    document = whole;
    document["domains"][0]["reason"] = std::string(501, 'x');
    EXPECT_THAT(problems_of(document), ElementsAre("/policy/domains/0/reason: must have at most 500 characters"));
}

TEST(Policy, AListIsThereOnce) {
    auto document = whole;
    document["lists"].push_back(document["lists"][0]);
    EXPECT_THAT(problems_of(document), ElementsAre("/policy/lists/1/list: is used twice"));
}

TEST(Policy, WordsOfEnumeratorsAreThoseOfTheDocument) {
    EXPECT_EQ(to_string(Decision::Deny), "deny");
    EXPECT_EQ(to_string(Mode::AllowListed), "allow-listed");
    EXPECT_EQ(to_string(NewDevices::Ask), "ask");
    EXPECT_EQ(to_string(Transport::Udp), "udp");
}

}  // namespace
}  // namespace vivi::model
