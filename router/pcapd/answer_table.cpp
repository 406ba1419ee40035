// Two bounded tables, and a list of answers through each device.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/answer_table.hpp"

#include <algorithm>

namespace vivi::pcapd {

AnswerTable::AnswerTable(AnswerLimits limits, NameTable& names, HashKey key)
    : limits_{limits}, names_{names}, answers_{limits.answers, key}, devices_{limits.devices, key} {}

void AnswerTable::learn(Mac device, const wire::dns::Response& response, Instant now) {
    if (response.addresses().empty()) return;
    const auto name = names_.acquire(response.question);
    if (name == no_name) return;
    const auto until = now + std::min(response.ttl, limits_.most_ttl) + limits_.grace;
    for (const auto& address : response.addresses()) remember(device, address, name, until);
    names_.release(name);
}

NameId AnswerTable::find(Mac device, const Ipv6& address, Instant now) const noexcept {
    const auto slot = answers_.find({device.octets, address.octets});
    return slot == Answers::none || answers_[slot].until < now ? no_name : answers_[slot].name;
}

bool AnswerTable::was_told(Mac device, const wire::Name& name, Instant now) const noexcept {
    constexpr int most_looked_through = 64;
    const auto id = names_.find(name);
    const auto owner = devices_.find(device.octets);
    if (id == no_name || owner == Devices::none) return false;
    auto slot = devices_[owner].newest;
    for (int i = 0; i < most_looked_through && slot != Answers::none; ++i) {
        const auto& answer = answers_[slot];
        if ((answer.name == id || answer.before == id) && answer.until >= now) return true;
        slot = answer.older;
    }
    return false;
}

void AnswerTable::expire(Instant now) {
    constexpr int most_at_once = 1'024;
    auto slot = answers_.oldest();
    for (int i = 0; i < most_at_once && slot != Answers::none; ++i) {
        const auto newer = answers_.newer(slot);
        if (answers_[slot].until < now) forget(slot);
        slot = newer;
    }
}

void AnswerTable::remember(Mac device, const Ipv6& address, NameId name, Instant until) {
    const Key key{device.octets, address.octets};
    auto slot = answers_.find(key);
    if (slot == Answers::none) {
        auto owner = device_slot(device);
        if (devices_[owner].count == limits_.answers_of_a_device) forget(devices_[owner].oldest);
        if (answers_.is_full()) forget(answers_.oldest());
        owner = device_slot(device);  // Forgetting a device's last answer forgets the device.
        slot = answers_.insert(key);
        answers_[slot].device = owner;
    } else {
        unlink(slot);
        answers_.touch(slot);
    }
    auto& answer = answers_[slot];
    if (answer.name != name) {
        names_.release(answer.before);
        answer.before = answer.name;
        answer.name = names_.hold(name);
    }
    answer.until = until;
    link_newest(slot);
    devices_.touch(answer.device);
}

AnswerTable::Devices::Slot AnswerTable::device_slot(Mac device) {
    const auto found = devices_.find(device.octets);
    if (found != Devices::none) return found;
    if (devices_.is_full()) {
        const auto victim = devices_.oldest();
        for (auto left = devices_[victim].count; left > 0; --left)
            forget(devices_[victim].oldest);  // The last one frees the entry.
        if (devices_.is_full()) devices_.erase(victim);
    }
    return devices_.insert(device.octets);
}

void AnswerTable::forget(Answers::Slot slot) {
    const auto device = answers_[slot].device;
    unlink(slot);
    names_.release(answers_[slot].name);
    names_.release(answers_[slot].before);
    answers_.erase(slot);
    if (devices_[device].count == 0) devices_.erase(device);
}

void AnswerTable::link_newest(Answers::Slot slot) {
    auto& answer = answers_[slot];
    auto& device = devices_[answer.device];
    answer.older = device.count == 0 ? Answers::none : device.newest;
    answer.newer = Answers::none;
    (device.count == 0 ? device.oldest : answers_[device.newest].newer) = slot;
    device.newest = slot;
    ++device.count;
}

void AnswerTable::unlink(Answers::Slot slot) {
    const auto& answer = answers_[slot];
    auto& device = devices_[answer.device];
    (answer.older == Answers::none ? device.oldest : answers_[answer.older].newer) = answer.newer;
    (answer.newer == Answers::none ? device.newest : answers_[answer.newer].older) = answer.older;
    --device.count;
}

}  // namespace vivi::pcapd
