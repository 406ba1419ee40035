// node, nodes: the registry of types, and the way from an id to its loader.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/nodes.hpp"

#include <algorithm>

#include "server/api/alerts.hpp"
#include "server/api/commands.hpp"
#include "server/api/devices.hpp"
#include "server/api/events.hpp"
#include "server/api/ids.hpp"
#include "server/api/policy_source.hpp"
#include "server/api/resolvers.hpp"
#include "server/db/lists.hpp"
#include "server/db/policy_reports.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::List;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;
using Loaded = std::expected<std::vector<Value>, FieldError>;

constexpr std::size_t most_nodes = 100;

Task<Loaded> load_routers(Call& call, std::vector<std::string> ids) {
    std::vector<Value> values;
    for (const auto& id : ids) {
        auto found = co_await find_router(call, id);
        if (!found) co_return std::unexpected{std::move(found).error()};
        values.push_back(*found ? Value{Object::make(std::move((*found)->router), "Router")} : Value{});
    }
    co_return values;
}

Task<Loaded> load_devices(Call& call, std::vector<std::string> ids) {
    auto found = co_await find_devices(call, std::move(ids));
    if (!found) co_return std::unexpected{std::move(found).error()};
    std::vector<Value> values;
    for (auto& device : *found) values.push_back(device ? Value{Object::make(std::move(device->device), "Device")} : Value{});
    co_return values;
}

Task<Loaded> load_events(Call& call, std::vector<std::string> ids) {
    std::vector<Value> values;
    for (const auto& id : ids) {
        auto found = co_await find_event(call, id);
        if (!found) co_return std::unexpected{std::move(found).error()};
        values.push_back(*found ? Value{Object::make(std::move((*found)->event), "Event")} : Value{});
    }
    co_return values;
}

/// Of the caller's memberships: what me { memberships { organisation } } leads to.
Task<Loaded> load_organisations(Call& call, std::vector<std::string> ids) {
    std::vector<Value> values;
    for (const auto& id : ids) {
        const auto uuid = parse_id("Organisation", id);
        Value value;
        for (const auto& membership : call.account->memberships) {
            if (membership.organisation == uuid) value = Object::make(membership, "Organisation");
        }
        values.push_back(std::move(value));
    }
    co_return values;
}

/// Only oneself: nobody else is shown on any edge.
Task<Loaded> load_users(Call& call, std::vector<std::string> ids) {
    std::vector<Value> values;
    for (const auto& id : ids) {
        const bool is_self = parse_id("User", id) == call.account->user;
        values.push_back(is_self ? Value{Object::make(*call.account, "User")} : Value{});
    }
    co_return values;
}

Task<Loaded> load_lists(Call& call, std::vector<std::string> ids) {
    std::vector<Value> values(ids.size());
    const auto all = tenants(call, auth::Right::See);
    for (const auto& tenant : all) {
        const auto lists = co_await db::lists(call.services.pool, tenant);
        if (!lists) co_return std::unexpected{FieldError{lists.error()}};
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const auto uuid = parse_id("ImportedList", ids[i]);
            const auto list = std::ranges::find_if(*lists, [&](const db::ImportedList& one) { return one.id == uuid; });
            if (list != lists->end()) values[i] = Object::make(*list, "ImportedList");
        }
    }
    co_return values;
}

Task<Loaded> load_profiles(Call& call, std::vector<std::string> ids) {
    std::vector<Value> values;
    for (const auto& id : ids) {
        auto found = co_await find_profile(call, id);
        if (!found) co_return std::unexpected{std::move(found).error()};
        values.push_back(*found ? Value{Object::make(std::move((*found)->profile), "Profile")} : Value{});
    }
    co_return values;
}

Task<Loaded> load_alarms(Call& call, std::vector<std::string> ids) {
    std::vector<Value> values;
    for (const auto& id : ids) {
        auto found = co_await find_alarm(call, *alarm_number(id));
        if (!found) co_return std::unexpected{std::move(found).error()};
        values.push_back(*found ? Value{Object::make(std::move((*found)->alarm), "Alarm")} : Value{});
    }
    co_return values;
}
Task<Loaded> load_commands(Call& call, std::vector<std::string> ids) {
    std::vector<Value> values;
    for (const auto& id : ids) {
        auto found = co_await find_command(call, id);
        if (!found) co_return std::unexpected{std::move(found).error()};
        values.push_back(*found ? Value{Object::make(std::move((*found)->command), "Command")} : Value{});
    }
    co_return values;
}
bool is_alarm(std::string_view id) { return alarm_number(id).has_value(); }

}  // namespace

const std::vector<NodeType>& node_types() {
    static const std::vector<NodeType> types{
        {"Router", load_routers},   {"Device", load_devices},         {"Organisation", load_organisations},
        {"User", load_users},       {"ImportedList", load_lists},     {"Event", load_events},
        {"Profile", load_profiles}, {"Alarm", load_alarms, is_alarm}, {"Command", load_commands}};
    return types;
}

namespace {

/// Each type's ids together: as many statements as types, not as ids.
Task<Loaded> load(Call& call, std::vector<std::string> ids) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    std::vector<Value> values(ids.size());
    for (const auto& type : node_types()) {
        std::vector<std::size_t> places;
        std::vector<std::string> of_type;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (type.is_id != nullptr ? !type.is_id(ids[i]) : !parse_id(type.name, ids[i])) continue;
            places.push_back(i);
            of_type.push_back(ids[i]);
        }
        if (places.empty()) continue;
        auto loaded = co_await type.load(call, std::move(of_type));
        if (!loaded) co_return std::unexpected{std::move(loaded).error()};
        for (std::size_t i = 0; i < places.size(); ++i) values[places[i]] = std::move((*loaded)[i]);
    }
    co_return values;
}

Task<Resolved> node(const Arguments& arguments, Call& call) {
    auto loaded = co_await load(call, {arguments.get<std::string>("id")});
    if (!loaded) co_return std::unexpected{std::move(loaded).error()};
    co_return std::move(loaded->front());
}

Task<Resolved> nodes(const Arguments& arguments, Call& call) {
    auto ids = arguments["ids"].as<std::vector<std::string>>();
    if (ids.size() > most_nodes) co_return graphql::field_error("At most 100 ids at once.", "BAD_USER_INPUT");
    auto loaded = co_await load(call, std::move(ids));
    if (!loaded) co_return std::unexpected{std::move(loaded).error()};
    co_return Value{List{*std::move(loaded)}};
}

}  // namespace

void add_nodes(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "node", root(node));
    resolvers.batch("Query", "nodes", root(nodes));
}

}  // namespace vivi::api
