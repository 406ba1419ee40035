// Merging keeps every byte of every device; dropping says what went.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/thinning.hpp"

#include <gmock/gmock.h>

#include <random>

#include "common/model/event.hpp"
#include "common/model/policy_event.hpp"
#include "common/model/traffic.hpp"

namespace vivi::bridged {
namespace {

using model::Json;

constexpr WallTime noon = from_unix_ms(1'800'000'000'000);

sync::Entry entry(std::uint64_t sequence, std::string_view topic, WallTime at, Json members) {
    auto body = model::to_json(model::Envelope{.at = at, .from = {.instance = "p", .number = sequence}});
    body.update(members);
    return {.sequence = sequence, .topic = std::string{topic}, .body = body.dump()};
}

sync::Entry traffic(std::uint64_t sequence, WallTime at, std::vector<model::TrafficRow> rows) {
    return entry(sequence, model::topic::traffic_batch, at,
                 model::to_json(model::TrafficBatch{.tick = 10s, .captured = 7, .dropped = 1, .rows = std::move(rows)}));
}

model::TrafficRow row(std::uint8_t device, std::string name, std::uint64_t bytes) {
    return {.device = {{0x02, 0, 0, 0, 0, device}},
            .name = std::move(name),
            .source = model::NameSource::Dns,
            .bytes_up = bytes,
            .bytes_down = 2 * bytes,
            .packets_up = 1,
            .packets_down = 2};
}

struct Sum {
    std::uint64_t up = 0, down = 0, packets = 0;
    bool operator==(const Sum&) const = default;
};
using Sums = std::map<Mac, Sum>;

void add(Sums& sums, const model::TrafficBatch& batch) {
    for (const auto& one : batch.rows) {
        auto& sum = sums[one.device];
        sum.up += one.bytes_up;
        sum.down += one.bytes_down;
        sum.packets += one.packets_up + one.packets_down;
    }
}

/// What a server would count of the entries that are left and those instead.
Sums sums_after(const std::vector<sync::Entry>& entries, const Thinned& thinned) {
    Sums sums;
    for (const auto& one : entries) {
        const auto is_gone = std::ranges::any_of(thinned.gone, [&](const auto& gone) { return gone.sequence == one.sequence; });
        if (!is_gone && one.topic == model::topic::traffic_batch)
            add(sums, model::parse_traffic_batch(Json::parse(one.body)).value());
    }
    for (const auto& body : thinned.instead) add(sums, model::parse_traffic_batch(body.members).value());
    return sums;
}

TEST(BridgedThinning, KeepsTheBytesOfEachDeviceAtEveryGrain) {
    std::mt19937 random{7};
    std::vector<sync::Entry> entries;
    for (std::uint64_t sequence = 1; sequence <= 400; ++sequence) {
        std::vector<model::TrafficRow> rows;
        for (int i = 0; i < 5; ++i)
            rows.push_back(
                row(static_cast<std::uint8_t>(random() % 9), "n" + std::to_string(random() % 7) + ".example", random()));
        entries.push_back(traffic(sequence, noon + sequence * 10s, std::move(rows)));
        if (sequence % 10 == 0) entries.push_back(entry(1000 + sequence, model::topic::lease_granted, noon, {{"lease", "x"}}));
    }
    const auto before = sums_after(entries, {});
    std::size_t bytes_before = std::string::npos;
    for (const auto grain : {Grain::FiveMinutes, Grain::Hour, Grain::Unnamed}) {
        const auto thinned = thin(entries, grain);
        EXPECT_EQ(sums_after(entries, thinned), before);
        EXPECT_EQ(thinned.gone.size(), 400U);
        std::size_t bytes = 0;
        for (const auto& body : thinned.instead) bytes += body.members.dump().size();
        EXPECT_LT(bytes, bytes_before) << "coarser is smaller";
        bytes_before = bytes;
    }
}

TEST(BridgedThinning, StaysWithinItsSpanAndCountsTheCapture) {
    const std::vector<sync::Entry> entries{
        traffic(1, noon, {row(1, "a.example", 1)}), traffic(2, noon + 10s, {row(1, "a.example", 2)}),
        traffic(3, noon + 300s, {row(1, "a.example", 4)}), traffic(4, noon + 310s, {row(1, "a.example", 8)})};
    const auto thinned = thin(entries, Grain::FiveMinutes);
    ASSERT_EQ(thinned.instead.size(), 2U);
    const auto first = model::parse_traffic_batch(thinned.instead[0].members).value();
    EXPECT_EQ(first.tick, 20s);
    EXPECT_EQ(first.captured, 14U);
    EXPECT_EQ(first.dropped, 2U);
    ASSERT_EQ(first.rows.size(), 1U);
    EXPECT_EQ(first.rows[0].bytes_up, 3U);
    EXPECT_EQ(thinned.instead[0].at, noon + 10s) << "the newest of the span";
}

TEST(BridgedThinning, LeavesWhatCannotBeReadOrWouldSaveNothing) {
    EXPECT_TRUE(thin({traffic(1, noon, {row(1, "a.example", 1)})}, Grain::Hour).gone.empty()) << "one alone";
    EXPECT_TRUE(
        thin({{.sequence = 1, .topic = "traffic.batch", .body = "{"}, {.sequence = 2, .topic = "traffic.batch", .body = "[]"}},
             Grain::Hour)
            .gone.empty());
    std::vector<sync::Entry> different;
    for (std::uint64_t i = 1; i <= 2; ++i) {
        std::vector<model::TrafficRow> rows;
        for (int j = 0; j < 50; ++j) rows.push_back(row(1, "n" + std::to_string(i) + "-" + std::to_string(j) + ".example", 1));
        different.push_back(traffic(i, noon, std::move(rows)));
    }
    EXPECT_TRUE(thin(different, Grain::FiveMinutes).gone.empty()) << "no name twice: nothing is saved";
    EXPECT_FALSE(thin(different, Grain::Unnamed).gone.empty());
}

TEST(BridgedThinning, DropsTheOldestOfTheKindAndSaysWhatWent) {
    const std::vector<sync::Entry> entries{entry(1, model::topic::lease_granted, noon, {{"lease", "x"}}),
                                           traffic(2, noon + 1s, {row(1, "a.example", 1)}),
                                           traffic(3, noon + 2s, {row(1, "a.example", 2)}),
                                           entry(4, model::topic::policy_hit, noon + 3s, {{"rows", Json::array()}})};
    const auto one = drop(entries, Expendable::Traffic, 1);
    ASSERT_EQ(one.gone.size(), 1U);
    EXPECT_EQ(one.gone[0].sequence, 2U);
    EXPECT_EQ(one.account.topic, "sync.dropped");
    EXPECT_EQ(one.account.members["reason"], "bytes");
    EXPECT_EQ(one.account.members["rows"],
              Json::array({{{"topic", "traffic.batch"}, {"entries", 1}, {"bytes", entries[1].body.size()}}}));
    EXPECT_EQ(one.account.members["since"], to_unix_ms(noon + 1s));
    EXPECT_EQ(drop(entries, Expendable::Traffic, 1 << 20).gone.size(), 2U);
    EXPECT_EQ(drop(entries, Expendable::Hits, 1 << 20).gone.size(), 1U);
    EXPECT_EQ(drop(entries, Expendable::All, 1 << 20).gone.size(), 4U);
    EXPECT_TRUE(drop({entries[0]}, Expendable::Traffic, 1 << 20).gone.empty()) << "leases are not traffic";
}

TEST(BridgedThinning, AccountsAreAddedUpAndNeverDropped) {
    const auto first = drop({traffic(1, noon, {row(1, "a.example", 1)})}, Expendable::Traffic, 1);
    const auto account = entry(2, "sync.dropped", noon + 60s, first.account.members);
    EXPECT_TRUE(drop({account}, Expendable::All, 1 << 20).gone.empty());
    const auto both = drop({account, traffic(3, noon + 70s, {row(1, "a.example", 1)})}, Expendable::Traffic, 1 << 20);
    EXPECT_EQ(both.gone.size(), 2U) << "the account too: the new one has it";
    EXPECT_EQ(both.account.members["rows"][0]["entries"], 2);
    EXPECT_EQ(both.account.members["since"], to_unix_ms(noon));
    EXPECT_EQ(both.account.members["until"], to_unix_ms(noon + 70s));
}

TEST(BridgedThinning, AgeIsNotCountedByAClockThatWasNotSet) {
    const auto old = traffic(1, noon - 100s, {row(1, "a.example", 1)});
    const auto unset = traffic(2, from_unix_ms(5'000), {row(1, "a.example", 1)});
    const auto fresh = traffic(3, noon, {row(1, "a.example", 1)});
    const auto dropped = drop_older({old, unset, fresh}, noon - 50s);
    ASSERT_EQ(dropped.gone.size(), 1U);
    EXPECT_EQ(dropped.gone[0].sequence, 1U);
    EXPECT_EQ(dropped.account.members["reason"], "age");
}

}  // namespace
}  // namespace vivi::bridged
