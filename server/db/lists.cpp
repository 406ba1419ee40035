// SQL of the lists table.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/lists.hpp"

#include "common/core/crypto.hpp"
#include "server/db/keep_list.hpp"
#include "server/db/revisions.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr int most_lists = 200;

std::string list_query() {
    return "select id::text, name, sha256, format, report::text, octet_length(text)::bigint, " + unix_ms("created_at") +
           " from lists where organisation_id = current_organisation()";
}

ImportedList to_list(const pqxx::row& row) {
    return {.id = row[0].as<std::string>(),
            .name = row[1].as<std::string>(),
            .sha256 = row[2].as<std::string>(),
            .format = row[3].as<std::string>(),
            .report = row[4].as<std::string>(),
            .bytes = row[5].as<std::int64_t>(),
            .created_at = from_unix_ms(row[6].as<std::int64_t>())};
}

}  // namespace

ImportedList keep_list(Transaction& transaction, const NewList& list) {
    const auto made = transaction.run(
        "insert into lists (organisation_id, name, sha256, format, text, report, created_by)"
        " values (current_organisation(), $1, $2, $3, $4, $5::jsonb, nullif($6, '')::uuid)"
        " on conflict (organisation_id, name, sha256) do nothing returning id::text",
        list.name, list.sha256, list.format, list.text, list.report, list.user);
    const auto kept = to_list(transaction.run(list_query() + " and name = $1 and sha256 = $2", list.name, list.sha256)[0]);
    if (!made.empty())
        write_audit(transaction, {.user = list.user,
                                  .address = list.address,
                                  .action = "list.imported",
                                  .target = kept.id,
                                  .detail = model::Json{{"name", kept.name}, {"sha256", kept.sha256}}.dump()});
    return kept;
}

Task<Result<std::vector<ImportedList>>> lists(Pool& pool, Tenant tenant) {
    const std::function<Result<std::vector<ImportedList>>(Transaction&)> body =
        [](Transaction& transaction) -> Result<std::vector<ImportedList>> {
        std::vector<ImportedList> found;
        for (const auto& row : transaction.run(list_query() + " order by created_at desc, id limit $1", most_lists))
            found.push_back(to_list(row));
        return found;
    };
    auto found = co_await pool.transact<std::vector<ImportedList>>(std::move(tenant), body);
    co_return found;
}

Task<Result<ImportedList>> import_list(Pool& pool, Tenant tenant, NewList list) {
    const std::function<Result<ImportedList>(Transaction&)> body =
        [list = std::move(list)](Transaction& transaction) -> Result<ImportedList> { return keep_list(transaction, list); };
    auto kept = co_await pool.transact<ImportedList>(std::move(tenant), body);
    co_return kept;
}

Task<Result<std::optional<std::string>>> list_text(Pool& pool, Tenant tenant, std::string sha256) {
    const std::function<Result<std::optional<std::string>>(Transaction&)> body =
        [sha256](Transaction& transaction) -> Result<std::optional<std::string>> {
        const auto rows = transaction.run(
            "select text from lists where organisation_id = current_organisation() and sha256 = $1 limit 1", sha256);
        if (rows.empty()) return std::optional<std::string>{};
        return std::optional{rows[0][0].as<std::string>()};
    };
    auto text = co_await pool.transact<std::optional<std::string>>(std::move(tenant), body);
    co_return text;
}

Task<Result<std::optional<std::int64_t>>> list_size(Pool& pool, Tenant tenant, std::string sha256) {
    const std::function<Result<std::optional<std::int64_t>>(Transaction&)> body =
        [sha256](Transaction& transaction) -> Result<std::optional<std::int64_t>> {
        const auto rows = transaction.run(
            "select octet_length(text)::bigint from lists where organisation_id = current_organisation() and sha256 = $1 limit 1",
            sha256);
        if (rows.empty()) return std::optional<std::int64_t>{};
        return std::optional{rows[0][0].as<std::int64_t>()};
    };
    auto size = co_await pool.transact<std::optional<std::int64_t>>(std::move(tenant), body);
    co_return size;
}

Task<Result<ListPart>> list_part(Pool& pool, Tenant tenant, std::string sha256, std::int64_t offset, std::int64_t most) {
    const std::function<Result<ListPart>(Transaction&)> body = [=](Transaction& transaction) -> Result<ListPart> {
        // By bytes, and in hexadecimal: between two cuts a text need not be one.
        const auto rows = transaction.run(
            "select octet_length(text)::bigint, encode(substr(convert_to(text, 'UTF8'), $2::int + 1, $3::int), 'hex')"
            " from (select text from lists where organisation_id = current_organisation() and sha256 = $1 union all select text"
            " from carried_leases where organisation_id = current_organisation() and sha256 = $1) one limit 1",
            sha256, offset, most);
        if (rows.empty()) return ListPart{};
        const auto bytes = crypto::from_hex(rows[0][1].as<std::string>());
        if (!bytes) return failed(Code::Internal, "the bytes of a list are no hexadecimal digits");
        return ListPart{.size = rows[0][0].as<std::int64_t>(), .bytes = std::string{as_text(*bytes)}};
    };
    auto part = co_await pool.transact<ListPart>(std::move(tenant), body);
    co_return part;
}

}  // namespace vivi::db
