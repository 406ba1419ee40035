// An authenticated SSH connection and its channels, as coroutines of one loop; the same on both ends.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/result.hpp"
#include "common/runtime/task.hpp"
#include "common/ssh/public_key.hpp"

namespace vivi::ssh {

/// A connected socket of any kind: TCP, or one end of a pair whose other end carries the bytes elsewhere.
using Stream = net::generic::stream_protocol::socket;

/// What a remote forward (RFC 4254 section 7) is called here: a virtual name and port that nobody listens on.
struct Forward {
    std::string name{};
    std::uint16_t port = 0;
    auto operator<=>(const Forward&) const = default;
};

std::string to_string(const Forward& forward);

/// When to ask a silent peer for a sign of life, and when to give it up.
struct Liveness {
    Milliseconds keepalive{15s};
    Milliseconds dead{45s};
};

/// What one end allows the other.
struct Rules {
    std::vector<Forward> forwards{};  ///< The only ones that are asked for (router) or granted (hub).
    Liveness liveness{};
    std::size_t most_channels = 64;  ///< At once.
    std::size_t most_refusals = 20;  ///< A peer that asks for more that is not allowed is disconnected.
};

struct Traffic {
    std::uint64_t in_bytes = 0, out_bytes = 0, in_packets = 0, out_packets = 0;
};

class Link;
struct ChannelState;

/// A stream of bytes in both directions inside a session. It may outlive its session, and then only fails. Both directions may
/// be used at once, each by one coroutine at a time.
class Channel {
public:
    explicit Channel(std::unique_ptr<ChannelState> state);
    Channel(Channel&&) noexcept;
    Channel& operator=(Channel&&) noexcept;
    ~Channel();  ///< Closes it.

    /// Waits for at least one byte; 0 when the peer has ended its direction. Unavailable when the session is over.
    Task<Result<std::size_t>> read_some(std::span<std::byte> into);
    /// What is there, at most 32 KiB, as read_some(); empty when the peer has ended its direction. Memory is taken when something
    /// is there: a channel that waits holds none.
    Task<Result<Bytes>> read();
    /// Completes when all of it is on its way; waits while the peer's window or the socket is full (RFC 4254 section 5.2).
    Task<Status> write(BytesView bytes);
    /// Nothing more is written; reading goes on.
    void end_writing();

private:
    Task<Result<std::size_t>> read_with(std::function<int(ChannelState&)> take);
    std::unique_ptr<ChannelState> state_;
};

struct Incoming {
    Forward forward{};
    Channel channel;
};

/// Made by Server::accept and by connect. Everything of a session happens on the loop it was made on; nothing moves unless run()
/// runs: `co_await together(session->run(), use(*session))`.
class Session {
public:
    explicit Session(std::unique_ptr<Link> link);
    ~Session();

    /// Moves bytes and watches liveness until the connection ends; says why: Timeout for a peer that went silent.
    Task<Error> run();

    /// The hub's end. Waits at most so long until the peer has asked for `forward`.
    Task<Status> forward_requested(Forward forward, Milliseconds at_most);
    /// The hub's end: a channel to what the peer has behind `forward`. NotFound when it did not ask for it, Unavailable when it
    /// refuses, Overflow at the bound of channels.
    Task<Result<Channel>> open(Forward forward, Milliseconds at_most);

    /// The router's end: the next channel the hub opens.
    Task<Incoming> next_channel();

    /// Says goodbye and ends run(). `reason` is for the peer's log.
    void disconnect(const std::string& reason);

    const PublicKey& peer_key() const noexcept;  ///< Proven: of the router on the hub's end, of the hub on the router's.
    Traffic traffic() const noexcept;
    std::size_t channels() const noexcept;

private:
    std::unique_ptr<Link> link_;
};

}  // namespace vivi::ssh
