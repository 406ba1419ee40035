// The bookkeeping of addresses.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/pool.hpp"

#include <algorithm>
#include <cassert>

namespace vivi::dhcpd {
namespace {

/// More are not remembered at once, however large the configured pool: a flood of invented clients must not take the memory.
constexpr std::size_t most_bindings = 65'536;

}  // namespace

ClientKey client_key(Mac device, BytesView client_id) {
    ClientKey key{as_text(std::as_bytes(std::span{device.octets}))};
    return key.append(as_text(client_id));
}

std::vector<Binding> Pool::configure(const model::Network& network) {
    assert(network.dhcp);
    prefix_ = network.address;
    from_ = network.dhcp->from;
    to_ = network.dhcp->to;
    fresh_ = from_.value;
    reservations_.clear();
    reserved_.clear();
    for (const auto& reservation : network.dhcp->reservations) {
        reservations_.insert_or_assign(reservation.device, reservation);
        if (reservation.address) reserved_.insert_or_assign(*reservation.address, reservation.device);
    }
    size_ = std::size_t{to_.value} - from_.value + 1;
    for (const auto unusable : {prefix_.network(), prefix_.broadcast(), prefix_.address}) {
        if (from_ <= unusable && unusable <= to_) --size_;
    }
    for (const auto& [address, device] : reserved_) {
        if (is_usable(address) && (address < from_ || to_ < address)) ++size_;
    }

    std::vector<Binding> lost;
    for (auto at = bindings_.begin(); at != bindings_.end();) {
        auto& binding = at->second;
        leave_line(binding);
        if (is_usable(binding.address)) {
            line_up(binding);
            ++at;
            continue;
        }
        if (binding.state == Binding::State::Leased) lost.push_back(binding);
        set_state(binding, Binding::State::Free, {});
        if (const auto owner = clients_.find(binding.client); owner != clients_.end() && owner->second == binding.address)
            clients_.erase(owner);
        at = bindings_.erase(at);
    }
    return lost;
}

bool Pool::is_usable(Ipv4 address) const {
    return prefix_.contains(address) && address != prefix_.network() && address != prefix_.broadcast() && address != prefix_.address;
}

bool Pool::is_in_pool(Ipv4 address) const { return from_ <= address && address <= to_ && is_usable(address); }

const model::Reservation* Pool::reservation(Mac device) const {
    const auto found = reservations_.find(device);
    return found == reservations_.end() ? nullptr : &found->second;
}

bool Pool::allows(Mac device, const ClientKey& client, Ipv4 address) const {
    if (!is_usable(address)) return false;
    if (const auto owner = reserved_.find(address); owner != reserved_.end()) return owner->second == device;
    if (!is_in_pool(address)) return false;
    const auto* own = reservation(device);
    if (own == nullptr || !own->address || !is_usable(*own->address)) return true;
    return !is_open(device, client, *own->address);
}

bool Pool::is_open(Mac device, const ClientKey& client, Ipv4 address) const {
    if (!allows(device, client, address)) return false;
    const auto* binding = at(address);
    if (binding == nullptr || binding->state == Binding::State::Free) return true;
    if (binding->state == Binding::State::Quarantined) return false;
    return binding->client == client || (binding->device == device && reserved_.contains(address));
}

std::optional<Ipv4> Pool::choose(Mac device, const ClientKey& client, std::optional<Ipv4> wish) {
    const auto* own = reservation(device);
    if (own != nullptr && own->address && is_open(device, client, *own->address)) return own->address;
    if (const auto* had = of(client); had != nullptr && is_open(device, client, had->address)) return had->address;
    if (wish && is_open(device, client, *wish)) return wish;
    return next_free();
}

std::optional<Ipv4> Pool::next_free() {
    for (; fresh_ <= to_.value && bindings_.size() < most_bindings; ++fresh_) {
        const Ipv4 address{static_cast<std::uint32_t>(fresh_)};
        if (is_in_pool(address) && !reserved_.contains(address) && !bindings_.contains(address)) return address;
    }
    if (idle_.empty()) return std::nullopt;
    return idle_.front();
}

Binding* Pool::of(const ClientKey& client) {
    const auto found = clients_.find(client);
    return found == clients_.end() ? nullptr : at(found->second);
}

Binding* Pool::at(Ipv4 address) {
    const auto found = bindings_.find(address);
    return found == bindings_.end() ? nullptr : &found->second;
}

const Binding* Pool::at(Ipv4 address) const {
    const auto found = bindings_.find(address);
    return found == bindings_.end() ? nullptr : &found->second;
}

void Pool::set_state(Binding& binding, Binding::State state, Instant until) {
    if (binding.state != Binding::State::Free) {
        deadlines_.erase({binding.until, binding.address});
        --counts_[static_cast<std::size_t>(binding.state)];
    }
    if (binding.state == Binding::State::Quarantined && state != binding.state) std::erase(quarantined_, binding.address);
    binding.state = state;
    binding.until = until;
    if (state == Binding::State::Free) return;
    deadlines_.emplace(until, binding.address);
    ++counts_[static_cast<std::size_t>(state)];
}

/// Only what next_free may give to anybody stands in the line.
void Pool::line_up(Binding& binding) {
    leave_line(binding);
    if (binding.state != Binding::State::Free || !is_in_pool(binding.address) || reserved_.contains(binding.address)) return;
    binding.idle_ = idle_.insert(idle_.end(), binding.address);
}

void Pool::leave_line(Binding& binding) {
    if (!binding.idle_) return;
    idle_.erase(*binding.idle_);
    binding.idle_.reset();
}

Binding& Pool::take(Ipv4 address, const ClientKey& client, Mac device, Binding::State state, Instant until) {
    auto& binding = bindings_[address];
    assert(binding.state == Binding::State::Free || binding.client == client);
    leave_line(binding);
    if (binding.client != client) {
        if (const auto before = clients_.find(binding.client); before != clients_.end() && before->second == address)
            clients_.erase(before);
        binding.granted_at = {};
        binding.hostname.clear();
        binding.client_id.clear();
        binding.vendor_class.clear();
    }
    binding.address = address;
    binding.client = client;
    binding.device = device;
    clients_[client] = address;
    set_state(binding, state, until);
    return binding;
}

void Pool::release(Binding& binding) {
    set_state(binding, Binding::State::Free, {});
    line_up(binding);
}

void Pool::quarantine(Ipv4 address, Instant until) {
    auto& binding = bindings_[address];
    binding.address = address;
    leave_line(binding);
    if (const auto owner = clients_.find(binding.client); owner != clients_.end() && owner->second == address) clients_.erase(owner);
    binding.client.clear();
    set_state(binding, Binding::State::Quarantined, until);
    std::erase(quarantined_, address);
    quarantined_.push_back(address);
    if (quarantined_.size() > std::max<std::size_t>(size_ / 5, 1)) release(bindings_[quarantined_.front()]);
}

std::optional<Instant> Pool::next_deadline() const {
    if (deadlines_.empty()) return std::nullopt;
    return deadlines_.begin()->first;
}

Binding* Pool::next_expired(Instant now) {
    if (deadlines_.empty() || deadlines_.begin()->first > now) return nullptr;
    return at(deadlines_.begin()->second);
}

std::size_t Pool::count(Binding::State state) const { return counts_[static_cast<std::size_t>(state)]; }

}  // namespace vivi::dhcpd
