// Puts an nft script together: what must exist, what is emptied, what is filled. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace vivi::firewall {

/// The names a script makes, to find what an earlier one made and this one does not.
struct Objects {
    std::map<std::string, std::size_t> chains{};  ///< With their number of rules.
    std::set<std::string> sets{};                 ///< And maps.
    std::set<std::string> counters{};
    std::set<std::string> limits{};
    bool operator==(const Objects&) const = default;
};

/// One transaction on the table `inet vivi`. Adding what exists is no error for nft, so every object is added, then chains and
/// own sets are emptied and filled; dynamic sets are only added.
class Script {
public:
    enum class Refill : std::uint8_t { Yes, No };

    /// `definition`: "type ether_addr;". False: there is one of that name already, nothing was done.
    bool set(std::string_view name, std::string_view definition, Refill refill = Refill::Yes) {
        return add_set("set", name, definition, refill);
    }
    bool map(std::string_view name, std::string_view definition) { return add_set("map", name, definition, Refill::Yes); }
    /// Empty `hook`: a chain to jump to.
    void chain(std::string_view name, std::string_view hook = {});
    void rule(std::string_view chain, std::string_view text);
    void counter(std::string_view name);
    void limit(std::string_view name, std::string_view definition);
    /// Of a set; nothing when there are none: nft's grammar has no empty braces.
    void elements(std::string_view set, const std::vector<std::string>& values);

    std::string text() const;
    const Objects& objects() const noexcept { return objects_; }

private:
    bool add_set(std::string_view kind, std::string_view name, std::string_view definition, Refill refill);

    Objects objects_{};
    std::string definitions_, flushes_, elements_, rules_;
};

/// "{ a, b }"
std::string braces(const std::vector<std::string>& values);
std::string in_quotes(std::string_view name);

}  // namespace vivi::firewall
