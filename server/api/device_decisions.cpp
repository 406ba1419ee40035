// renameDevice, setDeviceGroup, setDevicesProtected, Router.groups.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "server/api/deciding.hpp"
#include "server/api/device_edits.hpp"
#include "server/api/devices.hpp"
#include "server/api/ids.hpp"
#include "server/api/resolvers.hpp"
#include "server/db/policies.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;
using Outcome = db::PolicyChange::Outcome;

constexpr std::size_t most_devices = 500;
constexpr std::ptrdiff_t longest_name = 63;

struct RenameDevicePayload {
    std::optional<db::Device> device{};
    std::vector<UserError> errors{};
};
struct DevicesPolicyPayload {
    std::vector<db::Device> devices{};
    std::optional<db::RouterPolicy> policy{};
    std::vector<PolicyError> errors{};
};

Value not_renamed(std::string code, std::string message, std::string field) {
    RenameDevicePayload payload;
    payload.errors.push_back({.code = std::move(code), .message = std::move(message), .field = std::move(field)});
    return Object::make(std::move(payload));
}

bool is_name(std::string_view name) {
    const auto starts_character = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    return std::ranges::count_if(name, starts_character) <= longest_name && std::ranges::none_of(name, is_control);
}

Task<Resolved> rename_device(const Arguments& arguments, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto& input = arguments["input"].fields();
    const std::string name{input["name"].text()};
    if (!is_name(name))
        co_return not_renamed("INVALID", "A name has at most 63 characters, none of them a control character.", "name");
    const auto found = co_await find_device(call, std::string{input["deviceId"].text()});
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return not_renamed("NOT_FOUND", "There is no such device.", "deviceId");
    if (!may(call, auth::Right::Manage, place_of((*found)->at.router)))
        co_return not_renamed("FORBIDDEN", "Your role may not name devices.", "deviceId");
    db::Rename rename{.device = (*found)->device.id, .name = name, .user = (*account)->user, .address = call.address};
    auto renamed = co_await db::rename_device(call.services.pool, (*found)->at.tenant, std::move(rename));
    if (!renamed && renamed.error().code == Code::NotFound)
        co_return not_renamed("NOT_FOUND", "There is no such device.", "deviceId");
    if (!renamed) co_return std::unexpected{FieldError{std::move(renamed).error()}};
    co_await announce(call, {.router = renamed->device.router,
                             .organisation = renamed->organisation,
                             .desired_revision = renamed->desired_revision,
                             .revision = renamed->revision});
    co_return Value{Object::make(RenameDevicePayload{.device = std::move(renamed)->device})};
}

Value refused(PolicyError error) {
    DevicesPolicyPayload payload;
    payload.errors.push_back(std::move(error));
    return Object::make(std::move(payload));
}

/// The devices of one router, in the order they were named.
struct Chosen {
    std::vector<std::string> ids{};
    std::vector<Mac> macs{};
};
Task<std::expected<std::expected<Chosen, PolicyError>, FieldError>> choose(Call& call, const graphql::Fields& input) {
    using Choice = std::expected<Chosen, PolicyError>;
    const auto ids = input["deviceIds"].as<std::vector<std::string>>();
    if (ids.empty() || ids.size() > most_devices)
        co_return Choice{
            std::unexpected{PolicyError{.code = "INVALID", .message = "1 to 500 devices at once.", .path = "deviceIds"}}};
    const auto router = parse_id("Router", input["routerId"].text());
    const auto found = co_await find_devices(call, ids);
    if (!found) co_return std::unexpected{found.error()};
    Chosen chosen;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto& device = (*found)[i];
        if (!device || device->device.router != router)
            co_return Choice{std::unexpected{PolicyError{.code = "NOT_FOUND",
                                                         .message = "There is no such device at this router.",
                                                         .path = "deviceIds/" + std::to_string(i)}}};
        chosen.ids.push_back(ids[i]);
        chosen.macs.push_back(parse_mac(device->device.mac).value_or(Mac{}));
    }
    co_return Choice{std::move(chosen)};
}

using Edit = std::function<model::Problems(model::Policy&, const std::vector<Mac>&)>;

/// Edits the policy as a whole policy is replaced: base revision, audit, announcement; then shows the devices as they are now.
Task<Resolved> decide_devices(Call& call, const graphql::Fields& input, std::string action, model::Json detail, Edit edit) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    auto chosen = co_await choose(call, input);
    if (!chosen) co_return std::unexpected{std::move(chosen).error()};
    if (!*chosen) co_return refused(std::move(*chosen).error());
    Deciding deciding{.router_id = std::string{input["routerId"].text()}};
    deciding.edit.base_revision = input["baseRevision"].as<std::optional<std::int64_t>>();
    deciding.edit.action = std::move(action);
    for (const auto& mac : (*chosen)->macs) detail["devices"].push_back(to_string(mac));
    deciding.edit.detail = detail.dump(-1, ' ', false, model::Json::error_handler_t::replace);
    deciding.edit.edit = [edit = std::move(edit), macs = (*chosen)->macs](model::Policy& policy) { return edit(policy, macs); };
    auto decided = co_await decide(call, std::move(deciding));
    if (!decided) co_return std::unexpected{std::move(decided).error()};
    if (!*decided) co_return refused(std::move(*decided).error());
    auto& change = **decided;
    DevicesPolicyPayload payload{.policy = std::move(change.after)};
    if (change.outcome == Outcome::Conflict)
        payload.errors.push_back({.code = "CONFLICT",
                                  .message = "Somebody else changed it meanwhile; look at theirs and try again.",
                                  .path = "baseRevision"});
    for (const auto& problem : change.problems) payload.errors.push_back(to_policy_error(problem));
    auto devices = co_await find_devices(call, (*chosen)->ids);
    if (!devices) co_return std::unexpected{std::move(devices).error()};
    for (auto& device : *devices) {
        if (device) payload.devices.push_back(std::move(device->device));
    }
    co_return Value{Object::make(std::move(payload))};
}

Task<Resolved> set_device_group(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    const auto group = input["group"].as<std::optional<std::string>>().value_or("");
    auto decided = co_await decide_devices(
        call, input, "devices.grouped", {{"group", group}},
        [group](model::Policy& policy, const std::vector<Mac>& devices) { return set_group(policy, devices, group); });
    co_return decided;
}

Task<Resolved> set_devices_protected(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    const bool is_protected = input["protected"].boolean();
    auto decided =
        co_await decide_devices(call, input, is_protected ? "devices.protected" : "devices.unprotected", model::Json::object(),
                                [is_protected](model::Policy& policy, const std::vector<Mac>& devices) {
                                    return set_protected(policy, devices, is_protected);
                                });
    co_return decided;
}

Task<std::vector<Resolved>> groups(std::span<const Object> parents, const Arguments&, graphql::Context& context) {
    std::vector<Resolved> values;
    for (const auto& parent : parents) {
        const auto& router = parent.as<db::Router>();
        auto policy = co_await db::policy(context.get<Call>().services.pool, {router.organisation}, router.id);
        if (!policy) {
            values.emplace_back(std::unexpected{FieldError{std::move(policy).error()}});
            continue;
        }
        graphql::List list;
        for (auto& group : policy->policy.groups) list.emplace_back(Object::make(std::move(group)));
        values.emplace_back(Value{std::move(list)});
    }
    co_return values;
}

graphql::List macs_of(const model::Group& group) {
    graphql::List macs;
    for (const auto& mac : group.devices) macs.emplace_back(to_string(mac));
    return macs;
}

}  // namespace

void add_device_decisions(graphql::Resolvers& resolvers) {
    resolvers.batch("Mutation", "renameDevice", root(rename_device));
    resolvers.batch("Mutation", "setDeviceGroup", root(set_device_group));
    resolvers.batch("Mutation", "setDevicesProtected", root(set_devices_protected));
    resolvers.batch("Router", "groups", groups);
    resolvers.of<model::Group>("DeviceGroup")
        .field("name", &model::Group::name)
        .field("mode", [](const model::Group& group) { return Value{group.mode}; })
        .field("macs", [](const model::Group& group) { return Value{macs_of(group)}; });
    resolvers.of<RenameDevicePayload>("RenameDevicePayload")
        .field("device",
               [](const RenameDevicePayload& payload) {
                   return payload.device ? Value{Object::borrowed(*payload.device)} : Value{};
               })
        .field("errors", [](const RenameDevicePayload& payload) { return borrowed_list(payload.errors); });
    resolvers.of<DevicesPolicyPayload>("DevicesPolicyPayload")
        .field("devices", [](const DevicesPolicyPayload& payload) { return borrowed_list(payload.devices); })
        .field("policy",
               [](const DevicesPolicyPayload& payload) {
                   return payload.policy ? Value{Object::borrowed(*payload.policy)} : Value{};
               })
        .field("errors", [](const DevicesPolicyPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
