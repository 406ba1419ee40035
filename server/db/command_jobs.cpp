// SQL of carrying out commands.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/command_jobs.hpp"

#include "common/core/crypto.hpp"
#include "server/db/gathered.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr std::size_t part_bytes = 262'144, most_detail_bytes = 2'000;

/// What every change of the hub asks of the row, with $1 the command, $2 the router, $3 the session.
constexpr std::string_view held =
    " where c.id = $1 and c.router_id = $2 and c.organisation_id = current_organisation() and r.id = c.router_id"
    " and r.session = $3 and r.state = 'accepted' and r.custody_id = c.custody_id";

template <class... Values>
Task<Status> change(Pool& pool, Link link, std::string command, std::string_view set, std::string_view condition,
                    Values... values) {
    const Tenant tenant{link.organisation};
    const auto sql = "update commands c set " + std::string{set} + " from routers r" + std::string{held} + std::string{condition};
    const std::function<Result<bool>(Transaction&)> body = [=](Transaction& transaction) -> Result<bool> {
        if (transaction.run(sql, command, link.router, link.session, values...).affected_rows() == 1) return true;
        return failed(Code::Conflict, "command " + command + " is not as it was, or not this session's any more");
    };
    auto changed = co_await pool.transact<bool>(tenant, body);
    if (!changed) co_return std::unexpected{std::move(changed).error()};
    co_return Status{};
}

/// jsonb takes no NUL in a text; JSON writes it \\u0000, and a backslash before that as two.
std::string without_nul(std::string_view json) {
    std::string text;
    for (std::size_t i = 0; i < json.size(); ++i) {
        if (json[i] == '\\' && json.substr(i).starts_with("\\u0000")) {
            i += 5;
            continue;
        }
        text += json[i];
        if (json[i] == '\\' && i + 1 < json.size()) text += json[++i];
    }
    return text;
}

Job to_job(const pqxx::row& row) {
    return {.id = row[0].as<std::string>(),
            .kind = model::parse_command_kind(row[1].as<std::string>()).value(),
            .parameters = row[2].as<std::string>(),
            .state = model::parse_command_state(row[3].as<std::string>()).value(),
            .is_expired = row[4].as<bool>(),
            .nonce = row[5].as<std::string>(),
            .nonce_boot_id = row[6].as<std::string>(),
            .nonce_age = Milliseconds{row[7].as<std::int64_t>()},
            .token = row[8].as<std::string>(),
            .boot_id = row[9].as<std::string>(),
            .sent_ago = Milliseconds{row[10].as<std::int64_t>()}};
}

}  // namespace

Task<Result<std::vector<Unsigned>>> commands_to_sign(Pool& pool, int most) {
    using Found = std::vector<Unsigned>;
    const std::function<Result<Found>(Transaction&)> body = [most](Transaction& transaction) -> Result<Found> {
        Found found;
        for (const auto& row : transaction.run("select command::text, organisation::text, router::text, custody::text, "
                                               "fingerprint, kind, parameters::text, nonce,"
                                               " boot_id from commands_to_sign($1)",
                                               most))
            found.push_back({.command = row[0].as<std::string>(),
                             .organisation = row[1].as<std::string>(),
                             .router = row[2].as<std::string>(),
                             .custody = row[3].as<std::string>(),
                             .fingerprint = row[4].as<std::string>(),
                             .kind = model::parse_command_kind(row[5].as<std::string>()).value(),
                             .parameters = row[6].as<std::string>(),
                             .nonce = row[7].as<std::string>(),
                             .boot_id = row[8].as<std::string>()});
        return found;
    };
    auto found = co_await pool.transact<Found>({}, body);
    co_return found;
}

Task<Result<bool>> keep_token(Pool& pool, std::string command, std::string nonce, std::string token) {
    const std::function<Result<bool>(Transaction&)> body = [=](Transaction& transaction) -> Result<bool> {
        return transaction.run("select keep_token($1::uuid, $2, $3)", command, nonce, token)[0][0].as<bool>();
    };
    auto kept = co_await pool.transact<bool>({}, body);
    co_return kept;
}

Task<Result<std::vector<Settled>>> settle_commands(Pool& pool) {
    using Found = std::vector<Settled>;
    const std::function<Result<Found>(Transaction&)> body = [](Transaction& transaction) -> Result<Found> {
        Found found;
        for (const auto& row : transaction.run("select router::text, organisation::text from settle_commands()"))
            found.push_back({.router = row[0].as<std::string>(), .organisation = row[1].as<std::string>()});
        return found;
    };
    auto found = co_await pool.transact<Found>({}, body);
    co_return found;
}

Task<Result<std::vector<Job>>> open_jobs(Pool& pool, Link link) {
    using Found = std::vector<Job>;
    const Tenant tenant{link.organisation};
    const std::function<Result<Found>(Transaction&)> body = [link](Transaction& transaction) -> Result<Found> {
        const auto routers = transaction.run(
            "select 1 from routers where id = $1 and session = $2 and state = 'accepted' and organisation_id = "
            "current_organisation()",
            link.router, link.session);
        if (routers.empty()) return failed(Code::Conflict, "router " + link.router + ": a newer session replaced this one");
        Found found;
        for (const auto& row : transaction.run(
                 "select c.id::text, c.kind, c.parameters::text, c.state, c.expires_at <= now(), c.nonce, c.nonce_boot_id,"
                 " coalesce((extract(epoch from now() - c.nonce_at) * 1000)::bigint, 0),"
                 " case when c.signed_nonce = c.nonce then c.token else '' end, c.boot_id,"
                 " coalesce((extract(epoch from now() - c.sent_at) * 1000)::bigint, 0)"
                 " from commands c join routers r on r.id = c.router_id and r.custody_id = c.custody_id"
                 " where c.router_id = $1 and c.organisation_id = current_organisation() and c.state in ('queued', 'sent', "
                 "'running')"
                 " order by c.created_at, c.id limit 50",
                 link.router))
            found.push_back(to_job(row));
        return found;
    };
    auto found = co_await pool.transact<Found>(tenant, body);
    co_return found;
}

Task<Status> keep_nonce(Pool& pool, Link link, std::string command, std::string nonce, std::string boot_id) {
    return change(pool, std::move(link), std::move(command), "nonce = $4, nonce_boot_id = $5, nonce_at = now()",
                  " and c.state = 'queued' and c.expires_at > now()", std::move(nonce), std::move(boot_id));
}

Task<Status> mark_sent(Pool& pool, Link link, std::string command) {
    return change(pool, std::move(link), std::move(command),
                  "state = 'sent', sent_at = now(), boot_id = nonce_boot_id, detail = ''",
                  " and c.state = 'queued' and c.expires_at > now() and c.signed_nonce = c.nonce");
}

Task<Status> requeue(Pool& pool, Link link, std::string command) {
    return change(pool, std::move(link), std::move(command),
                  "state = case when c.expires_at > now() then 'queued' else 'expired' end, nonce = '', nonce_boot_id = ''",
                  " and c.state = 'sent'");
}

Task<Status> note_report(Pool& pool, Link link, std::string command, model::CommandReport report) {
    const auto result = without_nul(report.result.dump(-1, ' ', false, model::Json::error_handler_t::replace));
    return change(pool, std::move(link), std::move(command),
                  "state = $4, progress = nullif($5, '')::smallint, detail = $6, result = $7::jsonb",
                  " and (c.state = 'sent' or (c.state = 'running' and $4 <> 'queued') or (c.state = 'queued' and $4 = 'failed'))",
                  std::string{model::to_string(report.state)}, report.progress ? std::to_string(*report.progress) : std::string{},
                  clean(report.detail, most_detail_bytes), result);
}

Task<Result<std::string>> bundle_part(Pool& pool, std::string version, std::string architecture, std::uint64_t offset) {
    const std::function<Result<std::string>(Transaction&)> body = [=](Transaction& transaction) -> Result<std::string> {
        const auto skipped = static_cast<std::int64_t>(offset % part_bytes);
        const auto rows = transaction.run(
            "select encode(substring(p.bytes from $4::int + 1), 'hex') from software_parts p join software_releases s on s.id = "
            "p.release_id"
            " where s.version = $1 and s.architecture = $2 and p.number = $3",
            version, architecture, static_cast<std::int64_t>(offset / part_bytes), skipped);
        if (rows.empty()) return failed(Code::NotFound, "no bytes of that release from " + std::to_string(offset) + " on");
        const auto bytes = crypto::from_hex(rows[0][0].as<std::string>());
        if (!bytes || bytes->empty()) return failed(Code::NotFound, "the bundle ends before " + std::to_string(offset));
        return std::string{as_text(*bytes)};
    };
    auto part = co_await pool.transact<std::string>({}, body);
    co_return part;
}

}  // namespace vivi::db
