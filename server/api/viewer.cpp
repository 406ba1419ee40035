// Pacing and re-checking of subscriptions.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/viewer.hpp"

#include "common/runtime/clock.hpp"

namespace vivi::api {

Viewer::Viewer(Call& call, FoundRouter found)
    : call_{call},
      found_{std::move(found)},
      ear_{call.services.wakeups.listen(found_.router.id)},
      watch_{call.services.watches.look(found_.router.id)},
      last_check_{now()} {}

Task<std::expected<std::uint64_t, graphql::FieldError>> Viewer::next_look() {
    if (has_looked_) {
        heard_ = co_await ear_->wait(recheck);
        const auto since = std::chrono::duration_cast<Milliseconds>(now() - last_look_);
        if (since < pace) co_await after(pace - since);
    }
    has_looked_ = true;
    last_look_ = now();
    if (now() - last_check_ >= session_check) {
        last_check_ = now();
        auto checked = co_await check_session();
        if (!checked) co_return std::unexpected{std::move(checked).error()};
    }
    co_return heard_;
}

std::string Viewer::view() const {
    std::string view = found_.tenant.organisation + '/' + found_.router.id + '/';
    for (auto right = auth::Right::Show; right <= auth::Right::Own; right = static_cast<auth::Right>(static_cast<int>(right) + 1))
        view += may(call_, right, place_of(found_.router)) ? '1' : '0';
    return view;
}

Task<std::expected<void, graphql::FieldError>> Viewer::check_session() {
    const auto account = co_await call_.services.logins.find(call_.token);
    if (!account && account.error().code == Code::NotFound)
        co_return graphql::field_error("Your session has ended; sign in again.", "UNAUTHENTICATED");
    if (!account) co_return std::expected<void, graphql::FieldError>{};  // The database is away: the next look says so.
    if (!auth::may(*account, auth::Right::See, place_of(found_.router)))
        co_return graphql::field_error("No such router.", "NOT_FOUND");
    co_return std::expected<void, graphql::FieldError>{};
}

}  // namespace vivi::api
