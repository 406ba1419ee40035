// What a redis:// or unix:// address says, and what is sent first on a new connection.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.hpp"
#include "common/store/store.hpp"

namespace vivi::store {

struct RedisTarget {
    std::string unix_path{};  ///< Empty: TCP.
    std::string host{};
    std::uint16_t port = 6379;
    /// AUTH and SELECT as far as the address asks for them, then PING: only a server that answers it serves (it may be loading).
    std::vector<Command> greeting{};
};

/// redis://[user[:password]@]host[:port][/database] or unix:///path. A lone user name is Redis' old form of a password.
Result<RedisTarget> parse_redis_address(std::string_view url);

}  // namespace vivi::store
