// Both ends in a simulated network: whatever it, the disks and the operators do, every entry arrives once, in order.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

#include "tests/common/sync/simulated_network.hpp"

namespace vivi::sync::test {
namespace {

struct Faults {
    bool breaks = true;     ///< Streams are cut, become holes, or a second one is there beside the first.
    bool restarts = true;   ///< The bridge, the hub.
    bool disks = false;     ///< The router loses what was not synced yet, or its whole store.
    bool restores = false;  ///< The server's database is set back.
};

/// One router, one hub, and a seed that decides what happens to them.
class World {
public:
    World(std::uint32_t seed, Faults faults, std::uint64_t total) : faults_{faults}, total_{total}, random_{seed} { new_epoch(); }

    /// Until everything is at the hub; the reason why it is not as it must be, empty when it is.
    std::string run() {
        constexpr int most_steps = 400'000;
        for (int i = 0; i < most_steps; ++i) {
            step();
            for (const auto& stream : streams_) {
                if (!stream->violation.empty()) return stream->violation;
            }
            if (is_settled()) return judge();
        }
        return "no progress";
    }
    std::uint64_t reported_lost() const { return database_.lost.size(); }

private:
    bool is_settled() const { return number_ == total_ && outbox_.entries.empty() && outbox_.revision == database_.desired; }

    void step() {
        now_ += Milliseconds{random_() % 20 == 0 ? random_() % 4'000 : random_() % 20};
        if (number_ < total_ && random_() % 6 == 0) append();
        if (random_() % 200 == 0 && number_ < total_) ++database_.desired;
        if (random_() % 40 == 0) synced_ = outbox_;
        for (auto& stream : streams_) {
            stream->step(now_);
            if (stream->must_renew && stream == streams_.back()) new_epoch();
        }
        std::erase_if(streams_, [](const auto& stream) { return stream->is_over(); });
        const bool has_one = !streams_.empty() && !streams_.back()->router_is_gone;
        if (!has_one && random_() % 10 == 0) connect();
        if (random_() % 60 == 0 && number_ < total_) go_wrong();
    }

    /// A router's new stream replaces its old one; the hub may not have noticed yet.
    void connect() {
        for (auto& stream : streams_) stream->router_is_gone = true;
        streams_.push_back(std::make_unique<Stream>(outbox_, database_, random_, now_));
    }

    void go_wrong() {
        const auto what = random_() % 9;
        if (what < 3 && faults_.breaks && !streams_.empty()) {
            auto& stream = *streams_[random_() % streams_.size()];
            if (what == 0) stream.break_now();
            if (what == 1) (random_() % 2 == 0 ? stream.to_hub : stream.to_router).is_hole = true;
            if (what == 2) connect();
        }
        if (what == 3 && faults_.restarts) {  // The bridge.
            for (auto& stream : streams_) stream->router_is_gone = true;
        }
        if (what == 4 && faults_.restarts) {  // The hub, or its PostgreSQL: nothing that waits is kept.
            for (auto& stream : streams_) stream->hub_is_gone = true;
        }
        if (what == 5 && faults_.restarts) reboot();
        if (what == 6 && faults_.disks) {
            outbox_ = synced_;
            reboot();
        }
        if (what == 7 && faults_.disks && random_() % 4 == 0) {
            outbox_ = Outbox{.revision = outbox_.revision};
            reboot();
        }
        if (what == 8 && faults_.restores) {
            if (random_() % 2 == 0)
                backup_ = database_;
            else
                restore();
        }
    }
    void reboot() {
        for (auto& stream : streams_) stream->router_is_gone = true;
        new_epoch();
        synced_ = outbox_;
    }
    void restore() {
        for (auto& stream : streams_) stream->break_now();
        const auto session = database_.session;
        const auto desired = database_.desired;
        database_ = backup_;
        database_.session = session;  // As an operator is told to do: see docs/operations.md.
        database_.desired = desired;
    }
    void new_epoch() { outbox_.begin(epoch_of(++epochs_)); }
    void append() {
        const auto size = random_() % 60 == 0 ? 90'000 : random_() % 300;
        outbox_.append(++number_, size);
        written_[number_] = {.epoch = outbox_.epoch, .sequence = outbox_.sequence};
    }

    std::string judge() const {
        const auto& committed = database_.committed;
        if (!std::ranges::is_sorted(committed, std::less_equal{})) return "not in order, or twice";
        const std::set<std::uint64_t> have{committed.begin(), committed.end()};
        for (const auto& [number, cursor] : written_) {
            const auto is_lost = std::ranges::any_of(database_.lost, [&cursor](const StoredRange& range) {
                return range.epoch == cursor.epoch && range.first <= cursor.sequence && cursor.sequence <= range.last;
            });
            if (have.contains(number) && is_lost) return "reported as lost and there: " + std::to_string(number);
            if (!have.contains(number) && !is_lost && !faults_.disks) return "missing: " + std::to_string(number);
        }
        return {};
    }

    Faults faults_;
    std::uint64_t total_;
    Random random_;
    Instant now_{};
    std::uint32_t epochs_ = 0;
    std::uint64_t number_ = 0;
    Outbox outbox_{}, synced_{};
    Database database_{}, backup_{};
    std::map<std::uint64_t, Cursor> written_;
    std::vector<std::unique_ptr<Stream>> streams_;
};

void expect_all_seeds(std::uint32_t seeds, Faults faults, std::uint64_t total) {
    for (std::uint32_t seed = 0; seed < seeds; ++seed) {
        const auto wrong = World{seed, faults, total}.run();
        ASSERT_EQ(wrong, "") << "seed " << seed;
    }
}

TEST(SyncNetwork, EveryEntryArrivesOnceAndInOrderWhateverTheStreamsDo) { expect_all_seeds(400, {}, 40); }

TEST(SyncNetwork, ADiskThatLosesItsLastSecondDoublesNothing) { expect_all_seeds(200, {.disks = true}, 60); }

TEST(SyncNetwork, WhatARestoredDatabaseLostIsReportedToTheEntry) { expect_all_seeds(200, {.restores = true}, 60); }

TEST(SyncNetwork, ARestoreIsSeenAtAll) {
    std::uint64_t reported = 0;
    for (std::uint32_t seed = 0; seed < 50; ++seed) {
        World world{seed, {.restores = true}, 60};
        EXPECT_EQ(world.run(), "");
        reported += world.reported_lost();
    }
    EXPECT_GT(reported, 0U) << "otherwise the test above proves nothing";
}

/// The story of a stream that is cut after so many bytes to the hub or to the router, and of the one after it.
class CutStory {
public:
    CutStory() {
        outbox_.begin(epoch_of(1));
        for (std::uint64_t number = 1; number <= 6; ++number) outbox_.append(number, 20);
        outbox_.begin(epoch_of(2));
        for (std::uint64_t number = 7; number <= 12; ++number) outbox_.append(number, 20);
    }

    /// Bytes that came through in each direction.
    struct Passed {
        std::size_t to_hub = 0, to_router = 0;
    };
    Passed talk(std::size_t most_to_hub, std::size_t most_to_router) {
        RouterSession router{outbox_.hello()};
        HubSession hub;
        Passed passed;
        std::uint64_t offered = 0;
        for (int i = 0; i < 8; ++i) {
            const std::vector<Entry> entries{outbox_.entries.begin(), outbox_.entries.end()};
            std::vector<Entry> next;
            std::ranges::copy_if(entries, std::back_inserter(next), [&](const Entry& one) { return one.sequence > offered; });
            next.resize(std::min<std::size_t>(next.size(), 4));
            if (const auto taken = router.offer(next); taken > 0) offered = next[taken - 1].sequence;
            auto heard = hub.receive(cut(router.take_output(), passed.to_hub, most_to_hub));
            EXPECT_FALSE(heard.ended);
            for (auto& message : heard.messages) answer(hub, message);
            EXPECT_FALSE(router.receive(cut(hub.take_output(), passed.to_router, most_to_router)).ended);
            if (router.is_running() && offered > 0) outbox_.trim(router.first_unacknowledged().value_or(offered + 1));
        }
        return passed;
    }
    const std::vector<std::uint64_t>& committed() const { return database_.committed; }
    bool is_empty() const { return outbox_.entries.empty(); }

private:
    static Bytes cut(Bytes bytes, std::size_t& passed, std::size_t most) {
        bytes.resize(std::min(bytes.size(), most - passed));
        passed += bytes.size();
        return bytes;
    }
    void answer(HubSession& hub, HubSession::Message& message) {
        if (const auto* hello = std::get_if<Hello>(&message)) {
            std::vector<Cursor> durable;
            for (const auto& range : hello->stored) durable.push_back({range.epoch, database_.cursors[range.epoch]});
            hub.welcome("router", std::move(durable));
        }
        if (const auto* events = std::get_if<Events>(&message)) {
            database_.commit(*events, 0);
            for (const auto& entry : events->entries) hub.ack({.epoch = entry.epoch, .sequence = entry.sequence});
        }
    }

    Outbox outbox_;
    Database database_;
};

TEST(SyncNetwork, CutAtEveryByteInEitherDirection) {
    constexpr std::size_t never = 1 << 20;
    CutStory uncut;
    const auto whole = uncut.talk(never, never);
    ASSERT_TRUE(uncut.is_empty());
    ASSERT_GT(whole.to_hub, 500U);
    const auto expect_once = [&](std::size_t to_hub, std::size_t to_router) {
        CutStory story;
        story.talk(to_hub, to_router);
        story.talk(never, never);
        ASSERT_EQ(story.committed(), uncut.committed()) << to_hub << ' ' << to_router;
        ASSERT_TRUE(story.is_empty());
    };
    for (std::size_t byte = 0; byte <= whole.to_hub; ++byte) expect_once(byte, never);
    for (std::size_t byte = 0; byte <= whole.to_router; ++byte) expect_once(never, byte);
}

TEST(SyncNetwork, TwoRoutersWithACopyOfOneCardSendTheirCommonPastOnce) {
    Outbox original;
    original.begin(epoch_of(1));
    for (std::uint64_t number = 1; number <= 20; ++number) original.append(number, 20);
    Database database;
    auto copy = original;
    original.begin(epoch_of(2));
    copy.begin(epoch_of(3));
    for (std::uint64_t number = 21; number <= 40; ++number) (number % 2 == 0 ? original : copy).append(number, 20);
    Random random{1};
    Instant now{};
    std::unique_ptr<Stream> stream;
    for (int round = 0; round < 2'000 && !(original.entries.empty() && copy.entries.empty()); ++round) {
        // The same key: each connection replaces the other router's.
        stream = std::make_unique<Stream>(round % 2 == 0 ? original : copy, database, random, now);
        for (int i = 0; i < 200; ++i) stream->step(now += Milliseconds{random() % 20});
        ASSERT_EQ(stream->violation, "");
    }
    std::ranges::sort(database.committed);
    std::vector<std::uint64_t> all(40);
    std::iota(all.begin(), all.end(), 1);
    EXPECT_EQ(database.committed, all);
}

}  // namespace
}  // namespace vivi::sync::test
