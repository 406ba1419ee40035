// The addresses of one network and who has them: free list, affinity, holds, leases, quarantine; every choice O(1).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "common/model/configuration.hpp"

namespace vivi::dhcpd {

/// Who a client is: its hardware address and, when it sends one, its identifier (option 61). RFC 2131 section 4.2 takes the
/// identifier alone; but to Vivi a device is a MAC, cloned virtual machines share their identifier, and nobody shall release or
/// take over another device's lease by repeating what it broadcast.
using ClientKey = std::string;
ClientKey client_key(Mac device, BytesView client_id);

/// An address that somebody has or had. A free one still remembers its last client, who gets it back while nobody else needs it.
struct Binding {
    enum class State : std::uint8_t {
        Free,         ///< Available; `client` had it last.
        Offered,      ///< Held between OFFER and REQUEST. In RAM only.
        Leased,       ///< The client's until `until`.
        Quarantined,  ///< Somebody we do not know uses it (DECLINE, or an answer to our probe).
    };
    Ipv4 address{};
    State state = State::Free;
    ClientKey client{};
    Mac device{};
    Instant until{};  ///< When the state ends; meaningless when Free.
    Instant since{};  ///< Leased: when it was last written.
    Seconds duration{};
    WallTime granted_at{};
    std::string hostname{};
    Bytes client_id{};
    std::string vendor_class{};

private:
    friend class Pool;
    std::optional<std::list<Ipv4>::iterator> idle_{};  ///< Its place in the line of those to be given away.
};

class Pool {
public:
    explicit Pool(const model::Network& network) { configure(network); }
    Pool(const Pool&) = delete;  // The line's iterators are kept in the bindings.
    Pool& operator=(const Pool&) = delete;

    /// New bounds and reservations. Bindings outside the network's prefix are forgotten and returned if they were leased; those
    /// inside stay until their clients come back.
    std::vector<Binding> configure(const model::Network& network);

    /// True when `device` may have `address` as things stand: usable, in the pool or reserved for it, not reserved for another,
    /// and no better one (its own reservation, free now) waiting for it.
    bool allows(Mac device, const ClientKey& client, Ipv4 address) const;
    /// allows(), and nobody else has it. A device may take its reserved address from itself under another identifier.
    bool is_open(Mac device, const ClientKey& client, Ipv4 address) const;
    /// The address to offer: its reservation, what it has, what it had, what it asks for, the one unused for the longest time.
    std::optional<Ipv4> choose(Mac device, const ClientKey& client, std::optional<Ipv4> wish);

    /// What the client has or had; null when nothing is remembered.
    Binding* of(const ClientKey& client);
    Binding* at(Ipv4 address);
    const Binding* at(Ipv4 address) const;
    /// The client's from now on. What it had before must have been released. `address` must be free or the client's own.
    Binding& take(Ipv4 address, const ClientKey& client, Mac device, Binding::State state, Instant until);
    /// Back to the end of the line; affinity stays.
    void release(Binding& binding);
    /// Nobody's for a while. Above a fifth of the pool the oldest in quarantine is let go: a DECLINE flood must not empty the
    /// pool.
    void quarantine(Ipv4 address, Instant until);

    /// The earliest end of any state, or nothing.
    std::optional<Instant> next_deadline() const;
    /// One binding whose time is over, still in its state; null when there is none. The caller must release it.
    Binding* next_expired(Instant now);

    /// What is fixed for the device; null: nothing.
    const model::Reservation* reservation(Mac device) const;

    std::size_t size() const noexcept { return size_; }  ///< Addresses that can be handed out.
    std::size_t count(Binding::State state) const;
    std::size_t used() const {
        return count(Binding::State::Leased) + count(Binding::State::Offered) + count(Binding::State::Quarantined);
    }
    const std::unordered_map<Ipv4, Binding>& bindings() const noexcept { return bindings_; }

private:
    bool is_usable(Ipv4 address) const;
    bool is_in_pool(Ipv4 address) const;
    std::optional<Ipv4> next_free();
    void set_state(Binding& binding, Binding::State state, Instant until);
    void line_up(Binding& binding);
    void leave_line(Binding& binding);

    Ipv4Prefix prefix_{};
    Ipv4 from_{}, to_{};
    std::size_t size_ = 0;
    std::uint64_t fresh_ = 0;  ///< No address at or behind it was ever given (64 bits: it may pass 255.255.255.255).
    std::unordered_map<Ipv4, Binding> bindings_;
    std::unordered_map<ClientKey, Ipv4> clients_;
    std::list<Ipv4> idle_;  ///< Free again; the front was given back the longest ago.
    std::deque<Ipv4> quarantined_;
    std::set<std::pair<Instant, Ipv4>> deadlines_;
    std::unordered_map<Mac, model::Reservation> reservations_;
    std::unordered_map<Ipv4, Mac> reserved_;
    std::size_t counts_[4] = {};
};

}  // namespace vivi::dhcpd
