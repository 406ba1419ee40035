// trafficTop: who or what had the most.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/traffic_top.hpp"

#include <algorithm>
#include <map>

#include "common/runtime/clock.hpp"
#include "server/api/catalogues.hpp"
#include "server/api/date_time.hpp"
#include "server/api/ids.hpp"
#include "server/api/resolvers.hpp"
#include "server/api/traffic_scope.hpp"

namespace vivi::api {
namespace {

using db::TrafficDimension;
using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr int most_rows = 100;
constexpr int most_names = 5'000;  ///< Of which services are made up: the rest is too small to change their order.

/// What somebody needs to be told this. Aggregates are for everybody who sees the network at all.
auth::Right right_for(TrafficDimension by, bool is_device) {
    if (is_device) return auth::Right::Personal;
    return by == TrafficDimension::Category || by == TrafficDimension::Router ? auth::Right::Show : auth::Right::See;
}

std::string service_of(const policy::Catalogue& catalogue, const std::string& name) {
    std::array<policy::Catalogue::Tag, policy::Catalogue::most_tags_of_a_name> room{};
    for (const auto& tag : catalogue.find(name, room)) {
        if (catalogue.kind(tag.tag) == policy::TagKind::Service && !tag.allows) return std::string{catalogue.tag_name(tag.tag)};
    }
    return {};
}

/// Names added up to services, the most first.
std::vector<db::TopRow> services_of(const policy::Catalogue& catalogue, const std::vector<db::TopRow>& names, int first) {
    std::map<std::string, db::TopRow> services;
    for (const auto& name : names) {
        auto& row = services[service_of(catalogue, name.key)];
        row.bytes_up += name.bytes_up;
        row.bytes_down += name.bytes_down;
        row.device_count = std::max(row.device_count, name.device_count);
    }
    std::vector<db::TopRow> rows;
    for (auto& [key, row] : services) {
        row.key = key;
        rows.push_back(std::move(row));
    }
    std::ranges::sort(rows, {}, [](const db::TopRow& row) { return std::pair{-(row.bytes_up + row.bytes_down), row.key}; });
    rows.resize(std::min(rows.size(), static_cast<std::size_t>(first)));
    return rows;
}

/// The catalogue of the shipped lists alone.
Task<Result<std::shared_ptr<const BuiltCatalogue>>> shipped(Call& call) {
    if (auto kept = call.services.catalogues.find("", {})) co_return kept;
    auto built = co_await call.services.catalogues.build("", {}, {});
    co_return built;
}

Task<Resolved> traffic_top(const Arguments& arguments, Call& call) {
    const auto now = wall_now();
    const auto first = arguments.get<int>("first");
    if (first < 1 || first > most_rows) co_return graphql::field_error("`first` must be 1 to 100.", "BAD_USER_INPUT");
    const auto range = range_of(arguments, now);
    if (!range) co_return std::unexpected{range.error()};
    const auto found = co_await find_scope(call, arguments["scope"].fields());
    if (!found) co_return std::unexpected{found.error()};
    const auto by = arguments.get<TrafficDimension>("by");
    const bool is_device = !found->scope.mac.empty();
    if (is_device && (by == TrafficDimension::Device || by == TrafficDimension::Router))
        co_return graphql::field_error("Of one device there are domains, categories and services.", "BAD_USER_INPUT");
    if (auto allowed = require(call, right_for(by, is_device), found->place); !allowed)
        co_return std::unexpected{std::move(allowed).error()};
    auto top = co_await db::traffic_top(call.services.pool, found->tenant,
                                        {.scope = found->scope,
                                         .by = by,
                                         .range = *range,
                                         .first = by == TrafficDimension::Service ? most_names : first,
                                         .merge_small = !may(call, auth::Right::See, found->place),
                                         .user = call.account->user,
                                         .address = call.address},
                                        now);
    if (!top) co_return std::unexpected{FieldError{std::move(top).error()}};
    if (by == TrafficDimension::Service) {
        const auto built = co_await shipped(call);
        if (!built) co_return std::unexpected{FieldError{built.error()}};
        top->rows = services_of((*built)->catalogue, top->rows, first);
    }
    co_return Value{Object::make(*std::move(top))};
}

Value id_or_null(std::string_view type, const std::string& uuid) { return uuid.empty() ? Value{} : Value{to_id(type, uuid)}; }

}  // namespace

void add_traffic_top(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "trafficTop", root(traffic_top));
    resolvers.enumeration<TrafficDimension>("TrafficDimension", {{TrafficDimension::Device, "DEVICE"},
                                                                 {TrafficDimension::Domain, "DOMAIN"},
                                                                 {TrafficDimension::Category, "CATEGORY"},
                                                                 {TrafficDimension::Router, "ROUTER"},
                                                                 {TrafficDimension::Service, "SERVICE"}});
    resolvers.of<db::TrafficTop>("TrafficTop")
        .field("from", [](const db::TrafficTop& top) { return to_date_time(top.from); })
        .field("until", [](const db::TrafficTop& top) { return to_date_time(top.until); })
        .field("rows", [](const db::TrafficTop& top) { return borrowed_list(top.rows); });
    resolvers.of<db::TopRow>("TrafficTopRow")
        .field("key",
               [](const db::TopRow& row) {
                   const bool is_router = !row.router.empty() && row.key == row.router;
                   return is_router ? Value{to_id("Router", row.router)} : Value{row.key};
               })
        .field("label", &db::TopRow::label)
        .field("routerId", [](const db::TopRow& row) { return id_or_null("Router", row.router); })
        .field("deviceId", [](const db::TopRow& row) { return id_or_null("Device", row.device); })
        .field("bytesUp", &db::TopRow::bytes_up)
        .field("bytesDown", &db::TopRow::bytes_down)
        .field("deviceCount", &db::TopRow::device_count);
}

}  // namespace vivi::api
