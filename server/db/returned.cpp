// SQL of custodies that are over.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/returned.hpp"

#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr std::string_view micros = "(extract(epoch from r.returned_at) * 1000000)::bigint";

std::string select_returned(std::string_view whose) {
    return "select r.id::text, r.name, r.fingerprint, coalesce(o.name, ''), " + unix_ms("r.returned_at") + ", " +
           std::string{micros} + ", " + unix_ms("r.wiped_at") +
           ", coalesce(r.receipt::text, '') from routers r left join organisations o on o.id = r.organisation_id"
           " where r.returned_at is not null and " +
           std::string{whose} + " and ($1::bigint is null or (" + std::string{micros} +
           ", r.id::text) < ($1::bigint, $2)) order by r.returned_at desc, r.id::text desc limit $3";
}

ReturnedRouter to_returned(const pqxx::row& row) {
    ReturnedRouter router{.id = row[0].as<std::string>(),
                          .name = row[1].as<std::string>(),
                          .fingerprint = row[2].as<std::string>(),
                          .organisation_name = row[3].as<std::string>(),
                          .returned_at = from_unix_ms(row[4].as<std::int64_t>()),
                          .returned_us = row[5].as<std::int64_t>(),
                          .receipt = row[7].as<std::string>()};
    if (!row[6].is_null()) router.wiped_at = from_unix_ms(row[6].as<std::int64_t>());
    return router;
}

Task<Result<ReturnedPage>> page_of(Pool& pool, Tenant tenant, ReturnedQuery query, std::string sql) {
    const std::function<Result<ReturnedPage>(Transaction&)> body = [=](Transaction& transaction) -> Result<ReturnedPage> {
        ReturnedPage page;
        for (const auto& row : transaction.run(sql, query.before_us, query.before_id, query.first + 1))
            page.rows.push_back(to_returned(row));
        page.has_next = page.rows.size() > static_cast<std::size_t>(query.first);
        if (page.has_next) page.rows.pop_back();
        return page;
    };
    auto page = co_await pool.transact<ReturnedPage>(std::move(tenant), body);
    co_return page;
}

}  // namespace

Task<Result<ReturnedPage>> returned_routers(Pool& pool, Tenant tenant, ReturnedQuery query) {
    auto page = co_await page_of(pool, std::move(tenant), std::move(query),
                                 select_returned("r.organisation_id = current_organisation()"));
    co_return page;
}

Task<Result<ReturnedPage>> staff_returned_routers(Pool& staff, ReturnedQuery query) {
    auto page = co_await page_of(staff, {}, std::move(query), select_returned("true"));
    co_return page;
}

}  // namespace vivi::db
