// auditLog, auditExport.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/audit.hpp"

#include "common/model/event.hpp"
#include "server/api/audit_export.hpp"
#include "server/api/connection.hpp"
#include "server/api/date_time.hpp"
#include "server/api/json_value.hpp"
#include "server/api/resolvers.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr char audit_list = 'l';
constexpr int most_rows = 1'000;

struct AuditRows {
    bool has_previous = false;
    db::AuditPage page{};
};
enum class ExportFormat : std::uint8_t { Csv, Json };
struct Export {
    std::string text{};
    bool has_next = false;
    std::optional<std::string> end{};
};

std::string cursor_of(const db::AuditEntry& entry) { return to_cursor(audit_list, RowPlace{.id = entry.id}); }

std::expected<db::AuditQuery, FieldError> query_of(const Arguments& arguments) {
    const auto place = row_place_of(arguments, audit_list, most_rows);
    if (!place) return std::unexpected{place.error()};
    db::AuditQuery query{.first = arguments.get<int>("first")};
    if (*place) query.before = (*place)->id;
    if (arguments.has("action")) query.action = arguments.get<std::string>("action");
    return query;
}

/// The organisation whose log the caller may read.
std::expected<db::Tenant, FieldError> owned(const Call& call, const Arguments& arguments) {
    if (const auto account = signed_in(call); !account) return std::unexpected{account.error()};
    auto tenant = find_organisation(call, arguments.get<std::string>("organisationId"));
    if (!tenant) return graphql::field_error("No such organisation.", "NOT_FOUND");
    if (auto allowed = require(call, auth::Right::Own, {.organisation = tenant->organisation}); !allowed)
        return std::unexpected{std::move(allowed).error()};
    return *std::move(tenant);
}

Task<Resolved> audit_log(const Arguments& arguments, Call& call) {
    const auto tenant = owned(call, arguments);
    if (!tenant) co_return std::unexpected{tenant.error()};
    auto page = co_await read_audit_log(call.services.pool, *tenant, arguments);
    co_return page;
}

Task<Resolved> audit_export(const Arguments& arguments, Call& call) {
    const auto tenant = owned(call, arguments);
    if (!tenant) co_return std::unexpected{tenant.error()};
    const auto query = query_of(arguments);
    if (!query) co_return std::unexpected{query.error()};
    auto page = co_await db::audit_log(call.services.pool, *tenant, *query);
    if (!page) co_return std::unexpected{FieldError{std::move(page).error()}};
    const bool is_csv = arguments.get<ExportFormat>("format") == ExportFormat::Csv;
    Export file{.text = is_csv ? to_csv(page->rows) : to_json_text(page->rows), .has_next = page->has_next};
    if (!page->rows.empty()) file.end = cursor_of(page->rows.back());
    co_return Value{Object::make(std::move(file))};
}

Value text_or_null(const std::string& text) { return text.empty() ? Value{} : Value::borrowed(text); }

}  // namespace

Task<Resolved> read_audit_log(db::Pool& pool, db::Tenant tenant, const Arguments& arguments) {
    const auto query = query_of(arguments);
    if (!query) co_return std::unexpected{query.error()};
    auto page = co_await db::audit_log(pool, std::move(tenant), *query);
    if (!page) co_return std::unexpected{FieldError{std::move(page).error()}};
    co_return Value{Object::make(AuditRows{.has_previous = query->before != 0, .page = *std::move(page)})};
}

void add_audit(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "auditLog", root(audit_log));
    resolvers.batch("Query", "auditExport", root(audit_export));
    resolvers.enumeration<ExportFormat>("ExportFormat", {{ExportFormat::Csv, "CSV"}, {ExportFormat::Json, "JSON"}});
    add_connection<AuditRows, db::AuditEntry>(resolvers, "AuditEntry", cursor_of);
    resolvers.of<db::AuditEntry>("AuditEntry")
        .field("id", [](const db::AuditEntry& entry) { return cursor_of(entry); })
        .field("at", [](const db::AuditEntry& entry) { return to_date_time(entry.at); })
        .field("userId",
               [](const db::AuditEntry& entry) { return entry.user.empty() ? Value{} : Value{to_id("User", entry.user)}; })
        .field("email", [](const db::AuditEntry& entry) { return text_or_null(entry.email); })
        .field("action", &db::AuditEntry::action)
        .field("target", &db::AuditEntry::target)
        .field("detail",
               [](const db::AuditEntry& entry) {
                   const auto detail = model::parse_json(entry.detail);
                   return detail ? to_value(*detail) : Value{};
               })
        .field("address", [](const db::AuditEntry& entry) { return text_or_null(entry.address); });
    resolvers.of<Export>("AuditExport")
        .field("text", &Export::text)
        .field("hasNextPage", &Export::has_next)
        .field("endCursor", [](const Export& file) { return Value{file.end}; });
}

}  // namespace vivi::api
