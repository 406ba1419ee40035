// Argon2id (RFC 9106) on a bounded pool of threads: a flood of logins cannot take the machine's memory or its loop.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/core/result.hpp"
#include "common/runtime/task.hpp"

namespace vivi::auth {

inline constexpr std::size_t shortest_password = 8;
inline constexpr std::size_t longest_password = 256;

/// A PHC string, 19 MiB and two passes (OWASP's least). Blocking, about 20 ms; for vivi-admin. Invalid: too short or too long.
Result<std::string> hash_password(const std::string& password);

enum class Verdict : std::uint8_t { Wrong, Right, RightButOld };  ///< Old: made with weaker parameters, hash it anew.

/// `threads` at once, `most_waiting` behind them.
class Passwords {
public:
    Passwords(std::size_t threads, std::size_t most_waiting);
    ~Passwords();
    Passwords(const Passwords&) = delete;
    Passwords& operator=(const Passwords&) = delete;

    /// Overflow when too many wait already. An empty hash (nobody has that name) takes as long as any other and is wrong.
    Task<Result<Verdict>> verify(std::string hash, std::string password);
    Task<Result<std::string>> hash(std::string password);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace vivi::auth
