// setDeviceBanned: the click.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "server/api/events.hpp"
#include "server/api/ids.hpp"
#include "server/api/resolvers.hpp"
#include "server/db/devices.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr std::ptrdiff_t longest_reason = 200;

struct SetDeviceBannedPayload {
    std::optional<db::Device> device{};
    std::vector<UserError> errors{};
};

Value refused(UserError error) {
    SetDeviceBannedPayload payload;
    payload.errors.push_back(std::move(error));
    return Object::make(std::move(payload));
}
Value no_such_device() { return refused({.code = "NOT_FOUND", .message = "There is no such device.", .field = "deviceId"}); }

std::ptrdiff_t characters(std::string_view text) {
    return std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

/// What the person may read of a refusal; nothing when it is not theirs to put right.
std::optional<UserError> to_user_error(const Error& error) {
    switch (error.code) {
        case Code::Denied:
            return UserError{.code = "PROTECTED", .message = "This device is protected from bans.", .field = "deviceId"};
        case Code::Overflow:
            return UserError{
                .code = "TOO_MANY_RULES", .message = "The router's policy has no room for another rule.", .field = {}};
        case Code::Conflict:
            return UserError{.code = "CONFLICT", .message = "Somebody else changed it just now; try again.", .field = {}};
        case Code::Invalid:
        case Code::NotFound:
        case Code::Unavailable:
        case Code::Timeout:
        case Code::Internal: return std::nullopt;
    }
    return std::nullopt;
}

Task<Resolved> set_device_banned(const Arguments& arguments, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto& input = arguments["input"].fields();
    const auto& reason = input["reason"];
    db::BanRequest request{.is_banned = input["banned"].boolean(),
                           .reason = reason.is_null() ? std::string{} : std::string{reason.text()},
                           .user = (*account)->user,
                           .address = call.address};
    if (characters(request.reason) > longest_reason)
        co_return refused({.code = "TOO_LONG", .message = "A reason has at most 200 characters.", .field = "reason"});
    const auto found = co_await find_device(call, std::string{input["deviceId"].text()});
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return no_such_device();
    if (!may(call, auth::Right::Operate, place_of((*found)->at.router)))
        co_return refused({.code = "FORBIDDEN", .message = "Your role may not ban devices.", .field = {}});
    request.device = (*found)->device.id;

    auto banned = co_await db::set_device_banned(call.services.pool, (*found)->at.tenant, request);
    if (!banned && banned.error().code == Code::NotFound) co_return no_such_device();
    if (!banned) {
        if (auto problem = to_user_error(banned.error())) co_return refused(*std::move(problem));
        co_return std::unexpected{graphql::FieldError{std::move(banned).error()}};
    }
    co_await announce_all(call, banned->routers);
    SetDeviceBannedPayload payload{.device = std::move(banned)->device};
    co_return Value{Object::make(std::move(payload))};
}

}  // namespace

void add_bans(graphql::Resolvers& resolvers) {
    resolvers.batch("Mutation", "setDeviceBanned", root(set_device_banned));
    resolvers.of<SetDeviceBannedPayload>("SetDeviceBannedPayload")
        .field("device",
               [](const SetDeviceBannedPayload& payload) {
                   return payload.device ? Value{Object::borrowed(*payload.device)} : Value{};
               })
        .field("errors", [](const SetDeviceBannedPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
