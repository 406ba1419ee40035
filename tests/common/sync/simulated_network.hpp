// A network between routers and a hub that does what networks, disks and people do, decided by a seed: for tests of vivi-sync/1.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "common/sync/hub_session.hpp"
#include "common/sync/liveness.hpp"
#include "common/sync/lost_ranges.hpp"
#include "common/sync/router_session.hpp"

namespace vivi::sync::test {

using Random = std::mt19937;

inline Epoch epoch_of(std::uint32_t number) {
    Epoch epoch;
    for (std::size_t i = 0; i < 4; ++i) epoch.octets.at(i) = static_cast<std::byte>(number >> (8 * i));
    return epoch;
}

/// The router's side that survives: entries until they are acked. The body begins with the entry's number in the whole story.
struct Outbox {
    std::deque<Entry> entries{};
    Epoch epoch{};
    std::uint64_t sequence = 0;
    std::uint64_t acknowledged = 0;
    std::map<Epoch, std::uint64_t> began{};
    std::int64_t revision = 0;

    void begin(const Epoch& next) {
        epoch = next;
        began.emplace(next, sequence + 1);
    }
    void append(std::uint64_t number, std::size_t size) {
        entries.push_back({.epoch = epoch,
                           .sequence = ++sequence,
                           .topic = "t",
                           .body = std::to_string(number) + ' ' + std::string(size, 'x')});
    }
    /// Everything below is at the hub.
    void trim(std::uint64_t below) {
        acknowledged = std::max(acknowledged, below - 1);
        while (!entries.empty() && entries.front().sequence < below) entries.pop_front();
    }
    /// As bridged writes it: where each epoch began, and how far it is acknowledged.
    Hello hello() const {
        Hello hello{.epoch = epoch};
        for (const auto& entry : entries) {
            if (hello.stored.empty() || hello.stored.back().epoch != entry.epoch)
                hello.stored.push_back({.epoch = entry.epoch, .first = entry.sequence});
            hello.stored.back().last = entry.sequence;
        }
        for (auto one = began.begin(); one != began.end(); ++one) {
            auto until = sequence;
            for (const auto& [other, first] : began) {
                if (first > one->second) until = std::min(until, first - 1);
            }
            until = std::min(until, acknowledged);
            if (one->second <= until) hello.acknowledged.push_back({.epoch = one->first, .first = one->second, .last = until});
        }
        return hello;
    }
};

/// The hub's side that survives: cursors and what was committed, advanced together; a newer session fences the older ones.
struct Database {
    std::map<Epoch, std::uint64_t> cursors{};
    std::vector<std::uint64_t> committed{};  ///< Numbers, in the order they were committed.
    std::vector<StoredRange> lost{};         ///< Reported ranges.
    std::int64_t session = 0;
    std::int64_t desired = 1;

    bool commit(const Events& events, std::int64_t of_session) {
        if (of_session != session) return false;
        for (const auto& entry : events.entries) {
            auto& cursor = cursors[entry.epoch];
            if (entry.sequence <= cursor) continue;
            cursor = entry.sequence;
            committed.push_back(std::stoull(entry.body));
        }
        return true;
    }
};

/// One direction of a stream: bytes in chunks, each with its delay, in order; or a hole that swallows everything.
class Pipe {
public:
    void put(Bytes bytes, Instant due) {
        if (is_hole || bytes.empty()) return;
        due = chunks_.empty() ? due : std::max(due, chunks_.back().due);
        chunks_.push_back({.bytes = std::move(bytes), .due = due});
    }
    /// What has arrived, cut anywhere.
    Bytes take(Instant now, Random& random) {
        if (is_hole || chunks_.empty() || chunks_.front().due > now) return {};
        auto& bytes = chunks_.front().bytes;
        const auto count = random() % 3 == 0 ? random() % (bytes.size() + 1) : bytes.size();
        Bytes taken{bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count)};
        bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
        if (bytes.empty()) chunks_.pop_front();
        return taken;
    }
    bool is_hole = false;

private:
    struct Chunk {
        Bytes bytes{};
        Instant due{};
    };
    std::deque<Chunk> chunks_;
};

/// One stream with both of its ends. Each end may be gone while the other has not noticed.
class Stream {
public:
    Stream(Outbox& outbox, Database& database, Random& random, Instant now)
        : outbox_{outbox},
          database_{database},
          random_{random},
          epoch_{outbox.epoch},
          session_{++database.session},
          router_{outbox.hello()},
          router_liveness_{now},
          hub_liveness_{now} {}

    void step(Instant now) {
        switch (random_() % 7) {
            case 0: offer_some(); break;
            case 1: to_hub.put(router_.take_output(), now + delay()); break;
            case 2: to_router.put(hub_.take_output(), now + delay()); break;
            case 3: hear_hub(now); break;
            case 4: hear_router(now); break;
            case 5: commit(); break;
            case 6: stay_alive(now); break;
        }
        if (outbox_.epoch != epoch_ || must_renew) router_is_gone = true;  // bridged says bye then.
        if (router_is_gone && hub_is_gone) return;
        // The other end hears of an orderly end (FIN) unless a hole is in between: then only its liveness tells.
        if (router_is_gone && !to_hub.is_hole && random_() % 8 == 0) hub_is_gone = true;
        if (hub_is_gone && !to_router.is_hole && random_() % 8 == 0) router_is_gone = true;
    }
    bool is_over() const { return router_is_gone && hub_is_gone; }
    void break_now() { router_is_gone = hub_is_gone = true; }

    Pipe to_hub, to_router;
    bool router_is_gone = false, hub_is_gone = false;
    bool must_renew = false;
    std::string violation{};  ///< Not the network's doing: a bug.

private:
    Milliseconds delay() { return Milliseconds{random_() % 5 == 0 ? random_() % 5'000 : random_() % 50}; }

    void offer_some() {
        if (router_is_gone || outbox_.epoch != epoch_) return;
        const auto count = 1 + random_() % 40;
        std::vector<Entry> entries;
        for (const auto& entry : outbox_.entries) {
            if (entry.sequence > offered_ && entries.size() < count) entries.push_back(entry);
        }
        const auto taken = router_.offer(entries);
        if (taken > 0) offered_ = entries[taken - 1].sequence;
        if (router_.unacknowledged_entries() > window_entries || router_.unacknowledged_bytes() > window_bytes)
            violation = "more under way than the window";
        trim();
    }
    /// What is taken and not under way is durable at the hub.
    void trim() {
        if (!router_.is_running() || offered_ == 0) return;
        outbox_.trim(router_.first_unacknowledged().value_or(offered_ + 1));
    }
    void hear_hub(Instant now) {
        if (router_is_gone) return;
        const auto bytes = to_router.take(now, random_);
        if (!bytes.empty()) router_liveness_.heard(now);
        const auto received = router_.receive(bytes);
        for (const auto& message : received.messages) {
            if (const auto* config = std::get_if<Config>(&message))
                outbox_.revision = std::max(outbox_.revision, config->revision);
            if (const auto* welcome = std::get_if<Welcome>(&message)) {
                for (const auto& cursor : welcome->durable)
                    must_renew = must_renew || (cursor.epoch == epoch_ && cursor.sequence > outbox_.sequence);
                if (welcome->session != session_) violation = "the welcome of another session";
            }
        }
        if (must_renew) return;
        trim();
        if (received.ended) violation = "router: " + received.ended->detail;
    }
    void hear_router(Instant now) {
        if (hub_is_gone) return;
        const auto bytes = to_hub.take(now, random_);
        if (!bytes.empty()) hub_liveness_.heard(now);
        auto received = hub_.receive(bytes);
        for (auto& message : received.messages) {
            if (std::holds_alternative<Hello>(message)) greet(std::get<Hello>(message));
            if (auto* events = std::get_if<Events>(&message)) waiting_.push_back(std::move(*events));
        }
        if (received.ended) violation = "hub: " + received.ended->detail;
    }
    /// In one transaction under the session's number, as the hub does it.
    void greet(const Hello& hello) {
        if (session_ != database_.session) return replaced();
        std::vector<Cursor> known;
        for (const auto& [epoch, sequence] : database_.cursors) known.push_back({.epoch = epoch, .sequence = sequence});
        for (const auto& range : lost_ranges(hello, known)) {
            database_.lost.push_back(range);
            database_.cursors[range.epoch] = range.last;
        }
        std::vector<Cursor> durable;
        std::set<Epoch> epochs{hello.epoch};
        for (const auto& range : hello.stored) epochs.insert(range.epoch);
        for (const auto& epoch : epochs) {
            if (database_.cursors.contains(epoch)) durable.push_back({.epoch = epoch, .sequence = database_.cursors.at(epoch)});
        }
        hub_.welcome("router", std::move(durable), session_);
        hub_.config(sent_revision_ = database_.desired, "{}");
    }
    /// Commits, and then may fail to say so: the ack is lost with the stream. Or PostgreSQL is away: later, then.
    void commit() {
        if (hub_is_gone || random_() % 4 == 0) return;
        if (hub_.is_running() && sent_revision_ != database_.desired) hub_.config(sent_revision_ = database_.desired, "{}");
        if (waiting_.empty()) return;
        if (!database_.commit(waiting_.front(), session_)) return replaced();
        const auto events = std::move(waiting_.front());
        waiting_.pop_front();
        std::map<Epoch, std::uint64_t> last;
        for (const auto& entry : events.entries) last[entry.epoch] = entry.sequence;
        for (const auto& [epoch, sequence] : last) hub_.ack({.epoch = epoch, .sequence = sequence});
    }
    void replaced() {
        waiting_.clear();
        hub_is_gone = true;
    }
    void stay_alive(Instant now) {
        if (!router_is_gone && router_liveness_.take_ping(now)) router_.ping(random_());
        if (!hub_is_gone && hub_.is_running() && hub_liveness_.take_ping(now)) hub_.ping(random_());
        router_is_gone = router_is_gone || router_liveness_.is_dead(now);
        hub_is_gone = hub_is_gone || hub_liveness_.is_dead(now);
    }

    Outbox& outbox_;
    Database& database_;
    Random& random_;
    Epoch epoch_;
    std::int64_t session_;
    RouterSession router_;
    HubSession hub_;
    Liveness router_liveness_, hub_liveness_;
    std::deque<Events> waiting_;
    std::uint64_t offered_ = 0;
    std::int64_t sent_revision_ = 0;
};

}  // namespace vivi::sync::test
