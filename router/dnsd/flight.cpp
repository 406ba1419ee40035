// Chained hash tables and a heap of indices over two fixed vectors.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/flight.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace vivi::dnsd {
namespace {

constexpr bool is_upper(std::byte octet) noexcept { return octet >= std::byte{'A'} && octet <= std::byte{'Z'}; }

}  // namespace

CaseBits case_of(const wire::dns::WireName& name) noexcept {
    CaseBits bits{};
    const auto octets = name.octets();
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if (is_upper(octets[i])) bits.at(i / 64) |= std::uint64_t{1} << i % 64;
    }
    return bits;
}

void apply_case(const CaseBits& bits, wire::dns::WireName& folded) noexcept {
    const auto octets = folded.octets();
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if ((bits.at(i / 64) >> i % 64 & 1) != 0 && octets[i] >= std::byte{'a'} && octets[i] <= std::byte{'z'})
            octets[i] &= std::byte{0xdf};
    }
}

FlightTable::FlightTable(std::size_t flights, std::size_t waiters)
    : flights_(flights), waiters_(waiters), by_id_(65'536, no_index), by_key_(std::bit_ceil(flights * 2), no_index) {
    assert(flights > 0 && waiters > 0);
    heap_.reserve(flights);
    for (FlightIndex i = 0; i < flights; ++i) flights_[i].next_by_key = i + 1 < flights ? i + 1 : no_index;
    for (std::uint32_t i = 0; i < waiters; ++i) waiters_[i].next = i + 1 < waiters ? i + 1 : no_index;
    free_flight_ = free_waiter_ = 0;
}

FlightIndex FlightTable::find(std::uint64_t hash, const FlightKey& key) const noexcept {
    for (auto index = by_key_[hash & (by_key_.size() - 1)]; index != no_index; index = flights_[index].next_by_key) {
        if (flights_[index].hash == hash && flights_[index].key == key) return index;
    }
    return no_index;
}

FlightIndex FlightTable::add(std::uint64_t hash, const FlightKey& key) {
    const auto index = free_flight_;
    auto& flight = flights_[index];
    free_flight_ = flight.next_by_key;
    flight = Flight{.key = key, .hash = hash};
    auto& bucket = by_key_[hash & (by_key_.size() - 1)];
    flight.next_by_key = bucket;
    bucket = index;
    ++size_;
    return index;
}

void FlightTable::remove(FlightIndex index) noexcept {
    release(index, [](const Waiter&) { return true; });
    auto& flight = flights_[index];
    if (flight.heap_at != no_index) {
        unlink_id(index);
        leave_heap(index);
    }
    auto* link = &by_key_[flight.hash & (by_key_.size() - 1)];
    while (*link != index) link = &flights_[*link].next_by_key;
    *link = flight.next_by_key;
    flight.next_by_key = free_flight_;
    free_flight_ = index;
    --size_;
}

void FlightTable::unlink_id(FlightIndex index) noexcept {
    // The id in the flight may have been changed for the next try: the chain is looked for where it was linked.
    for (auto* link = &by_id_[flights_[index].linked_id]; *link != no_index; link = &flights_[*link].next_by_id) {
        if (*link != index) continue;
        *link = flights_[index].next_by_id;
        return;
    }
}

void FlightTable::send(FlightIndex index) noexcept {
    auto& flight = flights_[index];
    if (flight.heap_at != no_index) {
        unlink_id(index);
        leave_heap(index);
    }
    flight.linked_id = flight.id;
    flight.next_by_id = by_id_[flight.id];
    by_id_[flight.id] = index;
    heap_.push_back(index);
    place(static_cast<std::uint32_t>(heap_.size() - 1), index);
    sift_up(flight.heap_at);
}

FlightIndex FlightTable::sent(std::uint16_t id, Transport transport, SlotId slot, const Endpoint& endpoint) const noexcept {
    for (auto index = by_id_[id]; index != no_index; index = flights_[index].next_by_id) {
        const auto& flight = flights_[index];
        if (flight.transport == transport && flight.slot == slot && flight.endpoint == endpoint) return index;
    }
    return no_index;
}

void FlightTable::wait(FlightIndex index, const Waiter& waiter) noexcept {
    const auto here = free_waiter_;
    free_waiter_ = waiters_[here].next;
    waiters_[here] = waiter;
    waiters_[here].next = flights_[index].first_waiter;
    flights_[index].first_waiter = here;
    ++flights_[index].waiters;
}

void FlightTable::place(std::uint32_t at, FlightIndex index) noexcept {
    heap_[at] = index;
    flights_[index].heap_at = at;
}

void FlightTable::sift_up(std::uint32_t at) noexcept {
    const auto index = heap_[at];
    while (at > 0) {
        const auto parent = (at - 1) / 2;
        if (flights_[heap_[parent]].deadline <= flights_[index].deadline) break;
        place(at, heap_[parent]);
        at = parent;
    }
    place(at, index);
}

void FlightTable::sift_down(std::uint32_t at) noexcept {
    const auto index = heap_[at];
    for (;;) {
        auto child = at * 2 + 1;
        if (child >= heap_.size()) break;
        if (child + 1 < heap_.size() && flights_[heap_[child + 1]].deadline < flights_[heap_[child]].deadline) ++child;
        if (flights_[index].deadline <= flights_[heap_[child]].deadline) break;
        place(at, heap_[child]);
        at = child;
    }
    place(at, index);
}

void FlightTable::leave_heap(FlightIndex index) noexcept {
    const auto at = flights_[index].heap_at;
    const auto last = heap_.back();
    heap_.pop_back();
    flights_[index].heap_at = no_index;
    if (last == index) return;
    place(at, last);
    sift_up(at);
    sift_down(flights_[last].heap_at);
}

}  // namespace vivi::dnsd
