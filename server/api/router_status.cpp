// Router.status, Router.custodyStartedAt.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/clock.hpp"
#include "server/api/call.hpp"
#include "server/api/date_time.hpp"
#include "server/api/json_value.hpp"
#include "server/api/resolvers.hpp"
#include "server/api/router_health.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

using Facts = std::map<std::string, db::RouterFacts>;

/// One query for each organisation among the parents.
Task<std::expected<Facts, FieldError>> facts_of(Call& call, std::span<const Object> parents) {
    std::map<std::string, std::vector<std::string>> by_organisation;
    for (const auto& parent : parents) {
        const auto& router = parent.as<db::Router>();
        by_organisation[router.organisation].push_back(router.id);
    }
    Facts all;
    for (const auto& [organisation, routers] : by_organisation) {
        auto found = co_await db::router_facts(call.services.pool, {organisation}, routers);
        if (!found) co_return std::unexpected{FieldError{std::move(found).error()}};
        all.merge(*found);
    }
    co_return all;
}

using Pick = Value (*)(const db::Router&, const db::RouterFacts&);
graphql::Batch from_facts(Pick pick) {
    return [pick](std::span<const Object> parents, const Arguments&, graphql::Context& context) -> Task<std::vector<Resolved>> {
        const auto facts = co_await facts_of(context.get<Call>(), parents);
        std::vector<Resolved> values;
        for (const auto& parent : parents) {
            const auto& router = parent.as<db::Router>();
            if (!facts) {
                values.emplace_back(std::unexpected{facts.error()});
                continue;
            }
            const auto found = facts->find(router.id);
            values.emplace_back(pick(router, found == facts->end() ? db::RouterFacts{} : found->second));
        }
        co_return values;
    };
}

Value status(const db::Router& router, const db::RouterFacts& facts) { return Object::make(health(router, facts, wall_now())); }
Value custody_start(const db::Router&, const db::RouterFacts& facts) {
    return facts.custody_started_at ? Value{to_date_time(*facts.custody_started_at)} : Value{};
}

}  // namespace

void add_router_status(graphql::Resolvers& resolvers) {
    resolvers.batch("Router", "status", from_facts(status));
    resolvers.batch("Router", "custodyStartedAt", from_facts(custody_start));
    resolvers.enumeration<HealthState>(
        "HealthState", {{HealthState::Good, "GOOD"}, {HealthState::Attention, "ATTENTION"}, {HealthState::Bad, "BAD"}});
    resolvers.enumeration<HealthReason>("HealthReason", {{HealthReason::NeverSeen, "NEVER_SEEN"},
                                                         {HealthReason::Offline, "OFFLINE"},
                                                         {HealthReason::ConfigurationRefused, "CONFIGURATION_REFUSED"},
                                                         {HealthReason::RevisionPending, "REVISION_PENDING"},
                                                         {HealthReason::Gaps, "GAPS"},
                                                         {HealthReason::AlarmsOpen, "ALARMS_OPEN"}});
    resolvers.of<RouterHealth>("RouterStatus")
        .field("state", &RouterHealth::state)
        .field("reasons", [](const RouterHealth& health) { return borrowed_list(health.reasons); });
    resolvers.of<Reason>("RouterStatusReason").field("code", &Reason::code).field("parameters", [](const Reason& reason) {
        return to_value(reason.parameters);
    });
}

}  // namespace vivi::api
