// What the engine decides about a batch: elements to allow first, answers to send then, questions for upstreams.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "router/firewall/allowed.hpp"

namespace vivi::dnsd {

enum class Transport : std::uint8_t { Udp, Tcp };

/// An address and a port; IPv4 is mapped.
struct Endpoint {
    Ipv6 address{};
    std::uint16_t port = 0;
    constexpr auto operator<=>(const Endpoint&) const = default;
};

/// Who asked, and everything the edge needs to send the answer back: the engine gives it back unchanged.
struct Client {
    Endpoint from{};
    Ipv6 local{};  ///< The address of ours that was asked (IP_PKTINFO); mapped. The answer leaves from it.
    Transport transport = Transport::Udp;
    /// The edge's own: a listening socket and interface, or a TCP connection. Of a connection it must never be used again for
    /// another one: an answer may come after the connection has ended, and is then to be thrown away.
    std::uint64_t route = 0;
    bool operator==(const Client&) const = default;
};

/// Index into what Engine::set_upstreams was given.
using UpstreamId = std::uint16_t;
/// Which of the edge's UDP sockets for upstreams, 0 … Limits::slots - 1: a random source port (RFC 5452 section 9.2).
using SlotId = std::uint16_t;

/// Filled by the engine, emptied by the edge, used again: it keeps its memory. In this order the edge must
/// 1. put `allowed()` into the sets, for `allow_for()`; when that fails, call Engine::allow_failed() and go on;
/// 2. send `answers()`;
/// 3. send `asks()`.
class Decisions {
public:
    struct Answer {
        Client client{};
        std::size_t at = 0, size = 0;  ///< bytes(answer) is the message, without the length prefix of TCP.
    };
    struct Ask {
        UpstreamId upstream = 0;
        Transport transport = Transport::Udp;
        SlotId slot = 0;               ///< Of UDP. TCP: 0, any connection of the edge.
        Endpoint to{};                 ///< Of the upstream.
        std::uint16_t id = 0;          ///< Of the message; with TCP what Engine::upstream_failed is told.
        std::size_t at = 0, size = 0;  ///< bytes(ask), without the length prefix of TCP.
    };

    /// Valid until clear() or the next verb of the engine with these decisions.
    std::span<const Answer> answers() const noexcept { return answers_; }
    std::span<const Ask> asks() const noexcept { return asks_; }
    std::span<const firewall::Allowed> allowed() const noexcept { return allowed_; }
    Seconds allow_for() const noexcept { return allow_for_; }
    BytesView bytes(const Answer& answer) const noexcept { return BytesView{arena_}.subspan(answer.at, answer.size); }
    BytesView bytes(const Ask& ask) const noexcept { return BytesView{arena_}.subspan(ask.at, ask.size); }
    bool empty() const noexcept { return answers_.empty() && asks_.empty() && allowed_.empty(); }
    void clear() noexcept;

    /// For the engine: at least `most` bytes at the end of the arena, to be kept by one of the next two with the size used.
    std::span<std::byte> room(std::size_t most);
    void answer(const Client& client, std::size_t size);
    void ask(Ask ask, std::size_t size);
    void allow(firewall::Allowed element, Seconds timeout);

private:
    std::vector<std::byte> arena_{};
    std::size_t used_ = 0;
    std::vector<Answer> answers_{};
    std::vector<Ask> asks_{};
    std::vector<firewall::Allowed> allowed_{};
    Seconds allow_for_{};
};

}  // namespace vivi::dnsd
