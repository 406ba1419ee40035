// devices, Router.devices, Router.deviceCount, and the fields of a device.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/devices.hpp"

#include "common/core/net.hpp"
#include "common/runtime/clock.hpp"
#include "server/api/date_time.hpp"
#include "server/api/ids.hpp"
#include "server/api/page_info.hpp"
#include "server/api/pages_of.hpp"
#include "server/api/resolvers.hpp"
#include "server/api/vendors.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr int most_devices = 1'000;
constexpr int devices_of_a_page = 100;
constexpr std::size_t longest_search = 100;

/// A device at its place in a page.
struct DeviceEdge {
    const db::Device* device = nullptr;
    const db::DevicePlace* place = nullptr;
};

std::optional<bool> choice(const graphql::Fields& input, std::string_view name) { return input[name].as<std::optional<bool>>(); }

std::expected<db::DeviceFilter, FieldError> filter_of(const Value& input) {
    db::DeviceFilter filter;
    if (input.is_null()) return filter;
    const auto& fields = input.fields();
    filter = {.is_online = choice(fields, "online"),
              .is_banned = choice(fields, "banned"),
              .is_protected = choice(fields, "protected"),
              .is_randomised = choice(fields, "randomisedMac"),
              .group = fields["group"].as<std::optional<std::string>>()};
    if (filter.group && (filter.group->size() > longest_search || filter.group->contains('\0')))
        return graphql::field_error("`filter.group` is not the name of a group.", "BAD_USER_INPUT");
    if (const auto& since = fields["newSince"]; !since.is_null()) filter.new_since = parse_date_time(since.text());
    return filter;
}

std::expected<std::optional<db::DevicePlace>, FieldError> place_of(const Arguments& arguments, std::string_view name,
                                                                   db::DeviceSort sort) {
    const auto cursor = arguments.get<std::optional<std::string>>(name);
    if (!cursor) return std::optional<db::DevicePlace>{};
    auto place = parse_cursor(sort, *cursor);
    if (!place)
        return graphql::field_error("`" + std::string{name} + "` is not a cursor of this list in this order.", "BAD_USER_INPUT");
    return place;
}

Task<Resolved> page_of(Call& call, db::Tenant tenant, db::DeviceQuery query) {
    auto page = co_await db::devices(call.services.pool, tenant, query);
    if (!page) co_return std::unexpected{FieldError{std::move(page).error()}};
    co_return Value{Object::make(Devices{.tenant = std::move(tenant), .query = std::move(query), .page = *std::move(page)})};
}

Task<Resolved> devices(const Arguments& arguments, Call& call) {
    auto query = query_of(arguments);
    if (!query) co_return std::unexpected{std::move(query).error()};
    auto found = co_await require_router(call, arguments.get<std::string>("routerId"));
    if (!found) co_return std::unexpected{std::move(found).error()};
    query->router = found->router.id;
    auto page = co_await page_of(call, found->tenant, *std::move(query));
    co_return page;
}

Task<std::vector<Resolved>> devices_of_routers(std::span<const Object> parents, const Arguments& arguments,
                                               graphql::Context& context) {
    const auto of_router = [](const db::Router& router, db::DeviceQuery& query) {
        query.router = router.id;
        return db::Tenant{router.organisation};
    };
    return pages_of<db::Router, db::DeviceQuery>(parents, context.get<Call>(), query_of(arguments), of_router, page_of);
}

/// One statement for all routers of an organisation.
Task<std::vector<Resolved>> device_counts(std::span<const Object> parents, const Arguments&, graphql::Context& context) {
    std::map<std::string, std::vector<std::size_t>> of_organisation;
    for (std::size_t i = 0; i < parents.size(); ++i) of_organisation[parents[i].as<db::Router>().organisation].push_back(i);
    std::vector<Resolved> values(parents.size());
    for (const auto& [organisation, places] : of_organisation) {
        std::vector<std::string> routers;
        for (const auto place : places) routers.push_back(parents[place].as<db::Router>().id);
        const auto counts = co_await db::device_counts(context.get<Call>().services.pool, {organisation}, std::move(routers));
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (counts)
                values[places[i]] = Value{(*counts)[i]};
            else
                values[places[i]] = std::unexpected{FieldError{counts.error()}};
        }
    }
    co_return values;
}

Task<std::vector<Resolved>> total_counts(std::span<const Object> parents, const Arguments&, graphql::Context& context) {
    auto& call = context.get<Call>();
    std::vector<Resolved> counts;
    for (const auto& parent : parents) {
        const auto& connection = parent.as<Devices>();
        auto count = co_await db::count_devices(call.services.pool, connection.tenant, connection.query);
        if (count)
            counts.emplace_back(Value{*count});
        else
            counts.emplace_back(std::unexpected{FieldError{std::move(count).error()}});
    }
    co_return counts;
}

/// Each router once, however many devices ask for theirs.
Task<std::vector<Resolved>> routers_of_devices(std::span<const Object> parents, const Arguments&, graphql::Context& context) {
    std::map<std::string, Resolved> known;
    std::vector<Resolved> values;
    for (const auto& parent : parents) {
        const auto& device = parent.as<db::Device>();
        if (!known.contains(device.router)) {
            auto router = co_await db::router(context.get<Call>().services.pool, {device.organisation}, device.router);
            known[device.router] =
                router ? Resolved{Value{Object::make(*std::move(router))}} : std::unexpected{FieldError{router.error()}};
        }
        values.push_back(known.at(device.router));
    }
    co_return values;
}

graphql::List edges_of(const Devices& connection) {
    graphql::List edges;
    const auto& page = connection.page;
    for (std::size_t i = 0; i < page.devices.size(); ++i)
        edges.emplace_back(Object::make(DeviceEdge{.device = &page.devices[i], .place = &page.places[i]}));
    return edges;
}

void add_connection(graphql::Resolvers& resolvers) {
    resolvers.batch("DeviceConnection", "totalCount", total_counts);
    resolvers.of<Devices>("DeviceConnection")
        .field("edges", [](const Devices& connection) { return Value{edges_of(connection)}; })
        .field("pageInfo", [](const Devices& connection) {
            const auto& page = connection.page;
            return Value{Object::make(page_info(page.places, page.has_next, page.has_previous,
                                                [](const db::DevicePlace& place) { return to_cursor(place); }))};
        });
    resolvers.of<DeviceEdge>("DeviceEdge")
        .field("cursor", [](const DeviceEdge& edge) { return to_cursor(*edge.place); })
        .field("node", [](const DeviceEdge& edge) { return Value{Object::borrowed(*edge.device)}; });
    add_page_info(resolvers);
    resolvers.enumeration<db::DeviceSort>("DeviceOrderField", {{db::DeviceSort::LastSeen, "LAST_SEEN"},
                                                               {db::DeviceSort::FirstSeen, "FIRST_SEEN"},
                                                               {db::DeviceSort::Name, "NAME"},
                                                               {db::DeviceSort::Address, "ADDRESS"},
                                                               {db::DeviceSort::Bytes, "BYTES"},
                                                               {db::DeviceSort::Rate, "RATE"}});
    resolvers.enumeration<db::SortDirection>("OrderDirection",
                                             {{db::SortDirection::Ascending, "ASC"}, {db::SortDirection::Descending, "DESC"}});
}

Value moment_or_null(const std::optional<WallTime>& at) { return at ? Value{to_date_time(*at)} : Value{}; }

void add_device(graphql::Resolvers& resolvers) {
    resolvers.batch("Device", "router", routers_of_devices);
    resolvers.of<db::Device>("Device")
        .field("id", [](const db::Device& device) { return to_id("Device", device.id); })
        .field("mac", &db::Device::mac)
        .field("isRandomisedMac",
               [](const db::Device& device) { return parse_mac(device.mac).value_or(Mac{}).is_locally_administered(); })
        .field("name", &db::Device::name)
        .field("hostname", &db::Device::hostname)
        .field("address", [](const db::Device& device) { return Value{device.address}; })
        .field("firstSeenAt", [](const db::Device& device) { return to_date_time(device.first_seen_at); })
        .field("lastSeenAt", [](const db::Device& device) { return to_date_time(device.last_seen_at); })
        .field("bytesUp", &db::Device::bytes_up)
        .field("bytesDown", &db::Device::bytes_down)
        .field("rateUp", &db::Device::rate_up)
        .field("rateDown", &db::Device::rate_down)
        .field("banState", &db::Device::ban_state)
        .field("banReason", &db::Device::ban_reason)
        .field("bannedAt", [](const db::Device& device) { return moment_or_null(device.banned_at); })
        .field("bannedUntil", [](const db::Device& device) { return moment_or_null(device.banned_until); })
        .field("group", [](const db::Device& device) { return device.group.empty() ? Value{} : Value::borrowed(device.group); })
        .field("isProtected", &db::Device::is_protected)
        .field("isOnline", [](const db::Device& device) { return wall_now() - device.last_seen_at < db::online_for; })
        .field("revision", &db::Device::revision)
        .field("vendor", [](const db::Device& device, const Arguments&, graphql::Context& context) {
            const auto* vendors = context.get<Call>().services.vendors;
            return Value{vendors ? std::string{vendors->of(parse_mac(device.mac).value_or(Mac{}))} : std::string{}};
        });
}

}  // namespace

const std::string& shown_name(const db::Device& device) {
    if (!device.name.empty()) return device.name;
    return device.hostname.empty() ? device.mac : device.hostname;
}

std::expected<PageSize, FieldError> page_size(const Arguments& arguments, int otherwise) {
    const auto first = arguments.get<std::optional<int>>("first"), last = arguments.get<std::optional<int>>("last");
    const PageSize size{.count = last.value_or(first.value_or(otherwise)), .is_backward = last.has_value()};
    if (size.count < 1 || size.count > most_devices)
        return graphql::field_error(last ? "`last` must be 1 to 1000." : "`first` must be 1 to 1000.", "BAD_USER_INPUT");
    return size;
}

std::expected<db::DeviceQuery, FieldError> query_of(const Arguments& arguments) {
    const auto size = page_size(arguments, devices_of_a_page);
    if (!size) return std::unexpected{size.error()};
    db::DeviceQuery query{.first = size->count,
                          .search = arguments.get<std::optional<std::string>>("search").value_or(""),
                          .is_backward = size->is_backward};
    if (query.search.size() > longest_search) return graphql::field_error("`search` is longer than 100 bytes.", "BAD_USER_INPUT");
    if (query.search.contains('\0')) return graphql::field_error("`search` has a character that no text has.", "BAD_USER_INPUT");
    auto filter = filter_of(arguments["filter"]);
    if (!filter) return std::unexpected{std::move(filter).error()};
    query.filter = *std::move(filter);
    if (const auto& order = arguments["orderBy"]; !order.is_null()) {
        query.sort = order.fields()["field"].as<db::DeviceSort>();
        query.direction = order.fields()["direction"].as<db::SortDirection>();
    }
    auto after = place_of(arguments, "after", query.sort), before = place_of(arguments, "before", query.sort);
    if (!after) return std::unexpected{std::move(after).error()};
    if (!before) return std::unexpected{std::move(before).error()};
    query.after = *std::move(after);
    query.before = *std::move(before);
    return query;
}

void add_devices(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "devices", root(devices));
    resolvers.batch("Router", "devices", devices_of_routers);
    resolvers.batch("Router", "deviceCount", device_counts);
    add_connection(resolvers);
    resolvers.enumeration<db::BanState>("BanState", {{db::BanState::None, "NONE"},
                                                     {db::BanState::Sent, "SENT"},
                                                     {db::BanState::InForce, "IN_FORCE"},
                                                     {db::BanState::Lifting, "LIFTING"}});
    add_device(resolvers);
}

}  // namespace vivi::api
