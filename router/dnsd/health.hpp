// What the engine counts, and how the upstreams do: for the health document.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/core/time.hpp"
#include "router/dnsd/decisions.hpp"

namespace vivi::dnsd {

/// Since the engine was made.
struct Counters {
    std::uint64_t queries = 0;    ///< Everything that came in from clients.
    std::uint64_t dropped = 0;    ///< Responses, and too short to have a header: silence.
    std::uint64_t malformed = 0;  ///< FORMERR, NOTIMP, BADVERS.
    std::uint64_t refused = 0;    ///< REFUSED: classes and types not served here, and the bound of a client.
    std::uint64_t local = 0;      ///< Answered from local and special names.
    std::uint64_t blocked = 0;    ///< By the policy, the names that aliases led to included.
    std::uint64_t cached = 0;     ///< Questions answered from the cache, without an upstream.
    std::uint64_t forwarded = 0;  ///< Questions that went upstream: the first try of each.
    std::uint64_t coalesced = 0;  ///< Joined one that was there already.
    std::uint64_t repeated = 0;   ///< The same client asked the same again while it waited: silence, one answer is coming.
    std::uint64_t answered = 0;   ///< From an upstream's answer, one a client.
    std::uint64_t failed = 0;     ///< SERVFAIL: no upstream answered in time.
    std::uint64_t overload = 0;   ///< SERVFAIL: a table was full.
    std::uint64_t truncated = 0;  ///< Answered with TC.
    std::uint64_t retries = 0;    ///< Further tries, over TCP included.
    std::uint64_t wrong = 0;      ///< Upstream datagrams that fit no question in flight (address, id, slot, question, case).
    std::uint64_t rebinding = 0;  ///< Records taken out because they lead to private addresses.
    std::uint64_t ech = 0;        ///< Records from which `ech` was taken out.
};

/// How an upstream does, for health documents.
struct UpstreamHealth {
    Endpoint endpoint{};
    bool is_penalised = false;
    std::uint32_t failures = 0;  ///< In a row.
    Milliseconds rtt{};          ///< Smoothed; 0: none measured.
    std::uint64_t answers = 0;
    bool keeps_case = true;  ///< False: it does not preserve the case of a question, so 0x20 is not used with it.
};

}  // namespace vivi::dnsd
