// Two sources merged into one map from address to device and subject.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/device_table.hpp"

namespace vivi::dnsd {

DeviceTable::Entry* DeviceTable::entry(const Ipv6& address) {
    if (const auto found = entries_.find(address); found != entries_.end()) return &found->second;
    if (entries_.size() == capacity_) {
        ++refused_;
        return nullptr;
    }
    return &entries_[address];
}

void DeviceTable::decide(Entry& entry) const {
    entry.known.device = entry.neighbour ? entry.neighbour : entry.leased;
    entry.known.subject = policy_ ? policy_->subject(entry.known.device) : policy::Subject{};
}

template <class Clear>
void DeviceTable::drop(Clear clear) {
    for (auto it = entries_.begin(); it != entries_.end();) {
        clear(it->second);
        if (!it->second.leased && !it->second.neighbour) {
            it = entries_.erase(it);
        } else {
            decide(it->second);
            ++it;
        }
    }
}

void DeviceTable::set_leases(std::span<const model::Lease> leases) {
    drop([](Entry& old) { old.leased.reset(); });
    for (const auto& lease : leases) {
        if (auto* found = entry(to_mapped(lease.address))) {
            found->leased = lease.device;
            decide(*found);
        }
    }
}

void DeviceTable::set_neighbours(std::span<const Neighbour> neighbours) {
    drop([](Entry& old) { old.neighbour.reset(); });
    for (const auto& neighbour : neighbours) add_neighbour(neighbour);
}

void DeviceTable::add_neighbour(const Neighbour& neighbour) {
    if (auto* found = entry(neighbour.address)) {
        found->neighbour = neighbour.device;
        decide(*found);
    }
}

void DeviceTable::remove_neighbour(const Ipv6& address) {
    const auto found = entries_.find(address);
    if (found == entries_.end()) return;
    found->second.neighbour.reset();
    if (found->second.leased)
        decide(found->second);
    else
        entries_.erase(found);
}

void DeviceTable::set_policy(const policy::Engine& policy) {
    policy_ = &policy;
    unknown_ = {.device = std::nullopt, .subject = policy.subject(std::nullopt)};
    for (auto& [address, entry] : entries_) decide(entry);
}

const DeviceTable::Known& DeviceTable::find(const Ipv6& address) const noexcept {
    const auto found = entries_.find(address);
    return found == entries_.end() ? unknown_ : found->second.known;
}

}  // namespace vivi::dnsd
