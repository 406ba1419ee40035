// The browsers that take Web Push for a person (RFC 8030). For the role vivi_auth.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

inline constexpr int most_push_subscriptions = 20;  ///< Of a person: the oldest makes room.

struct PushSubscription {
    std::string id{};        ///< uuid
    std::string endpoint{};  ///< https URL; whoever knows it can send to it.
    std::string user_agent{};
    WallTime created_at{};
    std::optional<WallTime> last_sent_at{};
    bool is_current = false;  ///< Made with the session that asks.
};

struct NewPushSubscription {
    std::string user{};
    std::string session_hash{};  ///< Hexadecimal SHA-256 of the token of the session it belongs to.
    std::string endpoint{};
    std::string public_key{};  ///< Hexadecimal, 65 bytes (RFC 8291 section 2.1).
    std::string secret{};      ///< Hexadecimal, 16 bytes (section 3.2).
    std::string user_agent{};
    std::string address{};
};
/// A browser has one: its endpoint's old row is this one from now on, whoever had it.
Task<Result<PushSubscription>> subscribe(Pool& auth, NewPushSubscription subscription);

/// Which of one's own: by id, or by endpoint.
struct EndedSubscription {
    std::string user{};
    std::string session_hash{};
    std::string id{};  ///< uuid; empty: by the endpoint.
    std::string endpoint{};
    std::string address{};
};
/// What it was. NotFound: no such subscription of theirs.
Task<Result<PushSubscription>> unsubscribe(Pool& auth, EndedSubscription ended);

/// The newest first; `session_hash` is of the session that asks.
Task<Result<std::vector<PushSubscription>>> push_subscriptions(Pool& auth, std::string user, std::string session_hash);

}  // namespace vivi::db
