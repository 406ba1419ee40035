// lists, importList: domain lists from elsewhere, kept by their content, with a report of every line that could not be used.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/list.hpp"
#include "server/api/call.hpp"
#include "server/api/date_time.hpp"
#include "server/api/deciding.hpp"
#include "server/api/ids.hpp"
#include "server/api/json_value.hpp"
#include "server/api/resolvers.hpp"
#include "server/db/new_list.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

struct ImportListPayload {
    std::optional<db::ImportedList> list{};
    std::vector<PolicyError> errors{};
};

Value refused(std::string code, std::string message, std::string field) {
    ImportListPayload payload;
    payload.errors.push_back({.code = std::move(code), .message = std::move(message), .path = std::move(field)});
    return Object::make(std::move(payload));
}

Task<Resolved> import_list(const Arguments& arguments, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto& input = arguments["input"].fields();
    const auto organisation = find_organisation(call, input["organisationId"].text());
    if (!organisation) co_return refused("NOT_FOUND", "There is no such organisation.", "organisationId");
    if (!may(call, auth::Right::Manage, {.organisation = organisation->organisation, .event = {}}))
        co_return refused("FORBIDDEN", "Your role may not import lists.", "");
    const auto format = input["format"].is_null() ? std::nullopt : std::optional{input["format"].as<policy::ListFormat>()};
    auto list = db::make_list(std::string{input["name"].text()}, format, std::string{input["text"].text()});
    if (!list) {
        const auto problem = to_policy_error(list.error().detail);
        co_return refused(problem.code, problem.message, problem.path.value_or(""));
    }
    list->user = (*account)->user;
    list->address = call.address;
    auto kept = co_await db::import_list(call.services.pool, *organisation, *std::move(list));
    if (!kept) co_return std::unexpected{FieldError{std::move(kept).error()}};
    co_return Value{Object::make(ImportListPayload{.list = *std::move(kept)})};
}

Task<Resolved> lists(const Arguments& arguments, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto organisation = find_organisation(call, arguments.get<std::string>("organisationId"));
    if (!organisation) co_return graphql::field_error("No such organisation.", "NOT_FOUND");
    auto found = co_await db::lists(call.services.pool, *organisation);
    if (!found) co_return std::unexpected{FieldError{std::move(found).error()}};
    graphql::List all;
    for (auto& list : *found) all.emplace_back(Object::make(std::move(list)));
    co_return Value{std::move(all)};
}

}  // namespace

void add_imported_lists(graphql::Resolvers& resolvers) {
    using policy::ListFormat;
    resolvers.enumeration<ListFormat>("ListFormat", {{ListFormat::Hosts, "HOSTS"},
                                                     {ListFormat::Domains, "DOMAINS"},
                                                     {ListFormat::Adguard, "ADGUARD"},
                                                     {ListFormat::Dnsmasq, "DNSMASQ"},
                                                     {ListFormat::Rpz, "RPZ"},
                                                     {ListFormat::Ut1, "UT1"},
                                                     {ListFormat::V2fly, "V2FLY"}});
    resolvers.batch("Query", "lists", root(lists));
    resolvers.batch("Mutation", "importList", root(import_list));
    resolvers.of<db::ImportedList>("ImportedList")
        .field("id", [](const db::ImportedList& list) { return to_id("ImportedList", list.id); })
        .field("name", &db::ImportedList::name)
        .field("sha256", &db::ImportedList::sha256)
        .field("format",
               [](const db::ImportedList& list) {
                   const auto format = policy::parse_list_format(list.format);
                   return format ? Value{*format} : Value{};
               })
        .field("report",
               [](const db::ImportedList& list) {
                   const auto report = model::parse_json(list.report);
                   return report ? to_value(*report) : Value{};
               })
        .field("bytes", &db::ImportedList::bytes)
        .field("createdAt", [](const db::ImportedList& list) { return to_date_time(list.created_at); });
    resolvers.of<ImportListPayload>("ImportListPayload")
        .field("list",
               [](const ImportListPayload& payload) { return payload.list ? Value{Object::borrowed(*payload.list)} : Value{}; })
        .field("errors", [](const ImportListPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
