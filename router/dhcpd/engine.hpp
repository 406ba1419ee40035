// The DHCPv4 server of one network as a value machine: messages and time in, decisions out (RFC 2131 section 4.3).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/model/configuration.hpp"
#include "router/dhcpd/outcome.hpp"
#include "router/dhcpd/pool.hpp"

namespace vivi::dhcpd {

/// Times the configuration does not name.
struct Tuning {
    Milliseconds probe{150};        ///< How long an ARP probe waits before the OFFER; 0: no probing.
    Seconds hold{60};               ///< An offered address waits for its REQUEST; a sixth of that when the pool is nearly full.
    Seconds quarantine{300};        ///< After DECLINE or a conflict: minutes, an event is over in a day.
    Seconds crowded_lease{300};     ///< New leases above four fifths of the pool, and all that cannot be written down.
    std::size_t most_parked = 256;  ///< Clients waiting for a probe at once; more are offered without.
};

/// What it does where RFC 2131 leaves a choice:
///   DISCOVER from a denied device, or with the pool empty        silence
///   REQUEST for us (54 = we), address not free or not ours       NAK; free and ours: ACK, even if the hold was lost in a restart
///   REQUEST for another server                                   the hold is given up, silence
///   REQUEST after a reboot (50, no 54): wrong network            NAK; known client, other address: NAK; unknown client: silence
///   REQUEST to renew or rebind (ciaddr): not allowed any more    NAK; unknown client, address free: ACK (the store was lost)
///   REQUEST naming no address; DECLINE without 50 or 54          silence
///   anything through a relay (giaddr), or from a group MAC       silence
class Engine {
public:
    /// `network` must have DHCP.
    Engine(const model::Network& network, const model::Policy& policy, const Tuning& tuning);

    /// A new decision, applied without losing a lease. Says which leases ended by it (their address is no longer in the network).
    Outcome configure(const model::Network& network, const model::Policy& policy, Now now);
    /// False: leases cannot be written down now, so they are given for `crowded_lease` only.
    void set_durable(bool durable) noexcept { durable_ = durable; }

    /// A lease as it was written down. False when this network has no place for it. One that is over is remembered as the
    /// client's last address; then the outcome says so. The wall clock is trusted no further than 0 … the lease's duration.
    bool restore(const model::Lease& lease, Now now, Outcome& outcome);

    /// All leases, as they would be written down now.
    std::vector<model::Lease> leases(Now now) const;

    /// A message from the network's interface. `from` is the frame's source address.
    Outcome handle(const wire::dhcp::Message& message, Mac from, Now now);
    /// Somebody at `owner` answered for `address` (ARP).
    Outcome in_use(Ipv4 address, Mac owner, Now now);
    /// Lets end what ends by `now`: leases, holds, quarantines, probes.
    Outcome tick(Now now);
    /// When tick() has something to do; nothing when it has not.
    std::optional<Instant> next_deadline() const;

    const model::Network& network() const noexcept { return network_; }
    const Pool& pool() const noexcept { return pool_; }
    const Counters& counters() const noexcept { return counters_; }

private:
    /// A DISCOVER that waits for a probe.
    struct Parked {
        wire::dhcp::Message discover{};
        Instant until{};
        int tries = 1;
    };

    void discover(const wire::dhcp::Message& message, Now now, Outcome& out, int tries = 1);
    void request(const wire::dhcp::Message& message, Now now, Outcome& out);
    void request_selecting(const wire::dhcp::Message& message, Now now, Outcome& out);
    void request_after_reboot(const wire::dhcp::Message& message, Now now, Outcome& out);
    void request_extension(const wire::dhcp::Message& message, Now now, Outcome& out);
    void decline(const wire::dhcp::Message& message, Now now, Outcome& out);
    void give_back(const wire::dhcp::Message& message, Now now, Outcome& out);
    void inform(const wire::dhcp::Message& message, Outcome& out);
    void other_server(const wire::dhcp::Message& message, Mac from, Now now, Outcome& out);

    void offer(const wire::dhcp::Message& message, Ipv4 address, Now now, Outcome& out);
    void grant(const wire::dhcp::Message& message, Ipv4 address, Now now, Outcome& out);
    void refuse(const wire::dhcp::Message& message, std::string reason, Outcome& out);
    /// Ends whatever the client has at any address but `keep`.
    void leave_others(const ClientKey& client, Ipv4 keep, Now now, Outcome& out);
    void end_lease(Binding& binding, std::string_view topic, Now now, Outcome& out);
    void watch_level(Outcome& out);

    bool is_denied(Mac device, WallTime now) const;
    /// Above four fifths. A pool that small is full by design.
    bool is_crowded() const { return pool_.size() >= 10 && pool_.used() * 5 > pool_.size() * 4; }
    bool has_leased(const ClientKey& client, Ipv4 address);
    Seconds lease_for(const Binding* held, Now now) const;
    std::string hostname_of(const wire::dhcp::Message& message) const;
    model::Lease lease_of(const Binding& binding, Now now) const;

    model::Network network_;
    Tuning tuning_;
    Pool pool_;
    std::unordered_map<Mac, std::optional<WallTime>> denied_;  ///< Until when; nothing: for good.
    std::map<Ipv4, Parked> parked_;
    std::map<Ipv4, Instant> rogues_;  ///< When each other server was last told of.
    bool durable_ = true;
    bool level_told_ = false;
    Counters counters_;
};

}  // namespace vivi::dhcpd
