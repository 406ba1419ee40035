// What waits for the broker: numbered once, unchanged when sent again, merged at the bound, sums intact.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/outgoing.hpp"

#include <gmock/gmock.h>

#include "common/bus/bus.hpp"

namespace vivi::pcapd {
namespace {

using testing::SizeIs;

constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}}, laptop{{0x02, 0, 0, 0, 0, 0x02}};
constexpr WallTime noon{Milliseconds{1'795'370'402'123}};

model::TrafficRow row(Mac device, std::string name, std::uint64_t up, std::uint64_t down = 0) {
    const auto source = name.empty() ? model::NameSource::None : model::NameSource::Dns;
    return {.device = device, .name = std::move(name), .source = source, .bytes_up = up, .bytes_down = down, .packets_up = 1};
}
model::TrafficBatch batch(std::vector<model::TrafficRow> rows) {
    return {.tick = 250ms, .captured = 10, .dropped = 1, .rows = std::move(rows)};
}

struct Sums {
    std::uint64_t up = 0, packets = 0, captured = 0, dropped = 0;
    Milliseconds tick{};
    bool operator==(const Sums&) const = default;
};

/// Publishes everything as a broker that confirms would have it.
Sums drain(Outgoing& outgoing) {
    Sums sums;
    while (!outgoing.is_empty()) {
        for (const auto& message : outgoing.next()) {
            EXPECT_LE(message.body.size(), bus::max_body_bytes);
            const auto parsed = model::parse_traffic_batch(*model::parse_json(message.body));
            EXPECT_TRUE(parsed);
            sums.captured += parsed->captured;
            sums.dropped += parsed->dropped;
            sums.tick += parsed->tick;
            for (const auto& one : parsed->rows) {
                sums.up += one.bytes_up;
                sums.packets += one.packets_up;
            }
        }
        outgoing.confirmed();
    }
    return sums;
}

std::uint64_t number_of(const Outgoing::Message& message) {
    return model::parse_envelope(*model::parse_json(message.body))->from.number;
}

TEST(Outgoing, SendsTheSameUntilItIsConfirmed) {
    Outgoing outgoing{"5f0c"};
    outgoing.add(batch({row(phone, "a.example", 100)}), noon);
    const auto first = outgoing.next();
    ASSERT_THAT(first, SizeIs(1));
    outgoing.add(batch({row(phone, "a.example", 7)}), noon + 250ms);
    ASSERT_THAT(outgoing.next(), SizeIs(1));
    EXPECT_EQ(outgoing.next()[0].body, first[0].body);
    EXPECT_EQ(first[0].topic, "traffic.batch");
    EXPECT_EQ(number_of(first[0]), 1U);
    EXPECT_EQ(outgoing.totals().batches, 0U);

    outgoing.confirmed();
    EXPECT_EQ(outgoing.totals().batches, 1U);
    EXPECT_EQ(outgoing.totals().bytes_up, 100U);
    EXPECT_EQ(number_of(outgoing.next()[0]), 2U) << "numbers have no holes";
    outgoing.confirmed();
    EXPECT_TRUE(outgoing.is_empty());
    EXPECT_EQ(outgoing.totals().bytes_up, 107U);
}

TEST(Outgoing, HasTheEnvelopeOfTheProtocol) {
    Outgoing outgoing{"5f0c"};
    outgoing.add(batch({row(phone, "a.example", 100)}), noon);
    outgoing.add(model::topic::config_applied, {{"revision", 7}, {"by", "pcapd"}}, noon);
    const auto messages = outgoing.next();
    ASSERT_THAT(messages, SizeIs(2));
    EXPECT_EQ(messages[0].topic, "config.applied");
    EXPECT_EQ(*model::parse_json(messages[0].body), (model::Json{{"v", 1},
                                                                 {"at", 1'795'370'402'123},
                                                                 {"from", {{"instance", "5f0c"}, {"number", 1}}},
                                                                 {"revision", 7},
                                                                 {"by", "pcapd"}}));
    EXPECT_EQ(number_of(messages[1]), 2U);
}

TEST(Outgoing, MergesNeighboursAtTheBoundAndLosesNothing) {
    Outgoing outgoing{"5f0c", {.batches = 8}};
    Sums expected;
    for (std::uint64_t i = 0; i < 1'000; ++i) {
        outgoing.add(batch({row(phone, "a.example", i), row(i % 2 == 0 ? phone : laptop, "", 1)}), noon);
        expected.up += i + 1;
        expected.packets += 2;
        expected.captured += 10;
        expected.dropped += 1;
        expected.tick += 250ms;
        EXPECT_LE(outgoing.waiting(), 8U);
    }
    EXPECT_GT(outgoing.merged(), 0U);
    EXPECT_EQ(drain(outgoing), expected);
    EXPECT_EQ(outgoing.totals().bytes_up, expected.up);
}

TEST(Outgoing, HoldsTheBoundOfRowsToo) {
    Outgoing outgoing{"5f0c", {.batches = 600, .rows = 100}};
    std::uint64_t sent = 0;
    for (int i = 0; i < 500; ++i) {
        outgoing.add(
            batch({row(phone, "n" + std::to_string(i) + ".example", 3), row(laptop, "m" + std::to_string(i) + ".example", 4)}),
            noon);
        sent += 7;
    }
    EXPECT_EQ(drain(outgoing).up, sent);
}

TEST(Outgoing, SplitsWhatIsTooLargeForOneMessage) {
    Outgoing outgoing{"5f0c", {.body_bytes = 10'000}};
    std::vector<model::TrafficRow> rows;
    for (int i = 0; i < 500; ++i) rows.push_back(row(phone, "n" + std::to_string(i) + ".example", 3));
    outgoing.add(batch(rows), noon);
    const auto messages = outgoing.next();
    EXPECT_GT(messages.size(), 5U);
    for (std::size_t i = 0; i < messages.size(); ++i) {
        EXPECT_LE(messages[i].body.size(), 10'000U);
        EXPECT_EQ(number_of(messages[i]), i + 1);
    }
    const auto parts = static_cast<std::int64_t>(messages.size());
    EXPECT_EQ(drain(outgoing), (Sums{.up = 1'500, .packets = 500, .captured = 10, .dropped = 1, .tick = parts * 250ms}))
        << "each part is about the same quarter second";
    EXPECT_EQ(outgoing.totals().batches, messages.size());
}

TEST(Outgoing, KeepsTicksInsideWhatTheHubTakes) {
    Outgoing outgoing{"5f0c"};
    outgoing.add(model::TrafficBatch{.tick = 0ms, .rows = {row(phone, "", 1)}}, noon);
    outgoing.add(model::TrafficBatch{.tick = 100h, .rows = {row(phone, "", 1)}}, noon);
    EXPECT_EQ(drain(outgoing).tick, 1ms + 24h);
}

TEST(Outgoing, EstimatesTheWorstRowHighEnough) {
    std::string escapes;
    for (int i = 0; i < 63; ++i) escapes += "\\255";
    const auto most = UINT64_MAX / 2;
    model::TrafficRow worst{.device = Mac{{255, 255, 255, 255, 255, 255}},
                            .name = escapes,
                            .source = model::NameSource::None,
                            .bytes_up = most,
                            .bytes_down = most,
                            .packets_up = most,
                            .packets_down = most};
    Outgoing outgoing{"0123456789abcdef0123456789abcdef", {.body_bytes = 20'000}};
    outgoing.add(model::TrafficBatch{.rows = std::vector(1'000, worst)}, noon);
    for (const auto& message : outgoing.next()) EXPECT_LE(message.body.size(), 20'000U);
}

TEST(Outgoing, SendsAnEmptyBatchAsOneMessage) {
    Outgoing outgoing{"5f0c"};
    outgoing.add(model::TrafficBatch{.tick = 10s}, noon);
    EXPECT_THAT(outgoing.next(), SizeIs(1));
}

TEST(Merge, SumsRowsOfTheSameIdentityOnly) {
    auto into = batch({row(phone, "a.example", 1), row(phone, "", 2)});
    auto later = batch({row(phone, "a.example", 10), row(laptop, "a.example", 20)});
    later.rows.push_back(row(phone, "a.example", 40));
    later.rows.back().source = model::NameSource::Sni;
    merge(into, later);
    EXPECT_THAT(into.rows, SizeIs(4));
    EXPECT_EQ(into.tick, 500ms);
    EXPECT_EQ(into.rows[1].bytes_up, 11U);
    EXPECT_EQ(into.rows[1].packets_up, 2U);
}

TEST(Coarsen, GivesUpNamesThenDevices) {
    auto named = batch({row(phone, "a.example", 1), row(phone, "b.example", 2), row(laptop, "a.example", 4)});
    coarsen(named, 3);
    EXPECT_THAT(named.rows, SizeIs(3)) << "nothing to do";
    coarsen(named, 2);
    ASSERT_THAT(named.rows, SizeIs(2));
    EXPECT_EQ(named.rows[0].bytes_up, 3U);
    coarsen(named, 1);
    ASSERT_THAT(named.rows, SizeIs(1));
    EXPECT_EQ(named.rows[0].device, Mac{});
    EXPECT_EQ(named.rows[0].bytes_up, 7U);
}

}  // namespace
}  // namespace vivi::pcapd
