// What dnsd says on the bus, while the broker comes and goes.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/reporter.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "common/bus/memory.hpp"
#include "common/model/event.hpp"

namespace vivi::dnsd {
namespace {

struct ReporterTest : testing::Test {
    net::io_context io;
    bus::Memory bus{io.get_executor()};
    Reporter reporter{io.get_executor(), bus, "me"};
    ~ReporterTest() override { io.stop(); }

    /// Everything that can run without waiting for time has run.
    void settle() {
        io.restart();
        while (io.poll() > 0) {
        }
    }
    void start() {
        net::co_spawn(io, reporter.publish(), net::detached);
        settle();
    }
    model::Json body(std::size_t i) const { return *model::parse_json(bus.published().at(i).body); }
};

model::DomainsSeen seen(std::size_t rows) {
    model::DomainsSeen made{.tick = 1'000ms, .folded = 3};
    for (std::size_t i = 0; i < rows; ++i) made.rows.push_back({.name = "n" + std::to_string(i) + ".example", .queries = 1});
    return made;
}

TEST_F(ReporterTest, SaysNothingOfAnEmptyTick) {
    start();
    reporter.accept({}, {}, from_unix_ms(1));
    settle();
    EXPECT_TRUE(bus.published().empty());
}

TEST_F(ReporterTest, SaysManyRowsInSeveralMessagesAndWhatWasFoldedOnce) {
    start();
    reporter.accept(seen(2'500), {}, from_unix_ms(1));
    settle();
    ASSERT_EQ(bus.published().size(), 3U);
    std::size_t rows = 0;
    std::uint64_t folded = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        const auto part = model::parse_domains_seen(body(i));
        ASSERT_TRUE(part) << part.error().detail;
        EXPECT_EQ(part->tick, 1'000ms);
        EXPECT_LT(bus.published()[i].body.size(), bus::max_body_bytes);
        rows += part->rows.size();
        folded += part->folded;
    }
    EXPECT_EQ(rows, 2'500U);
    EXPECT_EQ(folded, 3U);
}

TEST_F(ReporterTest, SaysWhatWasFoldedEvenWhenNoRowIsLeft) {
    start();
    reporter.accept(seen(0), {}, from_unix_ms(1));
    settle();
    EXPECT_EQ(body(0)["folded"], 3);
}

TEST_F(ReporterTest, SaysARevisionOnceAndAgainWhenSomethingOfItChanged) {
    start();
    reporter.revision(7, "damaged", from_unix_ms(1));
    reporter.revision(7, "damaged", from_unix_ms(2));
    reporter.revision(7, "", from_unix_ms(3));
    reporter.revision(7, "", from_unix_ms(4));
    settle();
    ASSERT_EQ(bus.published().size(), 2U);
    EXPECT_EQ(bus.published()[0].topic, "config.failed");
    EXPECT_EQ(body(0)["detail"], "damaged");
    EXPECT_EQ(bus.published()[1].topic, "config.applied");
    EXPECT_EQ(body(1)["by"], "dnsd");
    EXPECT_EQ(body(1)["from"]["number"], 2);
}

TEST_F(ReporterTest, KeepsNumberAndBytesUntilTheBrokerHasThem) {
    reporter.revision(7, "", from_unix_ms(1));
    bus.fail_next(2);
    net::co_spawn(io, reporter.flush(), net::detached);
    io.run();  // Ends when everything is confirmed: flush() retries by itself.
    ASSERT_EQ(bus.published().size(), 1U);
    EXPECT_EQ(body(0)["from"]["number"], 1);
    EXPECT_EQ(reporter.waiting(), 0U);
}

}  // namespace
}  // namespace vivi::dnsd
