// How often a stranger may do something that costs us: a token bucket for each address. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>

#include "common/core/time.hpp"

namespace vivi::hub {

/// `burst` at once, then one each `every`, for each name. Remembers at most `most_names`; beyond that strangers are refused.
class Allowance {
public:
    Allowance(int burst, Milliseconds every, std::size_t most_names = 10'000) noexcept
        : burst_{burst}, every_{every}, most_names_{most_names} {}

    /// True when `name` may, and then it is counted.
    bool take(const std::string& name, Instant now) {
        auto found = empty_at_.find(name);
        if (found == empty_at_.end()) {
            if (empty_at_.size() >= most_names_) forget(now);
            if (empty_at_.size() >= most_names_) return false;
            found = empty_at_.emplace(name, now).first;
        }
        auto& empty_at = found->second;
        empty_at = std::max(empty_at, now);
        if (empty_at - now > every_ * (burst_ - 1)) return false;
        empty_at += every_;
        return true;
    }
    std::size_t names() const noexcept { return empty_at_.size(); }

private:
    /// Who has not been here for long enough to have everything again need not be remembered.
    void forget(Instant now) {
        std::erase_if(empty_at_, [now](const auto& entry) { return entry.second <= now; });
    }

    int burst_;
    Milliseconds every_;
    std::size_t most_names_;
    std::unordered_map<std::string, Instant> empty_at_;  // When the debt of each is paid.
};

}  // namespace vivi::hub
