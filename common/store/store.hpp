// The store holds nouns: Redis commands as values, in order, over one connection.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.hpp"
#include "common/runtime/task.hpp"

namespace vivi::store {

using Command = std::vector<std::string>;

/// One answer of Redis (RESP2).
struct Reply {
    enum class Kind : std::uint8_t { Nil, Integer, Text, Array, Failure };
    Kind kind = Kind::Nil;
    std::int64_t integer = 0;
    std::string text{};  ///< Of Text (bulk or status) and Failure ("WRONGTYPE …").
    std::vector<Reply> elements{};

    bool is_nil() const noexcept { return kind == Kind::Nil; }
    bool is_failure() const noexcept { return kind == Kind::Failure; }
};

/// Where nouns are kept. Implemented by store::Redis.
class Store {
public:
    virtual ~Store() = default;

    /// One command. Unavailable while the connection is away (it reconnects by itself), Timeout after 2 s; Internal with Redis's
    /// own words when it refused.
    virtual Task<Result<Reply>> run(Command command) = 0;

    /// All commands in one write, answers in order; one refused command is a Failure among the replies, not an error of the call.
    virtual Task<Result<std::vector<Reply>>> pipeline(std::vector<Command> commands) = 0;

    /// MULTI … EXEC: all or none. The replies of the commands.
    virtual Task<Result<std::vector<Reply>>> transaction(std::vector<Command> commands) = 0;
};

/// The key's text, or nothing when it does not exist.
Task<Result<std::optional<std::string>>> get_text(Store& store, std::string key);

}  // namespace vivi::store
