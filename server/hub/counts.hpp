// What the hub counts, for its health document.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace vivi::hub {

struct Counts {
    std::uint64_t connections = 0;  ///< TCP, accepted.
    std::uint64_t turned_away = 0;  ///< At a bound, before a word was said.
    std::uint64_t handshakes_failed = 0;
    std::uint64_t keys_refused = 0;  ///< Unknown, pending or revoked.
    std::uint64_t sessions = 0;      ///< Of accepted routers, started.
    std::uint64_t replaced = 0;
    std::uint64_t streams = 0;  ///< sync streams that said hello.
    std::uint64_t entries = 0;  ///< Committed.
    std::uint64_t batches = 0;  ///< Transactions they were committed in.
    std::uint64_t dead_letters = 0;
    std::uint64_t ingest_retries = 0;
    std::uint64_t configurations = 0;  ///< Sent.
    std::uint64_t commands_sent = 0;   ///< To a router, sent again included.
    std::uint64_t commands_over = 0;   ///< Whose end a router reported.
    std::uint64_t wakeups_failed = 0;  ///< `changed` messages the broker did not take.
};

}  // namespace vivi::hub
