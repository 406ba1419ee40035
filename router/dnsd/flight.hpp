// Questions that are at an upstream, and the clients that wait for each: fixed tables, found by id, by question, by deadline.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "common/core/time.hpp"
#include "common/wire/dns_message.hpp"
#include "router/dnsd/decisions.hpp"
#include "router/dnsd/question.hpp"
#include "router/dnsd/upstream_table.hpp"

namespace vivi::dnsd {

using FlightIndex = std::uint32_t;
inline constexpr std::uint32_t no_index = std::numeric_limits<std::uint32_t>::max();

/// What makes two questions the same to an upstream. The name is folded.
struct FlightKey {
    wire::dns::WireName name{};
    std::uint16_t type = 0;
    bool dnssec_ok = false;
    bool checking_disabled = false;  ///< CD, RFC 4035 section 3.2.2.
    bool operator==(const FlightKey& other) const noexcept {
        return type == other.type && dnssec_ok == other.dnssec_ok && checking_disabled == other.checking_disabled &&
               name.is_same(other.name);
    }
};

/// The case of a name's letters: one bit an octet of its wire form.
using CaseBits = std::array<std::uint64_t, 4>;
CaseBits case_of(const wire::dns::WireName& name) noexcept;
void apply_case(const CaseBits& bits, wire::dns::WireName& folded) noexcept;

/// A client that waits; enough to write its answer.
struct Waiter {
    Client client{};
    std::uint16_t id = 0;
    std::uint16_t flags = 0;
    std::uint16_t most_bytes = 0;
    std::uint16_t bucket = 0;  ///< Where the client is counted; the engine's.
    bool has_edns = false;
    CaseBits letter_case{};
    std::uint32_t next = no_index;
};

/// A question at an upstream.
struct Flight {
    FlightKey key{};
    std::uint64_t hash = 0;
    CaseBits sent_case{};
    Endpoint endpoint{};  ///< Not an index: upstreams may change.
    Transport transport = Transport::Udp;
    SlotId slot = 0;  ///< TCP: 0.
    std::uint16_t id = 0;
    bool mixes_case = false;
    unsigned tries = 0;
    Tried tried = 0;
    Instant asked_at{};  ///< This try.
    Instant deadline{};  ///< Of this try.
    Instant end{};       ///< Of all of them.
    std::uint32_t first_waiter = no_index;
    std::size_t waiters = 0;

    std::uint16_t linked_id = 0;  ///< Of the table: where it is linked, while a new id is being chosen.
    FlightIndex next_by_id = no_index, next_by_key = no_index;
    std::uint32_t heap_at = no_index;
};

/// Everything is made at the start and used again. Slots in use are counted by the owner of the flights.
class FlightTable {
public:
    FlightTable(std::size_t flights, std::size_t waiters);

    bool has_room() const noexcept { return free_flight_ != no_index && free_waiter_ != no_index; }
    bool has_waiter_room() const noexcept { return free_waiter_ != no_index; }
    std::size_t size() const noexcept { return size_; }

    FlightIndex find(std::uint64_t hash, const FlightKey& key) const noexcept;
    /// has_room() holds.
    FlightIndex add(std::uint64_t hash, const FlightKey& key);
    /// Its waiters go too.
    void remove(FlightIndex index) noexcept;
    Flight& operator[](FlightIndex index) noexcept { return flights_[index]; }
    const Flight& operator[](FlightIndex index) const noexcept { return flights_[index]; }

    /// Makes it known by the id in it, and by its deadline; again after each try.
    void send(FlightIndex index) noexcept;
    /// The flight with this id, transport and slot at this endpoint.
    FlightIndex sent(std::uint16_t id, Transport transport, SlotId slot, const Endpoint& endpoint) const noexcept;
    bool is_id_used(std::uint16_t id) const noexcept { return by_id_[id] != no_index; }
    /// The one whose deadline is the earliest.
    FlightIndex earliest() const noexcept { return heap_.empty() ? no_index : heap_.front(); }

    /// has_waiter_room() holds.
    void wait(FlightIndex index, const Waiter& waiter) noexcept;
    const Waiter& waiter(std::uint32_t index) const noexcept { return waiters_[index]; }
    /// Lets those waiters go for which `leaves` says so.
    template <class Leaves>
    void release(FlightIndex index, Leaves leaves) noexcept {
        auto* link = &flights_[index].first_waiter;
        while (*link != no_index) {
            const auto here = *link;
            if (!leaves(waiters_[here])) {
                link = &waiters_[here].next;
                continue;
            }
            *link = waiters_[here].next;
            waiters_[here].next = free_waiter_;
            free_waiter_ = here;
            --flights_[index].waiters;
        }
    }
    /// Every flight, for the rare moments when upstreams change.
    std::vector<FlightIndex> all() const { return heap_; }

private:
    void unlink_id(FlightIndex index) noexcept;
    void place(std::uint32_t at, FlightIndex index) noexcept;
    void sift_up(std::uint32_t at) noexcept;
    void sift_down(std::uint32_t at) noexcept;
    void leave_heap(FlightIndex index) noexcept;

    std::vector<Flight> flights_;
    std::vector<Waiter> waiters_;
    std::vector<FlightIndex> by_id_, by_key_;
    std::vector<FlightIndex> heap_{};
    FlightIndex free_flight_ = no_index;
    std::uint32_t free_waiter_ = no_index;
    std::size_t size_ = 0;
};

}  // namespace vivi::dnsd
