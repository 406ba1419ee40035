// Pacing and re-checking of subscriptions.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/viewer.hpp"

#include "common/runtime/clock.hpp"
#include "server/api/caller.hpp"
#include "server/api/ids.hpp"

namespace vivi::api {

Viewer::Viewer(Call& call, FoundRouter found, Pull pull)
    : call_{call},
      found_{std::move(found)},
      ear_{call.services.wakeups.listen(found_.router.id)},
      watch_{pull == Pull::Fast ? call.services.watches.look(found_.router.id) : nullptr},
      listener_{call.services.revocations.listen([this](const auth::Revocations::Subjects& subjects) {
          is_stale_ = is_stale_ || subjects.empty() || subjects.contains(found_.router.id) ||
                      (call_.account && subjects.contains(call_.account->user));
      })},
      last_check_{now()} {}

Task<std::expected<std::uint64_t, graphql::FieldError>> Viewer::next_look() {
    if (has_looked_) {
        heard_ = co_await ear_->wait(recheck);
        const auto since = std::chrono::duration_cast<Milliseconds>(now() - last_look_);
        if (since < pace) co_await after(pace - since);
    }
    has_looked_ = true;
    last_look_ = now();
    if (is_stale_ || now() - last_check_ >= session_check) {
        last_check_ = now();
        is_stale_ = false;
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
    using Checked = std::expected<void, graphql::FieldError>;
    auto account = co_await find_account(call_);
    if (!account && account.error().code == Code::NotFound)
        co_return graphql::field_error("Your session has ended; sign in again.", "UNAUTHENTICATED");
    if (!account) {  // The database is away: the next look says so.
        is_stale_ = true;
        co_return Checked{};
    }
    call_.account = *std::move(account);
    auto router = co_await find_router(call_, to_id("Router", found_.router.id));
    if (!router) {
        is_stale_ = true;
        co_return Checked{};
    }
    if (!*router) co_return graphql::field_error("No such router.", "NOT_FOUND");
    found_ = **std::move(router);  // Its event may be another now.
    co_return Checked{};
}

}  // namespace vivi::api
