// The router's end of a connection: dial, check the hub's key, authenticate, ask for the forwards.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/ssh/keys.hpp"
#include "common/ssh/session.hpp"

namespace vivi::ssh {

struct Address {
    std::string host{};
    std::uint16_t port = 0;
};

/// "hub.example.org:2222", "192.0.2.1:2222", "[2001:db8::1]:2222".
Result<Address> parse_address(std::string_view text);

/// A TCP connection to the first address of the name that answers. Unavailable says which name and why.
Task<Result<net::ip::tcp::socket>> dial(Address address);

struct Credentials {
    const PrivateKey& identity;         ///< Outlives the connecting.
    std::vector<PublicKey> hub_keys{};  ///< The only ones accepted: current and next.
    std::string user = "router";
};

/// Over a connected socket: key exchange, pinned host key, authentication, one request for each of `rules.forwards`. The caller
/// gives it a deadline. Denied: the hub shows another key (then nothing was sent to it that matters), or it refuses ours.
Task<Result<std::unique_ptr<Session>>> connect(Stream socket, std::string peer, Credentials credentials, Rules rules);

}  // namespace vivi::ssh
