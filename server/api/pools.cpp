// Router.pools: how full its address pools are, and when they will be.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/pools.hpp"

#include "common/runtime/clock.hpp"
#include "server/api/call.hpp"
#include "server/api/course.hpp"
#include "server/api/date_time.hpp"
#include "server/db/routers.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

/// One query for each organisation among the parents.
Task<std::vector<Resolved>> pools(std::span<const Object> parents, const Arguments&, graphql::Context& context) {
    std::map<std::string, std::vector<std::string>> by_organisation;
    for (const auto& parent : parents) {
        const auto& router = parent.as<db::Router>();
        by_organisation[router.organisation].push_back(router.id);
    }
    std::map<std::string, std::vector<db::AddressPool>> all;
    std::optional<FieldError> problem;
    for (const auto& [organisation, routers] : by_organisation) {
        auto found = co_await db::address_pools(context.get<Call>().services.pool, {organisation}, routers);
        if (!found)
            problem = FieldError{std::move(found).error()};
        else
            all.merge(*found);
    }
    std::vector<Resolved> values;
    for (const auto& parent : parents) {
        if (problem) {
            values.emplace_back(std::unexpected{*problem});
            continue;
        }
        graphql::List list;
        for (const auto& pool : all[parent.as<db::Router>().id]) list.emplace_back(Object::make(pool));
        values.emplace_back(Value{std::move(list)});
    }
    co_return values;
}

Value moment(const std::optional<WallTime>& at) { return at ? Value{to_date_time(*at)} : Value{}; }

}  // namespace

void add_pools(graphql::Resolvers& resolvers) {
    resolvers.batch("Router", "pools", pools);
    resolvers.of<db::AddressPool>("AddressPool")
        .field("network", &db::AddressPool::network)
        .field("from", &db::AddressPool::from)
        .field("to", &db::AddressPool::to)
        .field("size", &db::AddressPool::size)
        .field("leased", &db::AddressPool::leased)
        .field("peak", &db::AddressPool::peak)
        .field("peakAt", [](const db::AddressPool& pool) { return moment(pool.peak_at); })
        .field("isNearlyFull", [](const db::AddressPool& pool) { return Value{pool.is_nearly_full()}; })
        .field("fullAt", [](const db::AddressPool& pool) { return moment(db::full_at(pool, wall_now())); });
}

}  // namespace vivi::api
