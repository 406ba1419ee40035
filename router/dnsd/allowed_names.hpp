// Which addresses allow-listed devices may reach because of which names: so that a new policy can take back what it does not
// allow. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/time.hpp"
#include "common/policy/rules.hpp"
#include "router/firewall/allowed.hpp"

namespace vivi::dnsd {

/// Bounded: at the bound the element answered longest ago is forgotten; the kernel lets it time out.
class AllowedNames {
public:
    /// An element is refreshed in the kernel at most this often, however often its name is asked for.
    static constexpr Seconds refresh_after{300};
    /// What an element gets beyond the TTL: running connections outlive the name (docs/policy.md).
    static constexpr Seconds grace{3600};

    explicit AllowedNames(std::size_t capacity) : capacity_{capacity} {}

    /// `name` led `element`'s view to its address. True: the kernel has to be told (again).
    bool allow(const firewall::Allowed& element, std::string_view name, Instant now);
    /// In the kernel already, for a name nobody remembers.
    void adopt(const firewall::Allowed& element, Instant now);
    /// The kernel refused the last ones: tell it all again.
    void tell_again() noexcept { ++generation_; }

    /// Forgets what `policy` allows for none of its names, and gives it.
    std::vector<firewall::Allowed> no_longer_allowed(const policy::Engine& policy);
    std::size_t size() const noexcept { return entries_.size(); }

private:
    struct Entry {
        std::array<std::string, 2> names{};  ///< The last two; a shared address is kept while one of them is allowed.
        Instant told_at{};
        std::uint64_t generation = 0;
        std::list<firewall::Allowed>::iterator place{};
    };
    Entry& entry(const firewall::Allowed& element);

    std::size_t capacity_;
    std::uint64_t generation_ = 1;
    std::map<firewall::Allowed, Entry> entries_{};
    std::list<firewall::Allowed> order_{};  ///< Answered longest ago first.
};

}  // namespace vivi::dnsd
