// purgeDevice, purgeEvent, purgeReceipts, deviceData.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/erasure.hpp"

#include "common/model/event.hpp"
#include "server/api/call.hpp"
#include "server/api/date_time.hpp"
#include "server/api/ids.hpp"
#include "server/api/json_value.hpp"
#include "server/api/page_info.hpp"
#include "server/api/resolvers.hpp"
#include "server/api/step_up.hpp"
#include "server/db/traffic_series.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr int most_receipts = 100;
constexpr char receipts_list = 'r';

struct PurgePayload {
    std::optional<db::PurgeReceipt> receipt{};
    std::vector<UserError> errors{};
};
struct Receipts {
    db::ReceiptPage page{};
    bool has_previous = false;
};

std::string cursor_of(const db::PurgeReceipt& receipt) { return to_cursor(receipts_list, {.id = receipt.number}); }

Value refused(UserError error) {
    PurgePayload payload;
    payload.errors.push_back(std::move(error));
    return Object::make(std::move(payload));
}

Value document_of(const std::string& text) {
    const auto json = model::parse_json(text);
    return json ? to_value(*json) : Value{};
}

/// For who may do it and has just shown who they are.
Task<Resolved> purge(Call& call, db::Tenant tenant, auth::Place place, db::Purge purge, std::string field) {
    if (!may(call, auth::Right::Own, place))
        co_return refused({.code = "FORBIDDEN", .message = "Only owners erase.", .field = {}});
    if (auto confirmed = co_await require_step_up(call); !confirmed) co_return std::unexpected{std::move(confirmed).error()};
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    purge.user = (*account)->user;
    purge.address = call.address;
    auto receipt = co_await db::purge(call.services.pool, std::move(tenant), std::move(purge));
    if (!receipt && receipt.error().code == Code::NotFound)
        co_return refused({.code = "NOT_FOUND", .message = "It is not there.", .field = std::move(field)});
    if (!receipt) co_return std::unexpected{FieldError{std::move(receipt).error()}};
    PurgePayload payload{.receipt = *std::move(receipt)};
    co_return Value{Object::make(std::move(payload))};
}

Task<Resolved> purge_device(const Arguments& arguments, Call& call) {
    const auto found = co_await find_device(call, std::string{arguments["input"].fields()["deviceId"].text()});
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return refused({.code = "NOT_FOUND", .message = "There is no such device.", .field = "deviceId"});
    // A device is erased wherever in the organisation it was: a right over all of it.
    const auto tenant = (*found)->at.tenant;
    const auth::Place place{.organisation = tenant.organisation};
    const db::Purge what{.kind = db::PurgeKind::Device, .target = (*found)->device.id};
    auto done = co_await purge(call, tenant, place, what, "deviceId");
    co_return done;
}

Task<Resolved> purge_event(const Arguments& arguments, Call& call) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto uuid = parse_id("Event", arguments["input"].fields()["eventId"].text());
    const auto all = tenants(call, auth::Right::Own);
    for (const auto& tenant : all) {
        if (!uuid) break;
        const auto known = co_await db::routers_of(call.services.pool, tenant, *uuid);
        if (!known && known.error().code == Code::NotFound) continue;
        if (!known) co_return std::unexpected{FieldError{known.error()}};
        const auth::Place place{.organisation = tenant.organisation};
        const db::Purge what{.kind = db::PurgeKind::Event, .target = *uuid};
        auto done = co_await purge(call, tenant, place, what, "eventId");
        co_return done;
    }
    co_return refused({.code = "NOT_FOUND", .message = "There is no such event.", .field = "eventId"});
}

Task<Resolved> purge_receipts(const Arguments& arguments, Call& call) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto first = arguments.get<int>("first");
    if (first < 1 || first > most_receipts) co_return graphql::field_error("`first` must be 1 to 100.", "BAD_USER_INPUT");
    const auto after = arguments.get<std::optional<std::string>>("after");
    const auto place = after ? parse_cursor(receipts_list, *after) : std::nullopt;
    if (after && !place) co_return graphql::field_error("`after` is not a cursor of this list.", "BAD_USER_INPUT");
    const auto tenant = find_organisation(call, arguments.get<std::string>("organisationId"));
    if (!tenant) co_return graphql::field_error("No such organisation.", "NOT_FOUND");
    if (auto allowed = require(call, auth::Right::Own, {.organisation = tenant->organisation}); !allowed)
        co_return std::unexpected{std::move(allowed).error()};
    const auto before = place ? std::optional{place->id} : std::nullopt;
    auto page = co_await db::purge_receipts(call.services.pool, *tenant, first, before);
    if (!page) co_return std::unexpected{FieldError{std::move(page).error()}};
    co_return Value{Object::make(Receipts{.page = *std::move(page), .has_previous = after.has_value()})};
}

Task<Resolved> device_data(const Arguments& arguments, Call& call) {
    const auto found = co_await find_device(call, arguments.get<std::string>("deviceId"));
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return graphql::field_error("No such device.", "NOT_FOUND");
    const auto tenant = (*found)->at.tenant;
    if (auto allowed = require(call, auth::Right::Own, {.organisation = tenant.organisation}); !allowed)
        co_return std::unexpected{std::move(allowed).error()};
    const auto user = call.account->user;
    auto data = co_await db::device_data(call.services.pool, tenant, (*found)->device.id, user, call.address);
    if (!data) co_return std::unexpected{FieldError{std::move(data).error()}};
    const auto json = model::Json::parse(*data, nullptr, /*allow_exceptions=*/false);  // PostgreSQL's own; as large as it is.
    co_return json.is_object() ? to_value(json) : Value{};
}

}  // namespace

void add_erasure(graphql::Resolvers& resolvers) {
    resolvers.batch("Mutation", "purgeDevice", root(purge_device));
    resolvers.batch("Mutation", "purgeEvent", root(purge_event));
    resolvers.batch("Query", "purgeReceipts", root(purge_receipts));
    resolvers.batch("Query", "deviceData", root(device_data));
    resolvers.enumeration<db::PurgeKind>("PurgeKind", {{db::PurgeKind::Device, "DEVICE"}, {db::PurgeKind::Event, "EVENT"}});
    resolvers.of<db::PurgeReceipt>("PurgeReceipt")
        .field("id", [](const db::PurgeReceipt& receipt) { return to_id("PurgeReceipt", receipt.id); })
        .field("kind", &db::PurgeReceipt::kind)
        .field("targetId",
               [](const db::PurgeReceipt& receipt) {
                   return to_id(receipt.kind == db::PurgeKind::Event ? "Event" : "Device", receipt.target);
               })
        .field("at", [](const db::PurgeReceipt& receipt) { return to_date_time(receipt.at); })
        .field("removed", [](const db::PurgeReceipt& receipt) { return document_of(receipt.removed); })
        .field("remains", [](const db::PurgeReceipt& receipt) { return document_of(receipt.remains); });
    resolvers.of<Receipts>("PurgeReceiptConnection")
        .field("edges", [](const Receipts& list) { return borrowed_list(list.page.rows); })
        .field("pageInfo", [](const Receipts& list) {
            return Value{Object::make(page_info(list.page.rows, list.page.has_next, list.has_previous, cursor_of))};
        });
    resolvers.of<db::PurgeReceipt>("PurgeReceiptEdge")
        .field("cursor", [](const db::PurgeReceipt& receipt) { return cursor_of(receipt); })
        .field("node", [](const db::PurgeReceipt& receipt) { return Value{Object::borrowed(receipt)}; });
    resolvers.of<PurgePayload>("PurgePayload")
        .field("receipt",
               [](const PurgePayload& payload) { return payload.receipt ? Value{Object::borrowed(*payload.receipt)} : Value{}; })
        .field("errors", [](const PurgePayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
