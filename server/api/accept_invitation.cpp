// invitation, acceptInvitation: the guest's side.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/date_time.hpp"
#include "server/api/links.hpp"
#include "server/api/posting.hpp"
#include "server/api/resolvers.hpp"
#include "server/api/session_holder.hpp"
#include "server/auth/accounts.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;
using Outcome = auth::Accepted::Outcome;

struct AcceptPayload {
    std::optional<db::Account> user{};
    std::vector<UserError> errors{};
};

UserError to_user_error(const auth::Accepted& accepted) {
    switch (accepted.outcome) {
        case Outcome::Joined:
        case Outcome::NotThere: break;
        case Outcome::OtherAccount:
            return {.code = "OTHER_ACCOUNT", .message = "This invitation is for another e-mail than yours.", .field = {}};
        case Outcome::SignInFirst:
            return {.code = "SIGN_IN_FIRST", .message = "This e-mail has an account; sign in, then accept.", .field = {}};
        case Outcome::ProveFirst:
            return {.code = "VERIFY_EMAIL",
                    .message = "We sent a link to " + accepted.invitation.email + "; open it to go on.",
                    .field = {}};
        case Outcome::BadName: return {.code = "INVALID", .message = accepted.problem, .field = "name"};
        case Outcome::BadPassword: return {.code = "INVALID", .message = accepted.problem, .field = "password"};
        case Outcome::TooMany: return {.code = "TOO_MANY_ATTEMPTS", .message = accepted.problem, .field = {}};
    }
    return {.code = "NOT_FOUND", .message = "This invitation does not exist, or is over.", .field = "token"};
}

Task<Resolved> invitation(const Arguments& arguments, Call& call) {
    auto found = co_await call.services.accounts.find_invitation(arguments.get<std::string>("token"), call.address);
    if (!found && found.error().code == Code::NotFound) co_return Value{};
    if (!found && found.error().code == Code::Overflow) co_return graphql::field_error(found.error().detail, "TOO_MANY_ATTEMPTS");
    if (!found) co_return std::unexpected{graphql::FieldError{std::move(found).error()}};
    co_return Value{Object::make(*std::move(found))};
}

std::string text_or_nothing(const Value& value) { return value.is_null() ? std::string{} : std::string{value.text()}; }

Task<Resolved> accept_invitation(const Arguments& arguments, Call& call) {
    if (call.account_problem) co_return std::unexpected{graphql::FieldError{*call.account_problem}};
    const auto& input = arguments["input"].fields();
    const auto language = static_cast<Language>(input["language"].integer());
    auth::Accepting accepting{.token = std::string{input["token"].text()},
                              .name = text_or_nothing(input["name"]),
                              .password = text_or_nothing(input["password"]),
                              .account = call.account,
                              .address = call.address,
                              .user_agent = call.user_agent,
                              .can_mail = call.services.mail.is_configured()};
    auto accepted = co_await call.services.accounts.accept(std::move(accepting));
    if (!accepted && accepted.error().code == Code::Overflow)
        co_return Value{Object::make(
            AcceptPayload{.errors = {{.code = "TOO_MANY_ATTEMPTS", .message = "The server is busy; try again in a minute."}}})};
    if (!accepted) co_return std::unexpected{graphql::FieldError{std::move(accepted).error()}};
    AcceptPayload payload;
    if (accepted->outcome == Outcome::ProveFirst)
        post(call,
             proof_letter(language, accepted->invitation, link_to(call.services.public_url, "invitation", accepted->proof)));
    if (accepted->outcome != Outcome::Joined) {
        payload.errors.push_back(to_user_error(*accepted));
        co_return Value{Object::make(std::move(payload))};
    }
    if (accepted->signed_in) {
        call.cookies.push_back(auth::set_cookie(accepted->signed_in->token, auth::session_lifetime));
        call.token = std::move(accepted->signed_in->token);
        call.account = std::move(accepted->signed_in->account);
        if (const auto holder = session_holder(call))
            if (auto updated = co_await call.services.accounts.update(*holder, {}, to_word(language))) call.account = *updated;
    } else if (auto account = co_await call.services.logins.find(call.token); account) {
        call.account = *std::move(account);  // With the new membership.
    }
    payload.user = call.account;
    co_return Value{Object::make(std::move(payload))};
}

}  // namespace

void add_acceptances(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "invitation", root(invitation));
    resolvers.batch("Mutation", "acceptInvitation", root(accept_invitation));
    using db::FoundInvitation;
    resolvers.of<FoundInvitation>("InvitationOffer")
        .field("organisation", [](const FoundInvitation& found) { return Value::borrowed(found.invitation.organisation_name); })
        .field("event",
               [](const FoundInvitation& found) {
                   return found.invitation.event.empty() ? Value{} : Value::borrowed(found.invitation.event_name);
               })
        .field("email", [](const FoundInvitation& found) { return Value::borrowed(found.invitation.email); })
        .field("role", [](const FoundInvitation& found) { return Value{found.invitation.role}; })
        .field("invitedBy", [](const FoundInvitation& found) { return Value::borrowed(found.invitation.inviter_name); })
        .field("expiresAt", [](const FoundInvitation& found) { return to_date_time(found.invitation.expires_at); })
        .field("hasAccount", [](const FoundInvitation& found) { return found.is_mailed ? Value{found.has_account} : Value{}; });
    resolvers.of<AcceptPayload>("AcceptInvitationPayload")
        .field("user",
               [](const AcceptPayload& payload) { return payload.user ? Value{Object::borrowed(*payload.user)} : Value{}; })
        .field("errors", [](const AcceptPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
