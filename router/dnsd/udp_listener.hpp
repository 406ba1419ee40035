// The socket guests ask on: datagrams in and answers out in batches, each answer from the address that was asked.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "common/core/bytes.hpp"
#include "common/core/result.hpp"
#include "common/runtime/descriptor.hpp"
#include "router/dnsd/socket_address.hpp"

namespace vivi::dnsd {

/// A message and who sent it. Of a query that nftables redirected, `client.local` is our own address: the kernel translates the
/// answer back (nft(8), redirect), if it leaves from there.
struct Datagram {
    Client client{};
    BytesView bytes{};  ///< Valid until the next receive().
};

/// Never waits and allocates nothing after open().
class UdpListener {
public:
    static constexpr std::size_t most_a_batch = 64;
    /// A query has one name and an OPT record with cookies at most; what is longer is cut off and will not parse.
    static constexpr std::size_t most_query_bytes = 1536;

    /// Bound to `where` ("0.0.0.0", "::": every address of that family). `number` tells listeners apart in Client::route.
    /// Conflict, Denied, NotFound with what to do.
    static Result<UdpListener> open(const Endpoint& where, std::uint8_t number);
    /// The number of the listener at which `client` asked.
    static std::uint8_t number_of(const Client& client) noexcept { return static_cast<std::uint8_t>(client.route >> 32); }
    ~UdpListener();
    UdpListener(UdpListener&&) noexcept;
    UdpListener& operator=(UdpListener&&) noexcept;

    int descriptor() const noexcept;

    /// What is there, at most most_a_batch.
    std::span<const Datagram> receive();

    bool is_full() const noexcept;
    /// Only while not is_full(). `bytes` must stay until flush().
    void queue(const Client& to, BytesView bytes) noexcept;
    /// Sends what is queued. Gives how many could not be sent: no room in the kernel, or the address is gone.
    std::size_t flush() noexcept;

private:
    struct Batches;
    UdpListener();
    Descriptor socket_;
    std::unique_ptr<Batches> batches_;
};

}  // namespace vivi::dnsd
