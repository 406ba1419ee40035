// PostgreSQL killed again and again in the middle of ingest: the totals are equal to the byte.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "server/db/administration.hpp"
#include "tests/adapters/db/fixture.hpp"

namespace vivi::test {
namespace {

/// As the hub's stream: the same batch until it is committed.
Task<> until_committed(db::Pool& pool, db::Batch batch, WallTime at) {
    for (;;) {
        const auto stored = co_await db::ingest(pool, batch, at);
        if (stored) {
            EXPECT_EQ(stored->durable, batch.entries.back().sequence);
            co_return;
        }
        EXPECT_TRUE(stored.error().code != Code::Conflict && stored.error().code != Code::Denied) << stored.error().detail;
        co_await after(50ms);
    }
}

TEST(IngestRestart, APostgresqlThatIsKilledLosesAndDoublesNothing) {
    PrivatePostgres server;
    ASSERT_TRUE(db::migrate(server.owner_url()));
    Loop loop;
    db::Pool hub{server.url("vivi_hub"), 2};
    const auto organisation = db::create_organisation(server.owner_url(), "restart").value();
    const auto router = db::accept_router(server.owner_url(), {.fingerprint = "SHA256:restart",
                                                               .organisation = organisation,
                                                               .name = "restart",
                                                               .configuration = minimal_configuration})
                            .value();
    const auto enrolment = loop.run(db::find_enrolment(hub, "SHA256:restart")).value();
    const auto link = loop.run(db::start_session(hub, enrolment, "hub-1")).value();

    constexpr std::uint64_t batches = 60, each = 40;
    const auto at = wall_now();
    std::uint64_t expected = 0;
    for (std::uint64_t i = 0; i < batches; ++i) {
        db::Batch batch{.organisation = organisation, .router = router, .session = link.session, .epoch = std::string(32, 'a')};
        for (std::uint64_t j = 1; j <= each; ++j) {
            const auto sequence = i * each + j;
            batch.entries.push_back(traffic(sequence, at, phone, "a.example", static_cast<int>(sequence), 1));
            expected += sequence;
        }
        const auto ingest = [&]() -> Task<> { co_await until_committed(hub, std::move(batch), at); };
        // The pool's thread is somewhere in its transaction: each time a little further on.
        const auto kill = [&]() -> Task<> {
            co_await after(Milliseconds{static_cast<std::int64_t>(i / 10)});
            server.kill();
            server.start();
            for (;;) co_await after(3'600s);
        };
        loop.run(i % 10 == 5 ? together(ingest(), kill()) : ingest(), 90s);
    }
    EXPECT_EQ(server.sql("select sum(bytes_up) from traffic"), std::to_string(expected) + "\n");
    EXPECT_EQ(server.sql("select sum(bytes_up) from traffic_totals"), std::to_string(expected) + "\n");
    EXPECT_EQ(server.sql("select bytes_up from devices"), std::to_string(expected) + "\n");
}

}  // namespace
}  // namespace vivi::test
