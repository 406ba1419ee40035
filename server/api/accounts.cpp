// me, login, finishLogin, logout.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/call.hpp"
#include "server/api/ids.hpp"
#include "server/api/posting.hpp"
#include "server/api/resolvers.hpp"
#include "server/auth/cookie.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

struct LoginPayload {
    std::optional<db::Account> user{};
    std::optional<std::string> challenge{};
    std::vector<UserError> errors{};
};
struct LogoutPayload {
    std::vector<UserError> errors{};
};

Resolved me(const Object&, const Arguments&, graphql::Context& context) {
    const auto& call = context.get<Call>();
    if (call.account_problem) return std::unexpected{graphql::FieldError{*call.account_problem}};
    if (!call.account) return Value{};
    return Value{Object::make(*call.account)};
}

/// What a step of signing in came to.
Resolved answered(Call& call, Result<auth::SignedIn> outcome) {
    LoginPayload payload;
    const auto refuse = [&](std::string code, std::string message) {
        payload.errors.push_back({.code = std::move(code), .message = std::move(message)});
    };
    if (outcome && !outcome->challenge.empty()) {
        payload.challenge = std::move(outcome->challenge);
    } else if (outcome) {
        const auto& account = outcome->account;
        if (account.is_new_browser) post(call, change_letter(to_language(account.language), account.email, Change::NewBrowser));
        call.cookies.push_back(auth::set_cookie(outcome->token, auth::session_lifetime));
        call.token = std::move(outcome->token);
        call.account = outcome->account;
        call.account_problem.reset();
        payload.user = std::move(outcome->account);
    } else if (outcome.error().code == Code::Denied) {
        refuse("WRONG_CREDENTIALS", outcome.error().detail);
    } else if (outcome.error().code == Code::NotFound) {
        refuse("CHALLENGE_OVER", "Begin again with e-mail and password.");
    } else if (outcome.error().code == Code::Overflow) {
        refuse("TOO_MANY_ATTEMPTS", outcome.error().detail);
    } else {
        return std::unexpected{graphql::FieldError{std::move(outcome).error()}};
    }
    return Value{Object::make(std::move(payload))};
}

Task<Resolved> login(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    auth::LoginAttempt attempt{.email = std::string{input["email"].text()},
                               .password = std::string{input["password"].text()},
                               .address = call.address,
                               .user_agent = call.user_agent};
    co_return answered(call, co_await call.services.logins.login(std::move(attempt)));
}

Task<Resolved> finish_login(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    co_return answered(
        call, co_await call.services.logins.finish(std::string{input["challenge"].text()}, std::string{input["code"].text()},
                                                   call.address, call.user_agent));
}

Task<Resolved> logout(const Arguments&, Call& call) {
    if (!call.token.empty()) {
        auto ended = co_await call.services.logins.logout(call.token, call.address);
        if (!ended) co_return std::unexpected{graphql::FieldError{std::move(ended).error()}};
    }
    call.token.clear();
    call.account.reset();
    call.account_problem.reset();
    call.cookies.push_back(auth::clear_cookie());
    co_return Value{Object::make(LogoutPayload{})};
}

}  // namespace

void add_accounts(graphql::Resolvers& resolvers) {
    resolvers.property("Query", "me", me);
    resolvers.batch("Mutation", "login", root(login));
    resolvers.batch("Mutation", "finishLogin", root(finish_login));
    resolvers.batch("Mutation", "logout", root(logout));
    resolvers.enumeration<db::Role>("Role", {{db::Role::Owner, "OWNER"},
                                             {db::Role::Organiser, "ORGANISER"},
                                             {db::Role::Operator, "OPERATOR"},
                                             {db::Role::Viewer, "VIEWER"}});
    resolvers.of<db::Account>("User")
        .field("id", [](const db::Account& account) { return to_id("User", account.user); })
        .field("email", &db::Account::email)
        .field("name", &db::Account::name)
        .field("isStaff", [](const db::Account& account) { return account.staff_role != db::StaffRole::None; })
        .field("isVerified", &db::Account::is_verified)
        .field("language", [](const db::Account& account) { return Value{to_language(account.language)}; })
        .field("memberships", [](const db::Account& account) { return borrowed_list(account.memberships); });
    resolvers.of<db::Membership>("Membership")
        .field("role", &db::Membership::role)
        .field("organisation", [](const db::Membership& membership) { return Value{Object::borrowed(membership)}; });
    resolvers.of<db::Membership>("Organisation")
        .field("id", [](const db::Membership& membership) { return to_id("Organisation", membership.organisation); })
        .field("name", &db::Membership::organisation_name);
    resolvers.of<LoginPayload>("LoginPayload")
        .field("user",
               [](const LoginPayload& payload) { return payload.user ? Value{Object::borrowed(*payload.user)} : Value{}; })
        .field("challenge", [](const LoginPayload& payload) { return Value{payload.challenge}; })
        .field("errors", [](const LoginPayload& payload) { return borrowed_list(payload.errors); });
    resolvers.of<LogoutPayload>("LogoutPayload").field("errors", [](const LogoutPayload& payload) {
        return borrowed_list(payload.errors);
    });
}

}  // namespace vivi::api
