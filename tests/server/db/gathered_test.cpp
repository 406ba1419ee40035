// What a batch adds up to: sums, clamped times, rates, leases in order, and what is put aside.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/gathered.hpp"

#include <gtest/gtest.h>

namespace vivi::db {
namespace {

constexpr WallTime start = from_unix_ms(1'795'370'402'123);
constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}};

std::string envelope(WallTime at) {
    return R"({"v":1,"at":)" + std::to_string(to_unix_ms(at)) + R"(,"from":{"instance":"ab","number":1},)";
}

Entry traffic(std::uint64_t sequence, WallTime at, const std::string& rows, int tick_ms = 250) {
    return {sequence, "traffic.batch",
            envelope(at) + R"("tick_ms":)" + std::to_string(tick_ms) + R"(,"captured":0,"dropped":0,"rows":[)" + rows + "]}"};
}
std::string row(const std::string& name, std::int64_t up, std::int64_t down) {
    return R"({"device":"02:00:00:00:00:01","name":")" + name + R"(","source":"dns","bytes_up":)" + std::to_string(up) +
           R"(,"bytes_down":)" + std::to_string(down) + R"(,"packets_up":1,"packets_down":2})";
}
Entry lease(std::uint64_t sequence, const std::string& verb, const std::string& address) {
    return {
        sequence, "dhcp.lease." + verb,
        envelope(start) + R"("lease":{"device":"02:00:00:00:00:01","address":")" + address +
            R"(","network":"lan","hostname":"phone","client_id":"","vendor_class":"","duration_seconds":60,"granted_at":1000,"expires_at":2000}})"};
}

TEST(Gathered, AddsUpOneBucketPerName) {
    const auto sum = gather({traffic(1, start, row("a.example", 1, 10) + "," + row("b.example", 2, 20)),
                             traffic(2, start + 1s, row("a.example", 4, 40))},
                            start);
    EXPECT_EQ(sum.traffic.size(), 2u);
    EXPECT_EQ(sum.traffic.at({bucket_of(start), phone, "a.example", model::NameSource::Dns}), (Counters{5, 50, 2, 4}));
    EXPECT_EQ(sum.devices.at(phone).total, (Counters{7, 70, 3, 6}));
    EXPECT_TRUE(sum.rejected.empty());
}

TEST(Gathered, ARateIsTheNewestTicksAlone) {
    const auto sum =
        gather({traffic(1, start, row("a", 1'000, 0)), traffic(2, start, row("a", 100, 200) + "," + row("b", 25, 0))}, start);
    const Rate expected{.up = 125 * 8 * 4, .down = 200 * 8 * 4, .until = start + 1500ms};
    EXPECT_EQ(sum.devices.at(phone).rate, expected);
}

TEST(Gathered, ABacklogIsCountedButIsNotWhatHappensNow) {
    const auto sum = gather({traffic(1, start - Seconds{3'600}, row("a", 1'000, 0))}, start);
    EXPECT_EQ(sum.devices.at(phone).total.bytes_up, 1'000);
    EXPECT_FALSE(sum.devices.at(phone).rate);
}

TEST(Gathered, BucketsBeginAtWholeTenSeconds) {
    EXPECT_EQ(to_unix_ms(bucket_of(from_unix_ms(1'795'370'402'123))), 1'795'370'400'000);
    EXPECT_EQ(bucket_of(from_unix_ms(20'000)), from_unix_ms(20'000));
}

TEST(Gathered, ClampsTimes) {
    const auto sum = gather(
        {traffic(1, from_unix_ms(0), row("past", 1, 1)), traffic(2, start + Seconds{999'999'999}, row("future", 1, 1))}, start);
    for (const auto& [key, counted] : sum.traffic) {
        EXPECT_GE(std::get<WallTime>(key), start - Seconds{48 * 3'600 + 10});
        EXPECT_LE(std::get<WallTime>(key), start + Seconds{300});
    }
}

TEST(Gathered, OneBadEventIsPutAsideWhole) {
    const auto sum = gather({traffic(1, start, row("good", 1, 1)),
                             traffic(2, start, row("good", 1, 1) + "," + row("negative", -1, 1)),
                             traffic(3, start, row("huge", most_bytes + 1, 1)),
                             traffic(4, start, row("a", 1, 1), 0),
                             {5, "traffic.batch", "not json"},
                             {6, "unheard.of", envelope(start) + R"("x":1})"},
                             {7, "traffic.batch", R"({"v":2})"}},
                            start);
    EXPECT_EQ(sum.rejected.size(), 6u);
    EXPECT_EQ(sum.devices.at(phone).total, (Counters{1, 1, 1, 2})) << "nothing of an event that is put aside is counted";
}

TEST(Gathered, LeasesAreWhatTheLastEventSays) {
    auto sum = gather({lease(1, "granted", "10.0.0.5"), lease(2, "released", "10.0.0.5")}, start);
    EXPECT_FALSE(sum.devices.at(phone).lease);
    EXPECT_EQ(sum.devices.at(phone).released, Ipv4{0x0a000005});
    EXPECT_EQ(sum.leases.begin()->second.state, "released");

    sum = gather({lease(1, "granted", "10.0.0.5"), lease(2, "granted", "10.0.0.6"), lease(3, "expired", "10.0.0.5")}, start);
    ASSERT_TRUE(sum.devices.at(phone).lease) << "the end of an older lease takes nothing from the newer one";
    EXPECT_EQ(sum.devices.at(phone).lease->address, Ipv4{0x0a000006});
}

TEST(Gathered, OnlyTheRouterAsAWholeAppliesARevision) {
    const auto event = [](const std::string& by, int revision) {
        return Entry{1, "config.applied",
                     envelope(start) + R"("revision":)" + std::to_string(revision) + R"(,"by":")" + by + "\"}"};
    };
    EXPECT_FALSE(gather({event("dhcpd", 9)}, start).applied_revision);
    EXPECT_EQ(gather({event("router", 9), event("router", 8)}, start).applied_revision, 9);
}

TEST(Gathered, AFailureAfterSuccessStands) {
    const Entry ok{1, "config.applied", envelope(start) + R"("revision":2,"by":"router"})"};
    const Entry bad{2, "config.failed", envelope(start) + R"("revision":3,"by":"dhcpd","detail":"no such\u0000 interface"})"};
    EXPECT_EQ(gather({ok, bad}, start).apply_error, "dhcpd: no such interface");
    EXPECT_FALSE(gather({bad, ok}, start).apply_error);
}

TEST(Gathered, AReasonThatIsNoTextIsPutAsideLikeAnythingElse) {
    const std::string rows = R"("rows":[{"topic":"traffic.batch","entries":3,"bytes":900}]})";
    const auto sum = gather({{1, "sync.dropped", envelope(start) + R"("reason":5,)" + rows},
                             {2, "sync.dropped", envelope(start) + R"("reason":"full","since":7,)" + rows}},
                            start);
    ASSERT_EQ(sum.rejected.size(), 1u);
    EXPECT_EQ(sum.rejected[0].reason, "/reason: must be a text");
    ASSERT_EQ(sum.gaps.size(), 1u);
    EXPECT_EQ(sum.gaps[0].detail, R"({"reason":"full","rows":[{"bytes":900,"entries":3,"topic":"traffic.batch"}],"since":7})");
}

TEST(Gathered, OfASnapshotTheLeasesRun) {
    model::Lease running{.device = phone, .address = Ipv4{0x0a000005}, .network = "lan", .granted_at = from_unix_ms(1'000)};
    model::Lease timeless = running;
    timeless.expires_at = from_unix_ms(9'000'000'000'000);
    const auto sum = gather_leases({running, timeless}, start);
    ASSERT_EQ(sum.leases.size(), 1u);
    EXPECT_EQ(sum.leases.begin()->second.state, "granted");
    EXPECT_EQ(sum.devices.at(phone).lease, running);
}

TEST(Clean, KeepsWhatPostgresqlTakes) {
    EXPECT_EQ(clean("plain", 100), "plain");
    EXPECT_EQ(clean(std::string_view{"a\0b\x1b[1m", 7}, 100), "ab[1m");
    EXPECT_EQ(clean("caf\xc3\xa9", 100), "café");
    EXPECT_EQ(clean("caf\xc3", 100), "caf");
    EXPECT_EQ(clean("\xed\xa0\x80|\xc0\xaf|\xf4\x90\x80\x80", 100), "||") << "surrogates, overlong forms, beyond Unicode";
    EXPECT_EQ(clean("ééé", 3), "é") << "never half a character";
}

}  // namespace
}  // namespace vivi::db
