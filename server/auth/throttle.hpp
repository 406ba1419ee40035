// How often somebody may try: per account and per address, counted in Redis so that all replicas share the count.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "common/store/store.hpp"
#include "server/auth/attempts.hpp"

namespace vivi::auth {

inline constexpr std::int64_t most_per_account = 5;   ///< A minute.
inline constexpr std::int64_t most_per_address = 20;  ///< A minute.

/// What counts as one account: case and what follows a "+" in the local part lead to the same mailbox with most providers.
std::string account_of(std::string_view email);

class Throttle {
public:
    /// `what` is tried: each is counted by itself ("login", "reset").
    explicit Throttle(store::Store& store, std::string what = "login")
        : store_{store}, prefix_{"vivi:" + std::move(what) + ":"} {}

    /// Counts one attempt; true when it may go on. While Redis is away this process counts by itself.
    Task<bool> admits(std::string account, std::string address);
    /// The attempt succeeded: it does not count.
    Task<> forgive(std::string account, std::string address);

private:
    std::string account_key(const std::string& account) const;
    std::string address_key(const std::string& address) const;

    store::Store& store_;
    std::string prefix_;
    Attempts local_{10'000};
};

}  // namespace vivi::auth
