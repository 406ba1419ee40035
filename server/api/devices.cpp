// devices: pages of a router's devices.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/devices.hpp"

#include "common/core/net.hpp"
#include "server/api/call.hpp"
#include "server/api/date_time.hpp"
#include "server/api/ids.hpp"
#include "server/api/page_info.hpp"
#include "server/api/resolvers.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr int most_devices = 1'000;
constexpr std::size_t longest_search = 100;

/// A DeviceConnection.
struct Devices {
    db::Tenant tenant{};
    db::DeviceQuery query{};
    db::DevicePage page{};
};

std::string cursor_of(const db::Device& device) { return to_cursor({.seen_us = device.seen_us, .id = device.id}); }

Task<Resolved> devices(const Arguments& arguments, Call& call) {
    const auto first = arguments.get<int>("first");
    if (first < 1 || first > most_devices) co_return graphql::field_error("`first` must be 1 to 1000.", "BAD_USER_INPUT");
    db::DeviceQuery query{.first = first, .search = arguments.get<std::optional<std::string>>("search").value_or("")};
    if (query.search.size() > longest_search)
        co_return graphql::field_error("`search` is longer than 100 bytes.", "BAD_USER_INPUT");
    if (query.search.contains('\0'))
        co_return graphql::field_error("`search` has a character that no text has.", "BAD_USER_INPUT");
    if (const auto after = arguments.get<std::optional<std::string>>("after")) {
        query.after = parse_cursor(*after);
        if (!query.after) co_return graphql::field_error("`after` is not a cursor of this list.", "BAD_USER_INPUT");
    }
    auto found = co_await require_router(call, arguments.get<std::string>("routerId"));
    if (!found) co_return std::unexpected{std::move(found).error()};
    query.router = found->router.id;
    auto page = co_await db::devices(call.services.pool, found->tenant, query);
    if (!page) co_return std::unexpected{graphql::FieldError{std::move(page).error()}};
    co_return Value{Object::make(Devices{.tenant = found->tenant, .query = std::move(query), .page = *std::move(page)})};
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
            counts.emplace_back(std::unexpected{graphql::FieldError{std::move(count).error()}});
    }
    co_return counts;
}

void add_connection(graphql::Resolvers& resolvers) {
    resolvers.batch("DeviceConnection", "totalCount", total_counts);
    resolvers.of<Devices>("DeviceConnection")
        .field("edges", [](const Devices& connection) { return borrowed_list(connection.page.devices); })
        .field("pageInfo", [](const Devices& connection) {
            const auto& page = connection.page;
            return Value{Object::make(page_info(page.devices, page.has_next, connection.query.after.has_value(), cursor_of))};
        });
    resolvers.of<db::Device>("DeviceEdge")
        .field("cursor", [](const db::Device& device) { return cursor_of(device); })
        .field("node", [](const db::Device& device) { return Value{Object::borrowed(device)}; });
    add_page_info(resolvers);
}

}  // namespace

void add_devices(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "devices", root(devices));
    add_connection(resolvers);
    resolvers.enumeration<db::BanState>("BanState", {{db::BanState::None, "NONE"},
                                                     {db::BanState::Sent, "SENT"},
                                                     {db::BanState::InForce, "IN_FORCE"},
                                                     {db::BanState::Lifting, "LIFTING"}});
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
        .field("revision", &db::Device::revision);
}

}  // namespace vivi::api
