// Finding out who asks, and noticing that they may no longer.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/caller.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "common/runtime/clock.hpp"

namespace vivi::api {
namespace {

/// A membership that was there is there no more, or all of the staff's rights are gone.
bool has_lost(const db::Account& before, const db::Account& now) {
    if (before.staff_role != db::StaffRole::None && now.staff_role == db::StaffRole::None) return true;
    return std::ranges::any_of(before.memberships, [&](const db::Membership& had) {
        return std::ranges::none_of(now.memberships, [&](const db::Membership& has) {
            return has.organisation == had.organisation && (has.event.empty() || has.event == had.event);
        });
    });
}

}  // namespace

Task<Result<db::Account>> find_account(const Call& call) {
    if (call.bearer.empty() && call.token.empty()) co_return failed(Code::NotFound, "nobody is signed in");
    Result<db::Account> account{db::Account{}};
    if (call.bearer.empty())
        account = co_await call.services.logins.find(call.token);
    else
        account = co_await call.services.tokens.find(call.bearer);
    co_return account;
}

Caller::Caller(const Services& services) : state_{std::make_shared<State>(services)} {}

Task<> Caller::identify(Credentials credentials) {
    auto& call = state_->call;
    call.bearer = std::move(credentials.bearer);
    if (call.bearer.empty()) call.token = std::move(credentials.session);
    if (!call.bearer.empty() || !call.token.empty()) {
        auto account = co_await find_account(call);
        if (account)
            call.account = *std::move(account);
        else if (account.error().code != Code::NotFound)
            call.account_problem = std::move(account).error();
    }
    if (credentials.show.empty() || !call.bearer.empty()) co_return;
    if (auto pass = co_await call.services.tokens.find_show(credentials.show)) {
        call.show = auth::Place{.organisation = pass->organisation, .event = pass->event};
        call.show_link = std::move(pass->link);
        call.show_token = std::move(credentials.show);
    }
}

void Caller::follow(const net::any_io_executor& executor, std::function<void()> gone) {
    state_->gone = std::move(gone);
    if (!state_->gone) return listener_.reset();
    const auto heard = [state = std::weak_ptr{state_}, executor](const auth::Revocations::Subjects& subjects) {
        const auto here = state.lock();
        if (!here) return;
        const auto& call = here->call;
        const bool is_it = subjects.empty() || (call.account && subjects.contains(call.account->user)) ||
                           (!call.show_link.empty() && subjects.contains(call.show_link));
        if (is_it) net::co_spawn(executor, look_again(state), net::detached);
    };
    listener_ = state_->call.services.revocations.listen(heard);
}

Task<> Caller::look_again(std::weak_ptr<State> state) {
    for (;;) {
        auto here = state.lock();
        if (!here || !here->gone) co_return;
        Result<db::Account> account{db::Account{}};
        if (here->call.account) account = co_await find_account(here->call);
        bool is_show_over = false;
        if (here->call.show) is_show_over = !co_await here->call.services.tokens.is_showing(here->call.show_token);
        if (!here->gone) co_return;
        const bool is_known = account || account.error().code == Code::NotFound;
        if (is_show_over || (is_known && !account) ||
            (account && here->call.account && has_lost(*here->call.account, *account))) {
            std::exchange(here->gone, {})();
            co_return;
        }
        if (account && here->call.account) here->call.account = *account;
        if (is_known) co_return;
        here.reset();
        co_await after(Milliseconds{500});  // The database is away: what it says later counts.
    }
}

}  // namespace vivi::api
