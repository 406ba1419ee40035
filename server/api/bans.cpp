// setDeviceBanned, banDevices, Router.recentBans: the click, for one or for many, and what an undo begins with.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/runtime/clock.hpp"
#include "server/api/date_time.hpp"
#include "server/api/devices.hpp"
#include "server/api/events.hpp"
#include "server/api/ids.hpp"
#include "server/api/resolvers.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr std::ptrdiff_t longest_reason = 200;
constexpr std::size_t most_devices = 500;
constexpr int most_recent = 100;

struct SetDeviceBannedPayload {
    std::optional<db::Device> device{};
    std::vector<UserError> errors{};
};
struct BanDevicesPayload {
    std::vector<db::Device> devices{};
    std::vector<UserError> errors{};
};

Value refused(UserError error) {
    SetDeviceBannedPayload payload;
    payload.errors.push_back(std::move(error));
    return Object::make(std::move(payload));
}
UserError no_such_device(std::string field) {
    return {.code = "NOT_FOUND", .message = "There is no such device.", .field = std::move(field)};
}
UserError not_allowed() { return {.code = "FORBIDDEN", .message = "Your role may not ban devices.", .field = {}}; }

std::ptrdiff_t characters(std::string_view text) {
    return std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

/// What the person may read of a refusal; nothing when it is not theirs to put right.
std::optional<UserError> to_user_error(const Error& error) {
    switch (error.code) {
        case Code::Denied:
            return UserError{.code = "PROTECTED",
                             .message = "A device is protected from bans; an organiser who says its name may ban it alone.",
                             .field = "deviceId"};
        case Code::Overflow:
            return UserError{
                .code = "TOO_MANY_RULES", .message = "The router's policy has no room for another rule.", .field = {}};
        case Code::Conflict:
            return UserError{.code = "CONFLICT", .message = "Somebody else changed it just now; try again.", .field = {}};
        case Code::NotFound: return no_such_device("deviceId");
        case Code::Invalid:
        case Code::Unavailable:
        case Code::Timeout:
        case Code::Internal: return std::nullopt;
    }
    return std::nullopt;
}

/// What both inputs say, checked.
std::expected<db::Ban, UserError> ban_of(const graphql::Fields& input, const Call& call, const db::Account& account) {
    const auto &reason = input["reason"], &until = input["until"];
    db::Ban ban{.is_banned = input["banned"].boolean(),
                .reason = reason.is_null() ? std::string{} : std::string{reason.text()},
                .ends_with_event = !input.has("until"),
                .now = wall_now(),
                .user = account.user,
                .address = call.address};
    if (characters(ban.reason) > longest_reason)
        return std::unexpected{
            UserError{.code = "TOO_LONG", .message = "A reason has at most 200 characters.", .field = "reason"}};
    if (!until.is_null()) ban.until = parse_date_time(until.text());
    if (ban.until && *ban.until <= ban.now)
        return std::unexpected{UserError{.code = "INVALID", .message = "The ban would be over already.", .field = "until"}};
    return ban;
}

/// Nothing, or why the name that was typed does not open a protected device.
std::optional<UserError> wrong_confirmation(const Call& call, const FoundDevice& found, std::string_view typed) {
    if (typed != shown_name(found.device))
        return UserError{.code = "WRONG_NAME", .message = "That is not the device's name.", .field = "confirm"};
    if (!may(call, auth::Right::Manage, place_of(found.at.router)))
        return UserError{.code = "FORBIDDEN", .message = "Your role may not take a protection away.", .field = "confirm"};
    return std::nullopt;
}

Task<Resolved> set_device_banned(const Arguments& arguments, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto& input = arguments["input"].fields();
    auto ban = ban_of(input, call, **account);
    if (!ban) co_return refused(std::move(ban).error());
    const auto found = co_await find_device(call, std::string{input["deviceId"].text()});
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return refused(no_such_device("deviceId"));
    if (!may(call, auth::Right::Operate, place_of((*found)->at.router))) co_return refused(not_allowed());
    if (const auto& confirm = input["confirm"]; !confirm.is_null()) {
        if (auto wrong = wrong_confirmation(call, **found, confirm.text())) co_return refused(*std::move(wrong));
        ban->lifts_protection = true;
    }
    db::BansRequest request{.router = (*found)->at.router.id, .devices = {(*found)->device.id}, .ban = *std::move(ban)};
    auto banned = co_await db::set_devices_banned(call.services.pool, (*found)->at.tenant, std::move(request));
    if (!banned) {
        if (auto problem = to_user_error(banned.error())) co_return refused(*std::move(problem));
        co_return std::unexpected{FieldError{std::move(banned).error()}};
    }
    co_await announce_all(call, banned->routers);
    co_return Value{Object::make(SetDeviceBannedPayload{.device = std::move(banned->devices.front())})};
}

/// The devices that one policy decides on, of a router or of an event's routers, with the ids as the client gave them.
struct Together {
    FoundRouter at{};
    std::vector<std::string> devices{};
    std::vector<std::string> ids{};
};

/// Looks every id up; those that may not be decided on become errors, each with its id.
Task<std::expected<std::vector<Together>, FieldError>> by_policy(Call& call, std::vector<std::string> ids,
                                                                 std::vector<UserError>& errors) {
    std::vector<Together> groups;
    auto found = co_await find_devices(call, ids);
    if (!found) co_return std::unexpected{std::move(found).error()};
    for (std::size_t i = 0; i < ids.size(); ++i) {
        auto& device = (*found)[i];
        if (!device) {
            errors.push_back(no_such_device(ids[i]));
            continue;
        }
        const auto& router = device->at.router;
        if (!may(call, auth::Right::Operate, place_of(router))) {
            errors.push_back(not_allowed());
            errors.back().field = ids[i];
            continue;
        }
        auto group = std::ranges::find_if(groups, [&](const Together& one) {
            const auto& other = one.at.router;
            return other.id == router.id || (!router.event.empty() && other.event == router.event);
        });
        if (group == groups.end()) group = groups.insert(groups.end(), Together{.at = device->at});
        if (std::ranges::find(group->devices, device->device.id) != group->devices.end()) continue;  // Said twice.
        group->devices.push_back(device->device.id);
        group->ids.push_back(ids[i]);
    }
    co_return groups;
}

Task<Resolved> ban_devices(const Arguments& arguments, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto& input = arguments["input"].fields();
    BanDevicesPayload payload;
    auto ids = input["deviceIds"].as<std::vector<std::string>>();
    auto ban = ban_of(input, call, **account);
    if (ids.empty() || ids.size() > most_devices)
        payload.errors.push_back({.code = "INVALID", .message = "1 to 500 devices at once.", .field = "deviceIds"});
    else if (!ban)
        payload.errors.push_back(std::move(ban).error());
    if (!payload.errors.empty()) co_return Value{Object::make(std::move(payload))};

    auto groups = co_await by_policy(call, std::move(ids), payload.errors);
    if (!groups) co_return std::unexpected{std::move(groups).error()};
    for (const auto& group : *groups) {
        db::BansRequest request{.router = group.at.router.id, .devices = group.devices, .ban = *ban};
        auto banned = co_await db::set_devices_banned(call.services.pool, group.at.tenant, std::move(request));
        if (banned) {
            co_await announce_all(call, banned->routers);
            std::ranges::move(banned->devices, std::back_inserter(payload.devices));
            continue;
        }
        auto problem = to_user_error(banned.error());
        if (!problem) co_return std::unexpected{FieldError{std::move(banned).error()}};
        for (const auto& id : group.ids) {
            payload.errors.push_back(*problem);
            payload.errors.back().field = id;
        }
    }
    co_return Value{Object::make(std::move(payload))};
}

Task<std::vector<Resolved>> recent_bans(std::span<const Object> parents, const Arguments& arguments, graphql::Context& context) {
    const auto first = arguments.get<int>("first");
    std::vector<Resolved> values;
    for (const auto& parent : parents) {
        if (first < 1 || first > most_recent) {
            values.emplace_back(graphql::field_error("`first` must be 1 to 100.", "BAD_USER_INPUT"));
            continue;
        }
        const auto& router = parent.as<db::Router>();
        auto bans = co_await db::recent_bans(context.get<Call>().services.pool, {router.organisation}, router.id, first);
        if (!bans) {
            values.emplace_back(std::unexpected{FieldError{std::move(bans).error()}});
            continue;
        }
        graphql::List list;
        for (auto& device : *bans) list.emplace_back(Object::make(std::move(device)));
        values.emplace_back(Value{std::move(list)});
    }
    co_return values;
}

}  // namespace

void add_bans(graphql::Resolvers& resolvers) {
    resolvers.batch("Mutation", "setDeviceBanned", root(set_device_banned));
    resolvers.batch("Mutation", "banDevices", root(ban_devices));
    resolvers.batch("Router", "recentBans", recent_bans);
    resolvers.of<SetDeviceBannedPayload>("SetDeviceBannedPayload")
        .field("device",
               [](const SetDeviceBannedPayload& payload) {
                   return payload.device ? Value{Object::borrowed(*payload.device)} : Value{};
               })
        .field("errors", [](const SetDeviceBannedPayload& payload) { return borrowed_list(payload.errors); });
    resolvers.of<BanDevicesPayload>("BanDevicesPayload")
        .field("devices", [](const BanDevicesPayload& payload) { return borrowed_list(payload.devices); })
        .field("errors", [](const BanDevicesPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
