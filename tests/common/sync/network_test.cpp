// A deterministic network between both ends: the stream breaks anywhere, any number of times; every entry arrives once, in order.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <deque>
#include <map>
#include <random>
#include <set>

#include "common/sync/hub_session.hpp"
#include "common/sync/router_session.hpp"

namespace vivi::sync {
namespace {

Epoch epoch_of(std::uint8_t number) {
    Epoch epoch;
    epoch.octets.front() = std::byte{number};
    return epoch;
}

/// The router's side that survives: entries until they are acked.
struct Outbox {
    std::deque<Entry> entries{};
    Epoch epoch = epoch_of(1);
    std::uint64_t sequence = 0;

    void append(std::mt19937& random) {
        const auto size = random() % 50 == 0 ? 90'000 : random() % 300;
        entries.push_back({.epoch = epoch, .sequence = ++sequence, .topic = "t", .body = std::string(size, 'x')});
    }
    void reboot() { epoch = epoch_of(static_cast<std::uint8_t>(std::to_integer<int>(epoch.octets.front()) + 1)); }
    Hello hello() const {
        Hello hello{.epoch = epoch};
        for (const auto& entry : entries) {
            if (hello.stored.empty() || hello.stored.back().epoch != entry.epoch)
                hello.stored.push_back({.epoch = entry.epoch, .first = entry.sequence});
            hello.stored.back().last = entry.sequence;
        }
        return hello;
    }
};

/// The hub's side that survives: cursors and what was committed, advanced together.
struct Database {
    std::map<Epoch, std::uint64_t> cursors{};
    std::vector<std::uint64_t> committed{};

    void commit(const Events& events) {
        for (const auto& entry : events.entries) {
            auto& cursor = cursors[entry.epoch];
            if (entry.sequence <= cursor) continue;
            cursor = entry.sequence;
            committed.push_back(entry.sequence);
        }
    }
};

/// One stream between them, with bytes under way in both directions.
class Stream {
public:
    Stream(Outbox& outbox, Database& database, std::mt19937& random)
        : outbox_{outbox}, database_{database}, random_{random}, router_{outbox.hello()} {}

    /// One thing happens. False when a session ended: that is a bug, not the network.
    [[nodiscard]] bool step() {
        switch (random_() % 6) {
            case 0: offer_some(); break;
            case 1: put(router_.take_output(), to_hub_); break;
            case 2: put(hub_.take_output(), to_router_); break;
            case 3: return hear_hub();
            case 4: return hear_router();
            case 5: commit(); break;
        }
        return true;
    }

private:
    static void put(const Bytes& bytes, Bytes& wire) { wire.insert(wire.end(), bytes.begin(), bytes.end()); }
    Bytes take_some(Bytes& wire) {
        const auto count = wire.empty() ? 0 : random_() % (wire.size() + 1);
        const auto end = wire.begin() + static_cast<std::ptrdiff_t>(count);
        Bytes taken{wire.begin(), end};
        wire.erase(wire.begin(), end);
        return taken;
    }
    void offer_some() {
        const auto count = 1 + random_() % 40;
        std::vector<Entry> entries;
        for (const auto& entry : outbox_.entries) {
            if (entry.sequence > offered_ && entries.size() < count) entries.push_back(entry);
        }
        const auto taken = router_.offer(entries);
        if (taken > 0) offered_ = entries[taken - 1].sequence;
        trim();
    }
    /// What is taken and not under way is durable at the hub.
    void trim() {
        const auto durable = router_.first_unacknowledged().value_or(offered_ + 1);
        while (!outbox_.entries.empty() && outbox_.entries.front().sequence < durable) outbox_.entries.pop_front();
    }
    bool hear_hub() {
        const auto received = router_.receive(take_some(to_router_));
        trim();
        return !received.ended;
    }
    bool hear_router() {
        auto received = hub_.receive(take_some(to_hub_));
        for (auto& message : received.messages) {
            if (std::holds_alternative<Hello>(message)) greet(std::get<Hello>(message));
            if (auto* events = std::get_if<Events>(&message)) waiting_.push_back(std::move(*events));
        }
        return !received.ended;
    }
    void greet(const Hello& hello) {
        std::vector<Cursor> durable;
        std::set<Epoch> epochs{hello.epoch};
        for (const auto& range : hello.stored) epochs.insert(range.epoch);
        for (const auto& epoch : epochs) {
            if (database_.cursors.contains(epoch)) durable.push_back({.epoch = epoch, .sequence = database_.cursors.at(epoch)});
        }
        hub_.welcome("router", std::move(durable));
    }
    /// Commits, and then may fail to say so: the ack is lost with the stream.
    void commit() {
        if (waiting_.empty()) return;
        const auto events = std::move(waiting_.front());
        waiting_.pop_front();
        database_.commit(events);
        std::map<Epoch, std::uint64_t> last;
        for (const auto& entry : events.entries) last[entry.epoch] = entry.sequence;
        for (const auto& [epoch, sequence] : last) hub_.ack({.epoch = epoch, .sequence = sequence});
    }

    Outbox& outbox_;
    Database& database_;
    std::mt19937& random_;
    RouterSession router_;
    HubSession hub_;
    Bytes to_hub_, to_router_;
    std::deque<Events> waiting_;
    std::uint64_t offered_ = 0;
};

TEST(SyncNetwork, EveryEntryArrivesOnceAndInOrderWhateverTheStreamDoes) {
    constexpr std::uint32_t seeds = 2000;
    constexpr std::uint64_t total = 40;
    for (std::uint32_t seed = 0; seed < seeds; ++seed) {
        std::mt19937 random{seed};
        Outbox outbox;
        Database database;
        for (int stream = 0; database.committed.size() < total || !outbox.entries.empty(); ++stream) {
            ASSERT_LT(stream, 1000) << "seed " << seed << " makes no progress";
            Stream wire{outbox, database, random};
            const auto lifetime = 1 + random() % 400;  // Then it breaks, with whatever is under way.
            for (std::uint32_t i = 0; i < lifetime; ++i) {
                if (outbox.sequence < total && random() % 4 == 0) outbox.append(random);
                ASSERT_TRUE(wire.step()) << "seed " << seed << " stream " << stream;
            }
            if (random() % 4 == 0) outbox.reboot();
        }
        std::vector<std::uint64_t> expected(total);
        for (std::uint64_t i = 0; i < total; ++i) expected[i] = i + 1;
        ASSERT_EQ(database.committed, expected) << "seed " << seed;
    }
}

}  // namespace
}  // namespace vivi::sync
