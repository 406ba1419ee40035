// What events of a policy at work add up to: buckets, sums, alarms in order, and what is put aside whole.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/gathered_policy.hpp"

#include <gtest/gtest.h>

#include "server/db/gathered.hpp"

namespace vivi::db {
namespace {

constexpr WallTime start = from_unix_ms(1'795'370'402'123);
constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}};

Entry event(std::uint64_t sequence, const std::string& topic, const std::string& members, WallTime at = start) {
    return {sequence, topic,
            R"({"v":1,"at":)" + std::to_string(to_unix_ms(at)) + R"(,"from":{"instance":"ab","number":1},)" + members + "}"};
}
Entry domains(std::uint64_t sequence, const std::string& rows, WallTime at = start) {
    return event(sequence, "domain.seen", R"("tick_ms":250,"folded":0,"rows":[)" + rows + "]", at);
}
Entry hits(std::uint64_t sequence, const std::string& rows, WallTime at = start) {
    return event(sequence, "policy.hit", R"("tick_ms":250,"revision":3,"by":"dnsd","folded":0,"rows":[)" + rows + "]", at);
}
Entry health(std::uint64_t sequence, const std::string& state, WallTime at = start) {
    return event(sequence, "health.firewall", R"("state":")" + state + R"(","detail":"why")", at);
}
const std::string of_phone = R"({"device":"02:00:00:00:00:01","name":"a.example","queries":2})";
const std::string of_nobody = R"({"name":"a.example","queries":3})";
const std::string hit =
    R"({"device":"02:00:00:00:00:01","name":"a.example","layer":"event_deny","rule":"domain a.example","hits":)";

TEST(GatheredPolicy, NamesAreCountedForAllAndForTheDeviceThatAsked) {
    const auto news = gather({domains(1, of_phone + "," + of_nobody), domains(2, of_phone, start + Seconds{5})}, start).policy;
    EXPECT_EQ(news.domains.at("a.example").queries, 7);
    EXPECT_EQ(news.domains.at("a.example").first_seen, start);
    EXPECT_EQ(news.domains.at("a.example").last_seen, start + Seconds{5});
    ASSERT_EQ(news.device_domains.size(), 1u);
    EXPECT_EQ(news.device_domains.at({std::chrono::floor<std::chrono::hours>(start), phone, "a.example"}), 4);
}

TEST(GatheredPolicy, HitsAreAddedUpInFiveMinutes) {
    const auto news = gather({hits(1, hit + "2}," + hit + "1}"), hits(2, hit + "4}", start + Seconds{300})}, start).policy;
    ASSERT_EQ(news.hits.size(), 2u);
    EXPECT_EQ(news.hits.begin()->second, 3);
    EXPECT_EQ(to_unix_ms(std::get<WallTime>(news.hits.begin()->first)) % 300'000, 0);
}

TEST(GatheredPolicy, OneBadEventIsPutAsideWhole) {
    const auto sum = gather({domains(1, of_phone + R"(,{"name":"b.example","queries":-1})"),
                             hits(2, hit + "1}," + hit + std::to_string(most_bytes) + "}"),
                             event(3, "network.foreign_ra", R"("interface":"lan","device":"nobody","router":"fe80::1")"),
                             event(4, "dhcp.rogue", R"("network":"lan","device":"02:00:00:00:00:09")"),
                             event(5, "health.firewall", R"("state":7)"), event(6, "flow.denied", R"("x":1)")},
                            start);
    EXPECT_EQ(sum.rejected.size(), 6u);
    EXPECT_TRUE(sum.policy.hits.empty() && sum.policy.domains.empty() && sum.policy.alarms.empty());
}

TEST(GatheredPolicy, TheSameAlarmAgainIsCountedAndItsEndFollows) {
    const auto news =
        gather({health(1, "refused"), health(2, "refused", start + Seconds{9}), health(3, "ok"), health(4, "repaired")}, start)
            .policy;
    ASSERT_EQ(news.alarms.size(), 3u);
    EXPECT_EQ(news.alarms[0].count, 2);
    EXPECT_EQ(news.alarms[0].last_at, start + Seconds{9});
    EXPECT_FALSE(news.alarms[1].is_raised);
    EXPECT_TRUE(news.alarms[2].is_over) << "drift that was undone is told, and over";
}

TEST(GatheredPolicy, AlarmsSayWhatTheyAreAbout) {
    const auto news =
        gather({event(1, "network.foreign_ra", R"("interface":"br-lan","device":"02:00:00:00:00:09","router":"fe80::9")"),
                event(2, "dhcp.rogue", R"("network":"lan","server":"10.0.0.9","device":"02:00:00:00:00:09")"),
                event(3, "dhcp.conflict", R"("network":"lan","address":"10.0.0.7","device":"02:00:00:00:00:09")")},
               start)
            .policy;
    ASSERT_EQ(news.alarms.size(), 3u);
    EXPECT_EQ(news.alarms[0].subject, "02:00:00:00:00:09");
    EXPECT_NE(news.alarms[0].detail.find("fe80::9"), std::string::npos);
    EXPECT_EQ(news.alarms[1].subject, "10.0.0.9");
    EXPECT_EQ(news.alarms[2].subject, "10.0.0.7");
}

}  // namespace
}  // namespace vivi::db
