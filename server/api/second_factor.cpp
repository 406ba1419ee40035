// secondFactor, beginTotp, confirmTotp, renewRecoveryCodes, disableTotp.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/posting.hpp"
#include "server/api/resolvers.hpp"
#include "server/api/session_holder.hpp"
#include "server/api/step_up.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

struct SecondFactorState {
    bool is_on = false;
    int codes_left = 0;
};
/// Of every mutation here; what does not belong to one is absent.
struct SecondFactorPayload {
    std::optional<auth::Enrolment> enrolment{};
    std::optional<std::vector<std::string>> codes{};
    std::vector<UserError> errors{};
};

std::expected<auth::FactorOf, graphql::FieldError> factor_of(const Call& call) {
    auto holder = session_holder(call);
    if (!holder) return std::unexpected{std::move(holder).error()};
    return auth::FactorOf{
        .user = std::move(holder->user), .email = std::move(holder->email), .address = std::move(holder->address)};
}

std::optional<UserError> to_user_error(const Error& error) {
    switch (error.code) {
        case Code::Denied: return UserError{.code = "WRONG_CREDENTIALS", .message = error.detail, .field = "code"};
        case Code::Overflow: return UserError{.code = "TOO_MANY_ATTEMPTS", .message = error.detail};
        case Code::Conflict: return UserError{.code = "CONFLICT", .message = "A second factor is on already."};
        case Code::NotFound: return UserError{.code = "NOT_FOUND", .message = "There is no second factor."};
        default: return std::nullopt;
    }
}

Resolved answered(SecondFactorPayload payload, const Error* problem) {
    if (problem != nullptr) {
        auto shown = to_user_error(*problem);
        if (!shown) return std::unexpected{graphql::FieldError{*problem}};
        payload.errors.push_back(*std::move(shown));
    }
    return Value{Object::make(std::move(payload))};
}

Task<Resolved> second_factor(const Arguments&, Call& call) {
    const auto of = factor_of(call);
    if (!of) co_return std::unexpected{of.error()};
    const auto left = co_await call.services.logins.second_factors().codes_left(of->user);
    if (!left && left.error().code == Code::NotFound) co_return Value{Object::make(SecondFactorState{})};
    if (!left) co_return std::unexpected{graphql::FieldError{left.error()}};
    co_return Value{Object::make(SecondFactorState{.is_on = true, .codes_left = *left})};
}

Task<Resolved> begin_totp(const Arguments&, Call& call) {
    const auto of = factor_of(call);
    if (!of) co_return std::unexpected{of.error()};
    if (auto sure = co_await require_step_up(call); !sure) co_return std::unexpected{std::move(sure).error()};
    auto begun = co_await call.services.logins.second_factors().begin(*of);
    if (!begun) co_return answered({}, &begun.error());
    co_return answered({.enrolment = *std::move(begun)}, nullptr);
}

Task<Resolved> confirm_totp(const Arguments& arguments, Call& call) {
    const auto of = factor_of(call);
    if (!of) co_return std::unexpected{of.error()};
    auto codes = co_await call.services.logins.second_factors().confirm(*of, arguments.get<std::string>("code"));
    if (!codes) co_return answered({}, &codes.error());
    post(call, change_letter(to_language(call.account->language), of->email, Change::SecondFactorOn));
    co_return answered({.codes = *std::move(codes)}, nullptr);
}

Task<Resolved> renew_recovery_codes(const Arguments&, Call& call) {
    const auto of = factor_of(call);
    if (!of) co_return std::unexpected{of.error()};
    if (auto sure = co_await require_step_up(call); !sure) co_return std::unexpected{std::move(sure).error()};
    auto codes = co_await call.services.logins.second_factors().renew_codes(*of);
    if (!codes) co_return answered({}, &codes.error());
    co_return answered({.codes = *std::move(codes)}, nullptr);
}

Task<Resolved> disable_totp(const Arguments&, Call& call) {
    const auto of = factor_of(call);
    if (!of) co_return std::unexpected{of.error()};
    if (auto sure = co_await require_step_up(call); !sure) co_return std::unexpected{std::move(sure).error()};
    auto done = co_await call.services.logins.second_factors().disable(*of);
    if (!done) co_return answered({}, &done.error());
    post(call, change_letter(to_language(call.account->language), of->email, Change::SecondFactorOff));
    co_return answered({}, nullptr);
}

Value texts(const std::vector<std::string>& values) {
    graphql::List list;
    for (const auto& value : values) list.emplace_back(Value::borrowed(value));
    return Value{std::move(list)};
}

}  // namespace

void add_second_factor(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "secondFactor", root(second_factor));
    resolvers.batch("Mutation", "beginTotp", root(begin_totp));
    resolvers.batch("Mutation", "confirmTotp", root(confirm_totp));
    resolvers.batch("Mutation", "renewRecoveryCodes", root(renew_recovery_codes));
    resolvers.batch("Mutation", "disableTotp", root(disable_totp));
    resolvers.of<SecondFactorState>("SecondFactor")
        .field("isOn", &SecondFactorState::is_on)
        .field("recoveryCodesLeft", [](const SecondFactorState& state) { return Value{state.codes_left}; });
    resolvers.of<auth::Enrolment>("TotpEnrolment").field("secret", &auth::Enrolment::secret).field("uri", &auth::Enrolment::uri);
    resolvers.of<SecondFactorPayload>("SecondFactorPayload")
        .field("enrolment",
               [](const SecondFactorPayload& payload) {
                   return payload.enrolment ? Value{Object::borrowed(*payload.enrolment)} : Value{};
               })
        .field("recoveryCodes",
               [](const SecondFactorPayload& payload) { return payload.codes ? texts(*payload.codes) : Value{}; })
        .field("errors", [](const SecondFactorPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
