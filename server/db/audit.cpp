// SQL of the audit log.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/audit.hpp"

#include "common/core/net.hpp"
#include "server/db/gathered.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {

Task<Status> record_denials(Pool& pool, std::vector<Denial> denials) {
    const std::function<Result<bool>(Transaction&)> body = [denials](Transaction& transaction) -> Result<bool> {
        for (const auto& denial : denials) {
            const bool has_address = parse_ipv4(denial.address) || parse_ipv6(denial.address);
            transaction.run(
                "insert into audit_log (organisation_id, user_id, action, target, detail, address)"
                " values ((select id from organisations where id = nullif($1, '')::uuid),"
                " (select id from users where id = nullif($2, '')::uuid), 'access.denied', $3,"
                " jsonb_build_object('times', $4::bigint), nullif($5, '')::inet)",
                denial.organisation, denial.user, clean(denial.what, 200), static_cast<std::int64_t>(denial.times),
                has_address ? denial.address : std::string{});
        }
        return true;
    };
    auto written = co_await pool.transact<bool>({}, body);
    if (!written) co_return std::unexpected{std::move(written).error()};
    co_return Status{};
}

Task<Result<AuditPage>> audit_log(Pool& pool, Tenant tenant, AuditQuery query) {
    const std::function<Result<AuditPage>(Transaction&)> body = [tenant, query](Transaction& transaction) -> Result<AuditPage> {
        // The policies say which rows there are; the condition lets the index be used.
        const auto rows = transaction.run(
            "select audit_log.id, coalesce(audit_log.organisation_id::text, ''), coalesce(audit_log.user_id::text, ''),"
            " coalesce(users.email, ''), action, target, detail::text, coalesce(host(address), ''), " +
                unix_ms("at") +
                " from audit_log left join users on users.id = audit_log.user_id"
                " where ($1 = '' or audit_log.organisation_id = nullif($1, '')::uuid) and ($2::bigint = 0 or audit_log.id < $2)"
                " and starts_with(action, $3) and ($4 = '' or audit_log.user_id = nullif($4, '')::uuid)"
                " order by audit_log.id desc limit $5",
            tenant.organisation, query.before, query.action, query.user, query.first + 1);
        AuditPage page{.has_next = static_cast<int>(rows.size()) > query.first};
        for (const auto& row : rows) {
            if (static_cast<int>(page.rows.size()) == query.first) break;
            page.rows.push_back({.id = row[0].as<std::int64_t>(),
                                 .organisation = row[1].as<std::string>(),
                                 .user = row[2].as<std::string>(),
                                 .email = row[3].as<std::string>(),
                                 .action = row[4].as<std::string>(),
                                 .target = row[5].as<std::string>(),
                                 .detail = row[6].as<std::string>(),
                                 .address = row[7].as<std::string>(),
                                 .at = from_unix_ms(row[8].as<std::int64_t>())});
        }
        return page;
    };
    auto page = co_await pool.transact<AuditPage>(std::move(tenant), body);
    co_return page;
}

}  // namespace vivi::db
