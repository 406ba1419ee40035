// Whether dnsd answers: the question asked of it, what counts as an answer, and when it counts as gone or back. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "common/core/bytes.hpp"
#include "common/core/time.hpp"

namespace vivi::bridged {

/// RFC 1035 section 4.1: one question, A of alive.vivi.invalid (RFC 6761 section 6.4: never a real name), recursion desired.
Bytes dns_probe(std::uint16_t id);
/// A response to dns_probe(id) with the same question, whatever its code: a server that says SERVFAIL is alive.
bool is_answer_to_probe(BytesView datagram, std::uint16_t id) noexcept;

/// Gone when nothing came for `patience`; back with the second answer in a row, so that one that comes and goes does not flap
/// the rules.
///
///     Serving --- silent for patience ---> Gone --- answers_to_return in a row ---> Serving
class DnsWatch {
public:
    enum class State : std::uint8_t { Serving, Gone };
    static constexpr Milliseconds probe_every{500};
    static constexpr Milliseconds patience{2'000};
    static constexpr int answers_to_return = 2;

    /// It counts as serving until it was silent for long enough.
    explicit DnsWatch(Instant start) noexcept : last_answer_{start} {}

    /// A probe was answered; the new state when it changed.
    std::optional<State> answered(Instant now) noexcept;
    /// A probe was not; likewise.
    std::optional<State> silent(Instant now) noexcept;

    State state() const noexcept { return state_; }
    Instant last_answer() const noexcept { return last_answer_; }

private:
    State state_ = State::Serving;
    Instant last_answer_;
    int in_a_row_ = 0;
};

}  // namespace vivi::bridged
