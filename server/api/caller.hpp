// Whoever sent a request or opened a socket: found out once, and looked at again when somebody's access changed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "server/api/call.hpp"

namespace vivi::api {

/// What a request carries.
struct Credentials {
    std::string session{};  ///< Token of the session's cookie; empty without one.
    std::string bearer{};   ///< Of `Authorization: Bearer` (RFC 6750 section 2.1): then cookies count for nothing.
    std::string show{};     ///< Token of the cookie of a big screen.
};

/// The account behind the call's token: what it may do now. NotFound: the session or the token has ended.
Task<Result<db::Account>> find_account(const Call& call);

/// One Call with the life of a request or a socket.
class Caller {
public:
    explicit Caller(const Services& services);
    Call& call() noexcept { return state_->call; }
    const Call& call() const noexcept { return state_->call; }

    /// Finds out who it is.
    Task<> identify(Credentials credentials);
    /// From now on `gone` is called, once, within a second after the caller's session, token, show link or one of the memberships
    /// it had has ended, wherever that was decided. Other changes only change what the call may do. Empty: no more.
    void follow(const net::any_io_executor& executor, std::function<void()> gone);

private:
    struct State {
        explicit State(const Services& services) : call{.services = services} {}
        Call call;
        std::function<void()> gone{};
    };
    static Task<> look_again(std::weak_ptr<State> state);

    std::shared_ptr<State> state_;  // Shared with looks that are on their way when the socket ends.
    std::unique_ptr<auth::Revocations::Listener> listener_;
};

}  // namespace vivi::api
