// Publishing what waits until the broker has it: for ever, or until nothing is left.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>

#include "common/core/backoff.hpp"
#include "common/core/crypto.hpp"
#include "common/runtime/task.hpp"

namespace vivi::bus {

/// What waits to be published.
template <class T>
concept Waiting = requires(T& waiting) {
    { waiting.is_empty() } -> std::same_as<bool>;         ///< Nothing waits.
    { waiting.more() } -> std::same_as<Task<>>;           ///< Until something may wait.
    { waiting.send_next() } -> std::same_as<Task<bool>>;  ///< Tries once; false when the broker did not take it.
};

/// Retries with full jitter, 0.25 s to 10 s. Ends by cancellation only.
template <Waiting T>
Task<> publish_for_ever(T& waiting) {
    Backoff backoff{Milliseconds{250}, Milliseconds{10'000}};
    for (;;) {
        if (waiting.is_empty()) {
            co_await waiting.more();
            continue;
        }
        const bool is_sent = co_await waiting.send_next();
        if (is_sent)
            backoff.reset();
        else
            co_await after(backoff.next(crypto::random_u32()));
    }
}

/// Until nothing is left, a try every 0.1 s: for a process that is about to end. Whoever calls bounds it.
template <Waiting T>
Task<> publish_the_rest(T& waiting) {
    while (!waiting.is_empty()) {
        const bool is_sent = co_await waiting.send_next();
        if (!is_sent) co_await after(Milliseconds{100});
    }
}

}  // namespace vivi::bus
