// How often somebody may try to log in: per account and per address, counted in Redis so that all replicas share the count.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/store/store.hpp"
#include "server/auth/attempts.hpp"

namespace vivi::auth {

inline constexpr std::int64_t most_per_account = 5;   ///< A minute.
inline constexpr std::int64_t most_per_address = 20;  ///< A minute.

class Throttle {
public:
    explicit Throttle(store::Store& store) : store_{store} {}

    /// Counts one attempt; true when it may go on. While Redis is away this process counts by itself.
    Task<bool> admits(std::string account, std::string address);
    /// The attempt succeeded: it does not count.
    Task<> forgive(std::string account, std::string address);

private:
    store::Store& store_;
    Attempts local_{10'000};
};

}  // namespace vivi::auth
