// What people are told of alarms.
// SPDX-License-Identifier: Apache-2.0
#include "server/notify/alarm_words.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace vivi::test {
namespace {

using Json = nlohmann::json;

db::AlarmNotice notice(const std::string& kind, const std::string& subject = "", const std::string& router = "Hall 2") {
    return {.id = 1, .router_name = router, .kind = kind, .subject = subject, .alarm = 7};
}

TEST(AlarmWords, SayWhatHappensWhereInBothLanguages) {
    EXPECT_EQ(notify::sentence_of("en", notice("router.offline")), "Router \"Hall 2\" does not answer");
    EXPECT_EQ(notify::sentence_of("fr", notice("router.offline")), "Le routeur \"Hall 2\" ne répond plus");
    EXPECT_EQ(notify::sentence_of("en", notice("dhcp.conflict", "10.66.0.9")),
              "Router \"Hall 2\" sees an address that two devices use: 10.66.0.9");
    EXPECT_EQ(notify::sentence_of("en", notice("later.kind")), "Router \"Hall 2\" raises an alarm (later.kind)");
}

TEST(AlarmWords, ANameCannotPoseAsOurText) {
    const auto text =
        notify::sentence_of("en", notice("router.offline", "", "a\n\nClick: https://evil.example\n" + std::string(200, 'x')));
    EXPECT_EQ(text.find('\n'), std::string::npos);
    EXPECT_LT(text.size(), 100u);
    const auto accents = notify::sentence_of("en", notice("router.offline", "", [] {
                                                 std::string name;
                                                 for (int i = 0; i < 80; ++i) name += "é";
                                                 return name;
                                             }()));
    EXPECT_EQ(
        accents, "Router \"" +
                     [] {
                         std::string name;
                         for (int i = 0; i < 60; ++i) name += "é";
                         return name;
                     }() +
                     "\" does not answer")
        << "cut between characters";
}

TEST(AlarmWords, ALetterNamesTwentyAndCountsTheRest) {
    std::vector<db::AlarmNotice> notices;
    for (int i = 0; i < 23; ++i) notices.push_back(notice("dhcp.conflict", "10.66.0." + std::to_string(i)));
    const auto letter = notify::alarm_letter("fr", "ann@example.org", notices, "https://dash.example/now");
    EXPECT_EQ(letter.to, "ann@example.org");
    EXPECT_EQ(letter.subject, "23 alarmes");
    EXPECT_NE(letter.text.find("10.66.0.19.\n- et 3 autres.\n\nhttps://dash.example/now\n"), std::string::npos) << letter.text;
    EXPECT_EQ(letter.text.find("10.66.0.20"), std::string::npos);
    EXPECT_EQ(notify::alarm_letter("en", "a@b.example", {notice("router.offline")}, "").subject,
              "Router \"Hall 2\" does not answer");
}

TEST(AlarmWords, AMessageFitsWhateverRoutersAreCalled) {
    const std::vector<db::AlarmNotice> notices(500, notice("dhcp.conflict", std::string(300, '"'), std::string(300, '\\')));
    const auto message = notify::alarm_message("en", notices, "https://dash.example/now");
    EXPECT_LT(message.size(), 3'000u);
    const auto json = Json::parse(message);
    EXPECT_EQ(json["title"], "500 alarms");
    EXPECT_NE(json["body"].get<std::string>().find("and 497 more"), std::string::npos);
    EXPECT_EQ(json["tag"], "alarm-7");
    const auto one = Json::parse(notify::alarm_message("fr", {notice("router.offline", "", "\xff\xfe")}, ""));
    EXPECT_EQ(one["body"], "") << "one alarm is all in the title";
}

}  // namespace
}  // namespace vivi::test
