// Names of this place: the router's, the devices' by their leases, and the reverse of both.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/net.hpp"
#include "common/model/configuration.hpp"
#include "common/model/lease.hpp"

namespace vivi::dnsd {

/// Built from the networks of the document and the leases; nothing below a local domain ever goes upstream.
///
/// `<hostname>.<domain of its network>` is the address of the lease. Who gets a name: the device it is reserved for, and only
/// that one; otherwise the newest lease (`granted_at`; of equal ones the lower address). Of a host name only the first label
/// counts. Nobody gets "vivi", "localhost", "wpad" or "isatap": browsers and systems trust who answers to them.
class LocalNames {
public:
    void set(std::span<const model::Network> networks, std::span<const model::Lease> leases);

    enum class Kind : std::uint8_t {
        NotLocal,
        Nothing,  ///< Below a local domain, and nobody has it: NXDOMAIN.
        Host,     ///< `address`.
        Domain,   ///< A local domain itself: exists, without addresses.
        Pointer,  ///< Reverse of an address here: `target`.
    };
    struct Found {
        Kind kind = Kind::NotLocal;
        std::optional<Ipv4> address{};
        std::string_view target{};  ///< Valid until set().
    };
    /// `client` decides which of the router's addresses its own name has: that on the client's network, or the first.
    Found find(std::string_view name, const Ipv6& client) const;

    /// The router's address on the network of `client`; its first when it is on none; nothing without networks.
    std::optional<Ipv4> own_address(const Ipv6& client) const noexcept;
    bool is_own(const Ipv6& address) const noexcept;
    /// Inside one of the networks.
    bool is_inside(const Ipv6& address) const noexcept;

private:
    void add_reservations(const model::Network& network);
    void add_lease(const model::Lease& lease);
    const model::Network* network_of(const model::Lease& lease) const noexcept;

    struct Host {
        Ipv4 address{};
        std::optional<Mac> reserved_for{};
    };
    std::vector<model::Network> networks_{};
    std::vector<std::string> domains_{};                ///< Normalised; "lan" is always among them.
    std::map<std::string, Host, std::less<>> hosts_{};  ///< By full name.
    std::map<Ipv4, std::string> pointers_{};
};

/// "4.3.2.1.in-addr.arpa" is 1.2.3.4; nothing when it is no whole IPv4 address.
std::optional<Ipv4> reverse_address(std::string_view name) noexcept;

}  // namespace vivi::dnsd
