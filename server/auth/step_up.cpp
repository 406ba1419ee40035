// A session's holder proves again who they are; where else they are signed in.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/log.hpp"
#include "server/auth/cookie.hpp"
#include "server/auth/logins.hpp"

namespace vivi::auth {

Task<Status> Logins::check_password(std::string email, std::string password) {
    auto credentials = co_await db::find_credentials(pool_, std::move(email));
    if (!credentials) co_return std::unexpected{std::move(credentials).error()};
    const auto verdict = co_await passwords_.verify(credentials->password_hash, std::move(password));
    if (!verdict) co_return std::unexpected{verdict.error()};
    if (*verdict == Verdict::Wrong) co_return failed(Code::Denied, "The password is wrong.");
    co_return Status{};
}

Task<Status> Logins::step_up(Holder holder, std::string password) {
    if (!co_await step_up_throttle_.admits(holder.user, holder.address)) {
        log::warn("login.throttled", {{"address", holder.address}});
        co_return failed(Code::Overflow, "Too many attempts; try again in a minute.");
    }
    if (auto right = co_await check_password(holder.email, std::move(password)); !right) {
        if (right.error().code != Code::Denied) co_return right;
        if (auto recorded = co_await db::record_refused_login(pool_, holder.user, "step-up refused", holder.address); !recorded)
            log::warn("login.unrecorded", {{"reason", recorded.error().detail}});
        co_return right;
    }
    auto done = co_await db::step_up(pool_, {.user = holder.user, .address = holder.address}, hash_of(holder.token));
    if (done) co_await step_up_throttle_.forgive(holder.user, holder.address);
    co_return done;
}

Task<Status> Logins::step_up_by_code(Holder holder, std::string code) {
    const FactorOf of{.user = holder.user, .email = holder.email, .address = holder.address};
    if (auto right = co_await second_factors_.check(of, std::move(code)); !right) co_return right;
    auto done = co_await db::step_up(pool_, {.user = holder.user, .address = holder.address}, hash_of(holder.token));
    co_return done;
}

Task<Result<bool>> Logins::is_stepped_up(std::string token) {
    auto is_it = co_await db::is_stepped_up(pool_, hash_of(token), step_up_lifetime);
    co_return is_it;
}

Task<Result<std::vector<db::SessionRow>>> Logins::sessions(std::string user, std::string token) {
    auto found = co_await db::sessions(pool_, std::move(user), hash_of(token));
    co_return found;
}

Task<Status> Logins::end_session(Holder holder, std::string session) {
    auto ended = co_await db::end_session(pool_, {.user = std::move(holder.user), .address = std::move(holder.address)},
                                          std::move(session));
    co_return ended;
}

Task<Result<int>> Logins::end_other_sessions(Holder holder) {
    auto ended = co_await db::end_other_sessions(pool_, {.user = std::move(holder.user), .address = std::move(holder.address)},
                                                 hash_of(holder.token));
    co_return ended;
}

}  // namespace vivi::auth
