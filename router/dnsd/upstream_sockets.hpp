// The sockets that ask upstreams: one connected UDP socket for each upstream and slot, on ports of the kernel's choice.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/runtime/descriptor.hpp"
#include "router/dnsd/decisions.hpp"
#include "router/dnsd/socket_address.hpp"

namespace vivi::dnsd {

/// A connected socket hears its upstream only, and hears that a port there is closed. Sockets are opened when first used and
/// bound anew (another random port, RFC 5452 section 9.2) when their slot is idle and they are old. Never waits.
class UpstreamSockets {
public:
    static constexpr std::size_t most_a_batch = 64;
    static constexpr std::size_t most_message_bytes = 4096;  ///< More than we ask for: EDNS 1232.

    /// `poller`: an epoll descriptor that every socket is added to with `first_tag` + its index as data.
    UpstreamSockets(int poller, std::uint64_t first_tag, std::size_t slots);
    ~UpstreamSockets();
    UpstreamSockets(const UpstreamSockets&) = delete;
    UpstreamSockets& operator=(const UpstreamSockets&) = delete;

    /// Closes every socket when these are not the upstreams there were: what is in flight is asked again by the engine.
    void set_upstreams(std::span<const Endpoint> upstreams);

    /// Queues; `bytes` must stay until flush(). False: there is no such socket and none can be opened.
    bool queue(const Decisions::Ask& ask, BytesView bytes);
    /// Sends what is queued. What the kernel does not take is lost like a datagram on the way. Gives the upstreams of which ICMP
    /// said that nobody listens there (RFC 1122 section 4.1.3.3), mostly none.
    std::vector<Endpoint> flush();

    struct Heard {
        Endpoint from{};
        SlotId slot = 0;
        bool is_refused = false;  ///< ICMP: nobody listens there.
        /// Valid until the next receive().
        std::span<const BytesView> messages{};
    };
    /// What the socket with this tag has, at most most_a_batch.
    Heard receive(std::uint64_t tag);

    /// Closes the sockets of a slot in which nothing is in flight and that were opened before `before`; the next use opens new
    /// ones.
    void renew(Instant before, const std::function<bool(SlotId)>& is_idle);
    std::size_t open_sockets() const noexcept;

private:
    struct Socket;
    struct Batch;
    Socket* socket_for(const Endpoint& to, SlotId slot);
    bool open(Socket& socket, std::size_t index);
    void send(Socket& socket);

    int poller_;
    std::uint64_t first_tag_;
    std::size_t slots_;
    std::vector<Endpoint> upstreams_{};
    std::vector<std::unique_ptr<Socket>> sockets_{};  ///< [upstream * slots + slot]
    std::vector<Socket*> dirty_{};
    std::vector<Endpoint> refused_{};
    std::unique_ptr<Batch> batch_;
};

}  // namespace vivi::dnsd
