// A map of elements, and a list of them by age.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/allowed_names.hpp"

#include <algorithm>
#include <utility>

namespace vivi::dnsd {

AllowedNames::Entry& AllowedNames::entry(const firewall::Allowed& element) {
    const auto found = entries_.find(element);
    if (found != entries_.end()) {
        order_.splice(order_.end(), order_, found->second.place);
        return found->second;
    }
    if (entries_.size() == capacity_) {
        entries_.erase(order_.front());
        order_.pop_front();
    }
    order_.push_back(element);
    auto& made = entries_[element];
    made.place = std::prev(order_.end());
    return made;
}

bool AllowedNames::allow(const firewall::Allowed& element, std::string_view name, Instant now) {
    auto& known = entry(element);
    if (known.names[0] != name) {
        std::swap(known.names[0], known.names[1]);
        if (known.names[0] != name) known.names[0] = name;
    }
    if (known.generation == generation_ && now - known.told_at < refresh_after) return false;
    known.generation = generation_;
    known.told_at = now;
    return true;
}

void AllowedNames::adopt(const firewall::Allowed& element, Instant now) {
    auto& known = entry(element);
    known.told_at = now;
}

std::vector<firewall::Allowed> AllowedNames::no_longer_allowed(const policy::Engine& policy) {
    std::vector<firewall::Allowed> gone;
    std::erase_if(entries_, [&](const auto& item) {
        const auto& [element, known] = item;
        // Elements exist for allow-listed views and newcomers only; and a subject is no more than its view, standing and mode.
        const bool is_new = element.view == policy::newcomers;
        const policy::Subject subject{.view = is_new ? policy::everybody : element.view,
                                      .standing = is_new ? policy::Standing::New : policy::Standing::Admitted,
                                      .mode = model::Mode::AllowListed};
        const bool is_allowed = std::ranges::any_of(
            known.names, [&](const auto& name) { return !name.empty() && !policy.decide_name(subject, name).is_denied(); });
        if (is_allowed) return false;
        order_.erase(known.place);
        gone.push_back(element);
        return true;
    });
    return gone;
}

}  // namespace vivi::dnsd
