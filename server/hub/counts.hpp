// What the hub counts, for its health document.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace vivi::hub {

/// Of any thread.
using Count = std::atomic<std::uint64_t>;

struct Counts {
    Count connections = 0;  ///< TCP, accepted.
    Count turned_away = 0;  ///< At a bound, before a word was said.
    Count handshakes_failed = 0;
    Count keys_refused = 0;  ///< Unknown, pending or revoked.
    Count sessions = 0;      ///< Of accepted routers, started.
    Count replaced = 0;
    Count held = 0;     ///< Pending routers, as often as one was held.
    Count streams = 0;  ///< sync streams that said hello.
    Count entries = 0;  ///< Committed.
    Count batches = 0;  ///< Transactions they were committed in.
    Count dead_letters = 0;
    Count ingest_retries = 0;
    Count configurations = 0;  ///< Sent.
    Count commands_sent = 0;   ///< To a router, sent again included.
    Count commands_over = 0;   ///< Whose end a router reported.
    Count wakeups = 0;         ///< Heard, for routers of this hub.
    Count wakeups_failed = 0;  ///< `changed` messages the broker did not take.

    Count routers_now = 0;  ///< Connected.
    Count streams_now = 0;  ///< That said hello.
    Count pending_now = 0;  ///< Held.
};

/// Counted for as long as it lives.
class Present {
public:
    explicit Present(Count& of) noexcept : count_{of} { ++count_; }
    ~Present() { --count_; }
    Present(const Present&) = delete;
    Present& operator=(const Present&) = delete;

private:
    Count& count_;
};

}  // namespace vivi::hub
