// requestPasswordReset, resetPassword, changePassword.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/new_passwords.hpp"

#include "server/api/links.hpp"
#include "server/api/posting.hpp"
#include "server/api/resolvers.hpp"
#include "server/api/session_holder.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

struct PasswordPayload {
    std::vector<UserError> errors{};
};

/// The payload of a problem that the person can put right; the error otherwise.
Resolved answered(const Error& error, std::string_view field) {
    PasswordPayload payload;
    const auto refuse = [&](std::string code, std::string message) {
        payload.errors.push_back({.code = std::move(code), .message = std::move(message), .field = std::string{field}});
        return Value{Object::make(std::move(payload))};
    };
    switch (error.code) {
        case Code::NotFound: return refuse("NOT_FOUND", "This link was used already, or it is too old: ask for another one.");
        case Code::Invalid: return refuse("BAD_PASSWORD", error.detail);
        case Code::Denied: return refuse("WRONG_CREDENTIALS", error.detail);
        case Code::Overflow: return refuse("TOO_MANY_ATTEMPTS", error.detail);
        default: return std::unexpected{graphql::FieldError{error}};
    }
}
Resolved done() { return Value{Object::make(PasswordPayload{})}; }

Task<Resolved> request_reset(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    if (!call.services.mail.is_configured() || call.services.public_url.empty())
        co_return answered({Code::Invalid, "This server sends no mail: whoever runs it can set a new password (vivi-admin)."},
                           "email");
    auto begun = co_await call.services.new_passwords.begin_reset(std::string{input["email"].text()}, call.address);
    if (!begun) co_return answered(begun.error(), "email");
    // Whether there was somebody to write to, the caller is not told.
    const auto language = static_cast<Language>(input["language"].integer());
    if (*begun)
        post(call, reset_letter(language == Language::French ? language : to_language((*begun)->language), (*begun)->email,
                                link_to(call.services.public_url, "reset", (*begun)->token)));
    co_return done();
}

Task<Resolved> reset(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    auto finished = co_await call.services.new_passwords.finish_reset(std::string{input["token"].text()},
                                                                      std::string{input["password"].text()}, call.address);
    if (!finished) co_return answered(finished.error(), finished.error().code == Code::Invalid ? "password" : "token");
    post(call, change_letter(to_language(finished->language), finished->email, Change::Password));
    co_return done();
}

Task<Resolved> change(const Arguments& arguments, Call& call) {
    const auto holder = session_holder(call);
    if (!holder) co_return std::unexpected{holder.error()};
    const auto& input = arguments["input"].fields();
    const auto changed = co_await call.services.new_passwords.change(
        *holder, call.account->name, std::string{input["currentPassword"].text()}, std::string{input["newPassword"].text()});
    if (!changed) co_return answered(changed.error(), changed.error().code == Code::Invalid ? "newPassword" : "currentPassword");
    post(call, change_letter(to_language(call.account->language), holder->email, Change::Password));
    co_return done();
}

}  // namespace

void add_new_passwords(graphql::Resolvers& resolvers) {
    resolvers.batch("Mutation", "requestPasswordReset", root(request_reset));
    resolvers.batch("Mutation", "resetPassword", root(reset));
    resolvers.batch("Mutation", "changePassword", root(change));
    resolvers.of<PasswordPayload>("PasswordPayload").field("errors", [](const PasswordPayload& payload) {
        return borrowed_list(payload.errors);
    });
}

}  // namespace vivi::api
