// stepUp, and the question that dangerous operations ask.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/step_up.hpp"

#include "server/api/resolvers.hpp"
#include "server/api/session_holder.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

struct StepUpPayload {
    std::vector<UserError> errors{};
};

Task<Resolved> step_up(const Arguments& arguments, Call& call) {
    auto holder = session_holder(call);
    if (!holder) co_return std::unexpected{std::move(holder).error()};
    const auto& input = arguments["input"].fields();
    auto& logins = call.services.logins;
    auto done = input["password"].is_null()
                    ? co_await logins.step_up_by_code(*std::move(holder), std::string{input["code"].text()})
                    : co_await logins.step_up(*std::move(holder), std::string{input["password"].text()});
    StepUpPayload payload;
    if (!done && done.error().code == Code::Denied)
        payload.errors.push_back({.code = "WRONG_CREDENTIALS", .message = done.error().detail});
    else if (!done && done.error().code == Code::Overflow)
        payload.errors.push_back({.code = "TOO_MANY_ATTEMPTS", .message = done.error().detail});
    else if (!done)
        co_return std::unexpected{graphql::FieldError{std::move(done).error()}};
    co_return Value{Object::make(std::move(payload))};
}

}  // namespace

Task<std::expected<void, graphql::FieldError>> require_step_up(Call& call) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    if (!call.token.empty()) {
        const auto is_stepped_up = co_await call.services.logins.is_stepped_up(call.token);
        if (!is_stepped_up) co_return std::unexpected{graphql::FieldError{is_stepped_up.error()}};
        if (*is_stepped_up) co_return std::expected<void, graphql::FieldError>{};
    }
    co_return graphql::field_error("Confirm with your password or a code first (stepUp).", "STEP_UP_REQUIRED");
}

void add_step_up(graphql::Resolvers& resolvers) {
    resolvers.batch("Mutation", "stepUp", root(step_up));
    resolvers.of<StepUpPayload>("StepUpPayload").field("errors", [](const StepUpPayload& payload) {
        return borrowed_list(payload.errors);
    });
}

}  // namespace vivi::api
