// Counts attempts of the last minute for each key; pure, bounded. What throttles logins while Redis is away.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "common/core/time.hpp"

namespace vivi::auth {

/// Fixed windows of a minute that begin with a key's first attempt, as the counters in Redis do.
class Attempts {
public:
    explicit Attempts(std::size_t most_keys) : most_keys_{most_keys} {}

    /// The attempts of `key` in its window, this one included. At the bound every key counts as exhausted until windows end.
    std::int64_t count(const std::string& key, Instant now);
    /// This attempt should not have counted: it succeeded.
    void forgive(const std::string& key);

private:
    struct Window {
        Instant ends{};
        std::int64_t attempts = 0;
    };
    std::unordered_map<std::string, Window> windows_;
    std::size_t most_keys_;
};

}  // namespace vivi::auth
