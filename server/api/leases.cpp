// Router.leases, Device.leases.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/leases.hpp"

#include "server/api/date_time.hpp"
#include "server/api/devices.hpp"
#include "server/api/ids.hpp"
#include "server/api/page_info.hpp"
#include "server/api/pages_of.hpp"
#include "server/api/resolvers.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr char leases_list = 'l';
constexpr int leases_of_a_page = 100;

struct Leases {
    db::Tenant tenant{};
    db::LeaseQuery query{};
    db::LeasePage page{};
};

std::string cursor_of(const db::LeaseRow& lease) {
    return to_cursor(leases_list, {.at_ms = to_unix_ms(lease.granted_at), .id = lease.id});
}

std::expected<std::optional<db::LeasePlace>, FieldError> place_of(const Arguments& arguments, std::string_view name) {
    const auto cursor = arguments.get<std::optional<std::string>>(name);
    if (!cursor) return std::optional<db::LeasePlace>{};
    const auto place = parse_cursor(leases_list, *cursor);
    if (!place) return graphql::field_error("`" + std::string{name} + "` is not a cursor of this list.", "BAD_USER_INPUT");
    return std::optional{db::LeasePlace{.granted_at = from_unix_ms(place->at_ms), .id = place->id}};
}

std::expected<db::LeaseQuery, FieldError> lease_query(const Arguments& arguments) {
    const auto size = page_size(arguments, leases_of_a_page);
    if (!size) return std::unexpected{size.error()};
    db::LeaseQuery query{
        .first = size->count, .is_active = arguments.get<std::optional<bool>>("active"), .is_backward = size->is_backward};
    const auto after = place_of(arguments, "after"), before = place_of(arguments, "before");
    if (!after) return std::unexpected{after.error()};
    if (!before) return std::unexpected{before.error()};
    query.after = *after;
    query.before = *before;
    if (const auto search = arguments.get<std::optional<std::string>>("search"); search && !search->empty()) {
        query.search = db::lease_search(*search);
        if (!query.search)
            return graphql::field_error("`search` is neither an address nor a MAC, nor the beginning of one.", "BAD_USER_INPUT");
    }
    return query;
}

Task<Resolved> page_of(Call& call, db::Tenant tenant, db::LeaseQuery query) {
    auto page = co_await db::leases(call.services.pool, tenant, query);
    if (!page) co_return std::unexpected{FieldError{std::move(page).error()}};
    co_return Value{Object::make(Leases{.tenant = std::move(tenant), .query = std::move(query), .page = *std::move(page)})};
}

Task<std::vector<Resolved>> leases_of_routers(std::span<const Object> parents, const Arguments& arguments,
                                              graphql::Context& context) {
    const auto of_router = [](const db::Router& router, db::LeaseQuery& query) {
        query.router = router.id;
        return db::Tenant{router.organisation};
    };
    return pages_of<db::Router, db::LeaseQuery>(parents, context.get<Call>(), lease_query(arguments), of_router, page_of);
}

Task<std::vector<Resolved>> leases_of_devices(std::span<const Object> parents, const Arguments& arguments,
                                              graphql::Context& context) {
    const auto of_device = [](const db::Device& device, db::LeaseQuery& query) {
        query.router = device.router;
        query.mac = device.mac;
        return db::Tenant{device.organisation};
    };
    return pages_of<db::Device, db::LeaseQuery>(parents, context.get<Call>(), lease_query(arguments), of_device, page_of);
}

Task<std::vector<Resolved>> total_counts(std::span<const Object> parents, const Arguments&, graphql::Context& context) {
    std::vector<Resolved> counts;
    for (const auto& parent : parents) {
        const auto& connection = parent.as<Leases>();
        auto count = co_await db::count_leases(context.get<Call>().services.pool, connection.tenant, connection.query);
        if (count)
            counts.emplace_back(Value{*count});
        else
            counts.emplace_back(std::unexpected{FieldError{std::move(count).error()}});
    }
    co_return counts;
}

}  // namespace

void add_leases(graphql::Resolvers& resolvers) {
    resolvers.batch("Router", "leases", leases_of_routers);
    resolvers.batch("Device", "leases", leases_of_devices);
    resolvers.batch("LeaseConnection", "totalCount", total_counts);
    resolvers.enumeration<db::LeaseState>("LeaseState", {{db::LeaseState::Granted, "GRANTED"},
                                                         {db::LeaseState::Released, "RELEASED"},
                                                         {db::LeaseState::Expired, "EXPIRED"},
                                                         {db::LeaseState::Declined, "DECLINED"}});
    resolvers.of<Leases>("LeaseConnection")
        .field("edges", [](const Leases& connection) { return borrowed_list(connection.page.rows); })
        .field("pageInfo", [](const Leases& connection) {
            const auto& page = connection.page;
            return Value{Object::make(page_info(page.rows, page.has_next, page.has_previous, cursor_of))};
        });
    resolvers.of<db::LeaseRow>("LeaseEdge")
        .field("cursor", [](const db::LeaseRow& lease) { return cursor_of(lease); })
        .field("node", [](const db::LeaseRow& lease) { return Value{Object::borrowed(lease)}; });
    resolvers.of<db::LeaseRow>("Lease")
        .field("mac", &db::LeaseRow::mac)
        .field("address", &db::LeaseRow::address)
        .field("network", &db::LeaseRow::network)
        .field("hostname", &db::LeaseRow::hostname)
        .field("state", &db::LeaseRow::state)
        .field("grantedAt", [](const db::LeaseRow& lease) { return to_date_time(lease.granted_at); })
        .field("expiresAt", [](const db::LeaseRow& lease) { return to_date_time(lease.expires_at); })
        .field("endedAt",
               [](const db::LeaseRow& lease) { return lease.ended_at ? Value{to_date_time(*lease.ended_at)} : Value{}; });
}

}  // namespace vivi::api
