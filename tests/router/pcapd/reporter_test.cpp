// From tick to broker: empty ticks wait, refused ones are kept, configurations are reported once.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/reporter.hpp"

#include <gmock/gmock.h>

#include "common/bus/memory.hpp"
#include "tests/adapters/loop.hpp"

namespace vivi::pcapd {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr WallTime noon{Milliseconds{1'795'370'402'123}};
constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}};

Tick tick_with(std::uint64_t bytes) {
    Tick tick{.batch = {.tick = 250ms, .captured = 3}};
    if (bytes > 0) tick.batch.rows.push_back({.device = phone, .bytes_up = bytes, .packets_up = 1});
    return tick;
}

struct ReporterOnABus : testing::Test {
    std::vector<model::Json> heard(std::string_view topic) const {
        std::vector<model::Json> bodies;
        for (const auto& message : bus.published()) {
            if (message.topic == topic) bodies.push_back(*model::parse_json(message.body));
        }
        return bodies;
    }

    vivi::test::Loop loop{};
    bus::Memory bus{loop.executor()};
    Reporter reporter{loop.executor(), bus, "5f0c"};
};

TEST_F(ReporterOnABus, SaysAtOnceWhatWasCounted) {
    reporter.accept(tick_with(100), noon);
    loop.run(reporter.flush());
    ASSERT_THAT(heard("traffic.batch"), SizeIs(1));
    EXPECT_EQ(heard("traffic.batch")[0]["rows"][0]["bytes_up"], 100);
    EXPECT_EQ(reporter.health()["confirmed"]["bytes_up"], 100);
}

TEST_F(ReporterOnABus, HoldsEmptyTicksUntilTheHeartbeat) {
    for (int i = 0; i < 39; ++i) reporter.accept(tick_with(0), noon);
    loop.run(reporter.flush());
    EXPECT_THAT(bus.published(), IsEmpty());
    reporter.accept(tick_with(0), noon);
    loop.run(reporter.flush());
    ASSERT_THAT(heard("traffic.batch"), SizeIs(1));
    EXPECT_EQ(heard("traffic.batch")[0]["tick_ms"], 10'000) << "the time that was counted, all of it";
    EXPECT_EQ(heard("traffic.batch")[0]["captured"], 120);
}

TEST_F(ReporterOnABus, AddsTheHeldPacketsButNotTheSilenceToTheNextTick) {
    reporter.accept(tick_with(0), noon);
    reporter.accept(tick_with(5), noon);
    loop.run(reporter.flush());
    EXPECT_EQ(heard("traffic.batch").at(0)["tick_ms"], 250) << "a rate is made of it";
    EXPECT_EQ(heard("traffic.batch").at(0)["captured"], 6);
}

TEST_F(ReporterOnABus, SaysAtOnceThatPacketsWereDropped) {
    auto tick = tick_with(0);
    tick.batch.dropped = 9;
    reporter.accept(tick, noon);
    loop.run(reporter.flush());
    EXPECT_EQ(heard("traffic.batch").at(0)["dropped"], 9);
}

TEST_F(ReporterOnABus, KeepsWhatTheBrokerRefused) {
    bus.fail_next(2);
    reporter.accept(tick_with(100), noon);
    loop.run(reporter.flush());
    ASSERT_THAT(heard("traffic.batch"), SizeIs(1));
    EXPECT_EQ(heard("traffic.batch")[0]["from"]["number"], 1) << "the same number on a retry";
    EXPECT_EQ(reporter.health()["confirmed"]["batches"], 1);
}

TEST_F(ReporterOnABus, SaysAtTheEndWhatWasHeld) {
    reporter.accept(tick_with(0), noon);
    reporter.end(noon);
    loop.run(reporter.flush());
    EXPECT_THAT(heard("traffic.batch"), SizeIs(1));
}

TEST_F(ReporterOnABus, ReportsARevisionOnceItIsInForce) {
    auto tick = tick_with(0);
    reporter.accept(tick, noon);
    loop.run(reporter.flush());
    EXPECT_THAT(bus.published(), IsEmpty()) << "no configuration yet";
    tick.revision = 7;
    tick.interfaces = {{"br-lan", ""}};
    tick.policy_revision = 6;
    reporter.accept(tick, noon);
    loop.run(reporter.flush());
    EXPECT_THAT(bus.published(), IsEmpty()) << "its rules are not mapped yet";
    tick.policy_revision = 7;
    reporter.accept(tick, noon);
    reporter.accept(tick, noon);
    loop.run(reporter.flush());
    ASSERT_THAT(heard("config.applied"), SizeIs(1));
    EXPECT_EQ(heard("config.applied")[0]["revision"], 7);
    EXPECT_EQ(heard("config.applied")[0]["by"], "pcapd");
}

TEST_F(ReporterOnABus, ReportsAnInterfaceThatIsMissingAndItsReturn) {
    auto tick = tick_with(0);
    tick.revision = tick.policy_revision = 7;
    tick.interfaces = {{"br-lan", "interface br-lan does not exist"}};
    reporter.accept(tick, noon);
    tick.interfaces = {{"br-lan", ""}};
    reporter.accept(tick, noon);
    loop.run(reporter.flush());
    ASSERT_THAT(heard("config.failed"), SizeIs(1));
    EXPECT_EQ(heard("config.failed")[0]["detail"], "interface br-lan does not exist");
    EXPECT_THAT(heard("config.applied"), SizeIs(1));
}

TEST_F(ReporterOnABus, ReportsRulesThatCannotBeUsed) {
    auto tick = tick_with(0);
    tick.revision = 7;
    tick.policy_revision = 6;
    tick.interfaces = {{"br-lan", ""}};
    tick.policy_problem = "rules.bin: its checksum does not fit";
    reporter.accept(tick, noon);
    loop.run(reporter.flush());
    ASSERT_THAT(heard("config.failed"), SizeIs(1));
    EXPECT_EQ(heard("config.failed")[0]["detail"], "rules.bin: its checksum does not fit");
}

TEST_F(ReporterOnABus, SaysTheHitsOfSeveralTicksInOneMessage) {
    bus.fail_next(1);
    for (int i = 0; i < 2; ++i) {
        auto tick = tick_with(0);
        tick.hits = {
            .tick = 250ms,
            .revision = 7,
            .by = "pcapd",
            .rows = {{.device = phone, .name = "a.example", .layer = "event_deny", .rule = "domain a.example", .hits = 1}}};
        reporter.accept(tick, noon);
    }
    loop.run(reporter.flush());
    ASSERT_THAT(heard("policy.hit"), SizeIs(1));
    const auto hits = model::parse_policy_hits(heard("policy.hit")[0]);
    ASSERT_TRUE(hits);
    EXPECT_EQ(hits->tick, 500ms);
    EXPECT_EQ(hits->revision, 7);
    EXPECT_EQ(hits->by, "pcapd");
    ASSERT_THAT(hits->rows, SizeIs(1));
    EXPECT_EQ(hits->rows[0].hits, 2U);
}

TEST_F(ReporterOnABus, SaysWhoAnnouncesRouters) {
    const model::ForeignRa announcement{.interface = "br-lan", .device = phone, .router = *parse_ipv6("fe80::1")};
    reporter.accept(announcement, noon);
    loop.run(reporter.flush());
    ASSERT_THAT(heard("network.foreign_ra"), SizeIs(1));
    EXPECT_EQ(model::parse_foreign_ra(heard("network.foreign_ra")[0]), announcement);
}

}  // namespace
}  // namespace vivi::pcapd
