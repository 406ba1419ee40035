// Which device is behind an address, and what the policy makes of it: asked for every query.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>

#include "common/core/net.hpp"
#include "common/model/lease.hpp"
#include "common/policy/rules.hpp"
#include "router/dnsd/keyed_hash.hpp"

namespace vivi::dnsd {

/// What the kernel knows of a neighbour (rtnetlink RTM_NEWNEIGH with a link-layer address; states FAILED and INCOMPLETE have
/// none).
struct Neighbour {
    Ipv6 address{};  ///< IPv4 mapped.
    Mac device{};
    bool operator==(const Neighbour&) const = default;
};

/// Addresses of devices from two sources: leases, and the kernel's neighbours (IPv6, and IPv4 set by hand). A neighbour says who
/// sends now and so wins over a lease, as the packet's source MAC does in the firewall. Bounded: at the bound a new address stays
/// unknown (its device is New) and is counted.
class DeviceTable {
public:
    DeviceTable(std::size_t capacity, KeyedHash hash) : capacity_{capacity}, entries_{0, AddressHash{hash}} {}

    /// Replaces everything that leases said before.
    void set_leases(std::span<const model::Lease> leases);
    /// Replaces everything that neighbours said before.
    void set_neighbours(std::span<const Neighbour> neighbours);
    void add_neighbour(const Neighbour& neighbour);
    void remove_neighbour(const Ipv6& address);

    /// From now on subjects are those of `policy`, which must stay until the next call.
    void set_policy(const policy::Engine& policy);

    struct Known {
        std::optional<Mac> device{};
        policy::Subject subject{};
    };
    /// Nothing known of `address`: no device, and the subject of one that is new.
    const Known& find(const Ipv6& address) const noexcept;

    std::size_t size() const noexcept { return entries_.size(); }
    std::uint64_t refused() const noexcept { return refused_; }

private:
    struct Entry {
        std::optional<Mac> leased{}, neighbour{};
        Known known{};
    };
    struct AddressHash {
        KeyedHash hash;
        std::size_t operator()(const Ipv6& address) const noexcept { return hash(std::as_bytes(std::span{address.octets})); }
    };
    Entry* entry(const Ipv6& address);
    void decide(Entry& entry) const;
    template <class Clear>
    void drop(Clear clear);

    std::size_t capacity_;
    std::unordered_map<Ipv6, Entry, AddressHash> entries_;
    Known unknown_{};
    const policy::Engine* policy_ = nullptr;
    std::uint64_t refused_ = 0;
};

}  // namespace vivi::dnsd
