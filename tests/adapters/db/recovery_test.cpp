// Connections that are killed while batches come: every batch is counted once, and the pool goes on by itself.
// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>

#include "tests/adapters/db/fixture.hpp"

namespace vivi::test {
namespace {

using Recovery = Database;

TEST_F(Recovery, NoBatchIsLostOrDoubledWhenBackendsAreKilled) {
    const auto now = wall_now();
    const auto site = make_site("recovery");
    constexpr int batches = 40;
    std::atomic<bool> is_done = false;
    std::atomic<int> killed = 0;
    std::jthread killer{[&] {
        while (!is_done) {
            const auto gone =
                postgres().sql("select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'vivi_hub'");
            killed += std::atoi(gone.c_str());
        }
    }};
    int failures = 0;
    for (std::uint64_t sequence = 1; sequence <= batches;) {
        const auto sent = run(db::ingest(hub, batch(site, {traffic(sequence, now, phone, "a.example", 1, 2)}), now));
        if (sent) {
            EXPECT_EQ(sent->durable, sequence);
            ++sequence;
        } else {
            ++failures;  // As the hub does: the same batch again, whatever became of it.
            ASSERT_EQ(sent.error().code, Code::Unavailable) << sent.error().detail;
            ASSERT_LT(failures, 10'000);
        }
    }
    is_done = true;
    killer.join();
    EXPECT_GT(killed, 0);
    EXPECT_GT(failures, 0) << "nothing was interrupted: this shows nothing";
    for (const auto* table : {"traffic", "traffic_totals", "devices"})
        EXPECT_EQ(number("select sum(bytes_up) || '/' || sum(bytes_down) from " + std::string{table} + " where router_id = '" +
                         site.router + "'"),
                  std::to_string(batches) + "/" + std::to_string(2 * batches))
            << table;
    bool answers = false;  // Each of the two connections may have been the last to be killed.
    for (int i = 0; i < 3 && !answers; ++i) answers = run(db::ping(hub)).has_value();
    EXPECT_TRUE(answers);
}

}  // namespace
}  // namespace vivi::test
