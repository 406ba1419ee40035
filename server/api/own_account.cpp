// updateMe, changeEmail, verifyEmail, confirmEmail: what somebody changes of their own account.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/course.hpp"
#include "server/api/links.hpp"
#include "server/api/posting.hpp"
#include "server/api/refused.hpp"
#include "server/api/session_holder.hpp"
#include "server/api/step_up.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

struct MePayload {
    std::optional<db::Account> user{};
    std::vector<UserError> errors{};
};
struct EmailPayload {
    std::vector<UserError> errors{};
};

Resolved done() { return Value{Object::make(EmailPayload{})}; }

bool can_mail(const Call& call) { return call.services.mail.is_configured() && !call.services.public_url.empty(); }
Resolved no_mail() {
    return refused<EmailPayload>("NO_MAIL", "This server sends no mail: whoever runs it can change an e-mail (vivi-admin).",
                                 "email");
}

Task<Resolved> update_me(const Arguments& arguments, Call& call) {
    const auto holder = session_holder(call);
    if (!holder) co_return std::unexpected{holder.error()};
    const auto& input = arguments["input"].fields();
    std::optional<std::string> name, language;
    if (!input["name"].is_null()) name = std::string{input["name"].text()};
    if (!input["language"].is_null()) language = to_word(static_cast<Language>(input["language"].integer()));
    auto updated = co_await call.services.accounts.update(*holder, std::move(name), std::move(language));
    if (!updated && updated.error().code == Code::Invalid)
        co_return refused<MePayload>("INVALID", updated.error().detail, "name");
    if (!updated) co_return std::unexpected{graphql::FieldError{std::move(updated).error()}};
    call.account = *updated;
    co_return Value{Object::make(MePayload{.user = *std::move(updated)})};
}

Task<Resolved> change_email(const Arguments& arguments, Call& call) {
    const auto holder = session_holder(call);
    if (!holder) co_return std::unexpected{holder.error()};
    if (!can_mail(call)) co_return no_mail();
    if (auto proven = co_await require_step_up(call); !proven) co_return std::unexpected{std::move(proven).error()};
    const std::string email{arguments["input"].fields()["email"].text()};
    if (!egress::is_mail_address(email)) co_return refused<EmailPayload>("INVALID", "This is not an e-mail.", "email");
    auto begun = co_await call.services.accounts.begin_email_change(*holder, email);
    if (!begun && begun.error().code == Code::Invalid) co_return refused<EmailPayload>("INVALID", begun.error().detail, "email");
    if (!begun && begun.error().code == Code::Overflow)
        co_return refused<EmailPayload>("TOO_MANY_ATTEMPTS", begun.error().detail, "email");
    if (!begun) co_return std::unexpected{graphql::FieldError{std::move(begun).error()}};
    // Whether somebody else has that e-mail, the caller is not told.
    if (*begun)
        post(call, verification_letter(to_language(call.account->language), (*begun)->email,
                                       link_to(call.services.public_url, "confirm", (*begun)->token)));
    co_return done();
}

Task<Resolved> verify_email(const Arguments&, Call& call) {
    const auto holder = session_holder(call);
    if (!holder) co_return std::unexpected{holder.error()};
    if (!can_mail(call)) co_return no_mail();
    if (call.account->is_verified) co_return done();
    auto begun = co_await call.services.accounts.begin_verification(*holder);
    if (!begun && begun.error().code == Code::Overflow)
        co_return refused<EmailPayload>("TOO_MANY_ATTEMPTS", begun.error().detail, "email");
    if (!begun) co_return std::unexpected{graphql::FieldError{std::move(begun).error()}};
    post(call, verification_letter(to_language(call.account->language), begun->email,
                                   link_to(call.services.public_url, "confirm", begun->token)));
    co_return done();
}

Task<Resolved> confirm_email(const Arguments& arguments, Call& call) {
    auto proven =
        co_await call.services.accounts.finish_proof(std::string{arguments["input"].fields()["token"].text()}, call.address);
    if (!proven && (proven.error().code == Code::NotFound || proven.error().code == Code::Conflict))
        co_return refused<EmailPayload>("NOT_FOUND", "This link was used already, or it is too old: ask for another one.",
                                        "token");
    if (!proven && proven.error().code == Code::Overflow)
        co_return refused<EmailPayload>("TOO_MANY_ATTEMPTS", proven.error().detail, "token");
    if (!proven) co_return std::unexpected{graphql::FieldError{std::move(proven).error()}};
    if (call.account && call.account->user == proven->user) {
        call.account->email = proven->email;
        call.account->is_verified = true;
    }
    if (!proven->old_email.empty()) post(call, change_letter(to_language(proven->language), proven->old_email, Change::Email));
    co_return done();
}

}  // namespace

void add_own_account(graphql::Resolvers& resolvers) {
    resolvers.batch("Mutation", "updateMe", root(update_me));
    resolvers.batch("Mutation", "changeEmail", root(change_email));
    resolvers.batch("Mutation", "verifyEmail", root(verify_email));
    resolvers.batch("Mutation", "confirmEmail", root(confirm_email));
    resolvers.of<MePayload>("MePayload")
        .field("user", [](const MePayload& payload) { return payload.user ? Value{Object::borrowed(*payload.user)} : Value{}; })
        .field("errors", [](const MePayload& payload) { return borrowed_list(payload.errors); });
    resolvers.of<EmailPayload>("EmailPayload").field("errors", [](const EmailPayload& payload) {
        return borrowed_list(payload.errors);
    });
}

}  // namespace vivi::api
