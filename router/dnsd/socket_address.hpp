// Addresses between Vivi's values and the kernel's structures, in both families.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>

#include "common/core/net.hpp"
#include "common/core/result.hpp"
#include "router/dnsd/decisions.hpp"

namespace vivi::dnsd {

/// What the kernel takes: `size` bytes of `storage`.
struct KernelAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;

    sockaddr* pointer() noexcept { return static_cast<sockaddr*>(static_cast<void*>(&storage)); }
    const sockaddr* pointer() const noexcept { return static_cast<const sockaddr*>(static_cast<const void*>(&storage)); }
};

/// `interface` matters for link-local addresses (fe80::/10) only.
KernelAddress to_kernel(const Endpoint& endpoint, std::uint32_t interface = 0) noexcept;
/// AF_INET or AF_INET6; anything else is the unspecified address.
Endpoint from_kernel(const sockaddr_storage& storage) noexcept;

/// "10.0.0.53", "10.0.0.53:5335", "[fd00::1]:5335", "fd00::1"; `port` when there is none. Invalid: not an address.
Result<Endpoint> parse_endpoint(const std::string& text, std::uint16_t port);
/// "10.0.0.53:5335", "[fd00::1]:5335"
std::string to_string(const Endpoint& endpoint);

/// fe80::/10 (RFC 4291 section 2.5.6): means nothing without its interface.
bool is_link_local(const Ipv6& address) noexcept;

/// What the last system call said, and what to do about it: "UDP 0.0.0.0:53: Address already in use (…)".
Error socket_error(const std::string& what, int number);

}  // namespace vivi::dnsd
