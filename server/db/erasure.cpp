// SQL of erasure; what is erased is decided by the functions of migrations/0008_rollups.sql, which walk all tables.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/erasure.hpp"

#include "common/model/event.hpp"
#include "server/db/revisions.hpp"

namespace vivi::db {
namespace {

constexpr std::string_view receipt_columns = "select id::text, number, kind, target::text, ";

std::string receipts_sql() {
    return std::string{receipt_columns} + unix_ms("at") +
           ", removed::text, remains::text from purge_receipts"
           " where organisation_id = current_organisation()";
}

PurgeReceipt to_receipt(const pqxx::row& row) {
    return {.id = row[0].as<std::string>(),
            .number = row[1].as<std::int64_t>(),
            .kind = row[2].as<std::string>() == "event" ? PurgeKind::Event : PurgeKind::Device,
            .target = row[3].as<std::string>(),
            .at = from_unix_ms(row[4].as<std::int64_t>()),
            .removed = row[5].as<std::string>(),
            .remains = row[6].as<std::string>()};
}

Result<PurgeReceipt> purge_one(Transaction& transaction, const Purge& purge) {
    transaction.run("set local statement_timeout = '120s'");
    const bool is_event = purge.kind == PurgeKind::Event;
    const auto made = transaction.run(
        is_event ? "select purge_event($1, nullif($2, '')::uuid)::text" : "select purge_device($1, nullif($2, '')::uuid)::text",
        purge.target, purge.user);
    if (made[0][0].is_null()) return failed(Code::NotFound, is_event ? "no such event" : "no such device");
    auto receipt = to_receipt(transaction.run(receipts_sql() + " and id = $1", made[0][0].as<std::string>())[0]);
    write_audit(transaction, {.user = purge.user,
                              .address = purge.address,
                              .action = is_event ? "event.purged" : "device.purged",
                              .target = purge.target,
                              .detail = model::Json{{"receipt", receipt.id}}.dump()});
    return receipt;
}

}  // namespace

Task<Result<PurgeReceipt>> purge(Pool& pool, Tenant tenant, Purge purge) {
    const std::function<Result<PurgeReceipt>(Transaction&)> body = [purge = std::move(purge)](Transaction& transaction) {
        return purge_one(transaction, purge);
    };
    auto receipt = co_await pool.transact<PurgeReceipt>(std::move(tenant), body);
    co_return receipt;
}

Task<Result<ReceiptPage>> purge_receipts(Pool& pool, Tenant tenant, int first, std::optional<std::int64_t> after) {
    const std::function<Result<ReceiptPage>(Transaction&)> body = [=](Transaction& transaction) -> Result<ReceiptPage> {
        ReceiptPage page;
        for (const auto& row :
             transaction.run(receipts_sql() + " and ($1::bigint < 0 or number < $1::bigint) order by number desc limit $2",
                             after.value_or(-1), first + 1))
            page.rows.push_back(to_receipt(row));
        page.has_next = page.rows.size() > static_cast<std::size_t>(first);
        if (page.has_next) page.rows.pop_back();
        return page;
    };
    auto page = co_await pool.transact<ReceiptPage>(std::move(tenant), body);
    co_return page;
}

Task<Result<std::string>> device_data(Pool& pool, Tenant tenant, std::string device, std::string user, std::string address) {
    const std::function<Result<std::string>(Transaction&)> body = [=](Transaction& transaction) -> Result<std::string> {
        transaction.run("set local statement_timeout = '60s'");
        const auto held = transaction.run("select held_of_device($1)::text", device);
        if (held[0][0].is_null()) return failed(Code::NotFound, "no such device");
        write_audit(transaction,
                    {.user = user, .address = address, .action = "device_data.read", .target = device, .detail = "{}"});
        return held[0][0].as<std::string>();
    };
    auto found = co_await pool.transact<std::string>(std::move(tenant), body);
    co_return found;
}

}  // namespace vivi::db
