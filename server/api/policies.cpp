// Router.policy, setPolicy, allowDomain, denyDomain.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/policies.hpp"

#include "common/core/crypto.hpp"
#include "common/model/configuration.hpp"
#include "common/runtime/clock.hpp"
#include "server/api/deciding.hpp"
#include "server/api/json_value.hpp"
#include "server/api/policy_edits.hpp"
#include "server/api/resolvers.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr std::int64_t most_minutes = 7 * 24 * 60;

Task<std::vector<Resolved>> policies(std::span<const Object> parents, const Arguments&, graphql::Context& context) {
    auto& call = context.get<Call>();
    std::vector<Resolved> found;
    for (const auto& parent : parents) {
        const auto& router = parent.as<db::Router>();
        auto policy = co_await db::policy(call.services.pool, {router.organisation}, router.id);
        if (policy)
            found.emplace_back(Value{Object::make(*std::move(policy))});
        else
            found.emplace_back(std::unexpected{graphql::FieldError{std::move(policy).error()}});
    }
    co_return found;
}

Value refused(PolicyError error) {
    PolicyPayload payload;
    payload.errors.push_back(std::move(error));
    return Object::make(std::move(payload));
}

Task<Resolved> set_policy(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    auto document = to_json(input["document"], model::max_configuration_bytes);
    if (!document) co_return refused({.code = "INVALID", .message = document.error().detail, .path = ""});
    Deciding deciding{.router_id = std::string{input["routerId"].text()}};
    const auto router = co_await find_router(call, deciding.router_id);
    if (!router) co_return std::unexpected{router.error()};
    const bool is_of_event = *router && !(*router)->router.event.empty();
    deciding.edit.base_revision = input["baseRevision"].integer();
    deciding.edit.edit = db::replacement(*std::move(document), is_of_event ? db::Frame::Stays : db::Frame::Default);
    deciding.edit.action = "policy.replaced";
    auto payload = co_await payload_of(call, std::move(deciding));
    co_return payload;
}

Task<Resolved> decide_name(const Arguments& arguments, Call& call, model::Decision decision) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto& input = arguments["input"].fields();
    DomainDecision request{.domain = std::string{input["domain"].text()}, .decision = decision, .now = wall_now()};
    if (const auto& minutes = input["minutes"]; !minutes.is_null()) {
        if (minutes.integer() < 1 || minutes.integer() > most_minutes)
            co_return refused({.code = "INVALID", .message = "Minutes must be 1 to 10080.", .path = "minutes"});
        request.until = request.now + std::chrono::minutes{minutes.integer()};
    }
    const std::string router_id{input["routerId"].text()};
    if (const auto& device = input["deviceId"]; !device.is_null()) {
        const auto mac = co_await find_mac(call, router_id, std::string{device.text()});
        if (!mac) co_return std::unexpected{mac.error()};
        if (!*mac) co_return refused({.code = "NOT_FOUND", .message = "There is no such device.", .path = "deviceId"});
        request.device = *mac;
    }
    const bool is_allowed = decision == model::Decision::Allow;
    Deciding deciding{.router_id = router_id, .right = is_allowed ? auth::Right::Operate : auth::Right::Manage};
    model::Json detail{{"domain", request.domain}};
    if (request.device) detail["device"] = to_string(*request.device);
    if (request.until) detail["until"] = to_unix_ms(*request.until);
    deciding.edit.detail = detail.dump(-1, ' ', false, model::Json::error_handler_t::replace);
    deciding.edit.action = is_allowed ? "domain.allowed" : "domain.denied";
    deciding.edit.edit = [request](model::Policy& policy) { return decide_domain(policy, request); };
    auto payload = co_await payload_of(call, std::move(deciding));
    co_return payload;
}

Task<Resolved> allow_domain(const Arguments& arguments, Call& call) {
    auto decided = co_await decide_name(arguments, call, model::Decision::Allow);
    co_return decided;
}
Task<Resolved> deny_domain(const Arguments& arguments, Call& call) {
    auto decided = co_await decide_name(arguments, call, model::Decision::Deny);
    co_return decided;
}

std::string checksum(const db::RouterPolicy& policy) {
    return crypto::to_hex(crypto::sha256(as_bytes(model::to_json(policy.policy).dump())));
}

}  // namespace

void add_policies(graphql::Resolvers& resolvers) {
    resolvers.batch("Router", "policy", policies);
    resolvers.batch("Mutation", "setPolicy", root(set_policy));
    resolvers.batch("Mutation", "allowDomain", root(allow_domain));
    resolvers.batch("Mutation", "denyDomain", root(deny_domain));
    resolvers.of<db::RouterPolicy>("Policy")
        .field("revision", &db::RouterPolicy::desired_revision)
        .field("document", [](const db::RouterPolicy& policy) { return to_value(model::to_json(policy.policy)); })
        .field("checksum", [](const db::RouterPolicy& policy) { return checksum(policy); });
    resolvers.of<PolicyError>("PolicyError")
        .field("code", &PolicyError::code)
        .field("message", &PolicyError::message)
        .field("path", [](const PolicyError& error) { return Value{error.path}; });
    resolvers.of<PolicyPayload>("PolicyPayload")
        .field("router",
               [](const PolicyPayload& payload) { return payload.router ? Value{Object::borrowed(*payload.router)} : Value{}; })
        .field("policy",
               [](const PolicyPayload& payload) { return payload.policy ? Value{Object::borrowed(*payload.policy)} : Value{}; })
        .field("errors", [](const PolicyPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
