// SQL of commands. Staff and members share it: what differs is which rows their roles may touch.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/commands.hpp"

#include "common/core/net.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

/// Whose commands a transaction is about.
enum class Whose : std::uint8_t { Tenants, Everybodys };

std::string command_query(Whose whose, std::string_view condition) {
    // Of what a router saw, staff reads only what staff asked for.
    const std::string result =
        whose == Whose::Tenants ? "c.result::text" : "case when c.by_staff then c.result::text else '{}' end";
    return "select c.id::text, c.organisation_id::text, c.router_id::text, r.name, coalesce(r.event_id::text, ''), c.kind, "
           "c.state,"
           " c.parameters::text, c.progress, c.detail, " +
           result + ", c.by_staff, coalesce(u.name, ''), (extract(epoch from c.created_at) * 1000000)::bigint, " +
           unix_ms("c.expires_at") + ", " + unix_ms("c.sent_at") + ", " + unix_ms("c.finished_at") +
           " from commands c join routers r on r.id = c.router_id left join users u on u.id = c.created_by where " +
           (whose == Whose::Tenants ? "c.organisation_id = current_organisation()" : "true") + std::string{condition};
}

std::optional<WallTime> moment(const pqxx::field& field) {
    return field.is_null() ? std::nullopt : std::optional{from_unix_ms(field.as<std::int64_t>())};
}

Command to_command(const pqxx::row& row) {
    return {.id = row[0].as<std::string>(),
            .organisation = row[1].as<std::string>(),
            .router = row[2].as<std::string>(),
            .router_name = row[3].as<std::string>(),
            .event = row[4].as<std::string>(),
            .kind = model::parse_command_kind(row[5].as<std::string>()).value(),
            .state = model::parse_command_state(row[6].as<std::string>()).value(),
            .parameters = row[7].as<std::string>(),
            .progress = row[8].is_null() ? std::nullopt : std::optional{row[8].as<int>()},
            .detail = row[9].as<std::string>(),
            .result = row[10].as<std::string>(),
            .is_by_staff = row[11].as<bool>(),
            .author = row[12].as<std::string>(),
            .created_us = row[13].as<std::int64_t>(),
            .expires_at = from_unix_ms(row[14].as<std::int64_t>()),
            .sent_at = moment(row[15]),
            .finished_at = moment(row[16])};
}

Result<Command> load(Transaction& transaction, Whose whose, const std::string& id) {
    const auto rows = transaction.run(command_query(whose, " and c.id = $1"), id);
    if (rows.empty()) return failed(Code::NotFound, "no such command");
    return to_command(rows[0]);
}

void audit(Transaction& transaction, const Command& command, const Actor& actor, std::string_view action) {
    const auto has_address = parse_ipv4(actor.address).has_value() || parse_ipv6(actor.address).has_value();
    const model::Json detail{{"command", command.id},
                             {"kind", model::to_string(command.kind)},
                             {"parameters", model::Json::parse(command.parameters, nullptr, false)},
                             {"staff", command.is_by_staff}};
    transaction.run(
        "insert into audit_log (organisation_id, user_id, action, target, detail, address)"
        " values ($1::uuid, nullif($2, '')::uuid, $3, $4, $5::jsonb, nullif($6, '')::inet)",
        command.organisation, actor.user, std::string{action}, command.router,
        detail.dump(-1, ' ', false, model::Json::error_handler_t::replace), has_address ? actor.address : std::string{});
}

/// The command that has the key already, if any.
Result<std::optional<MadeCommand>> find_made(Transaction& transaction, Whose whose, const NewCommand& made) {
    const auto rows = transaction.run(command_query(whose, " and c.router_id = $1 and c.key = $2"), made.router, made.key);
    if (rows.empty()) return std::optional<MadeCommand>{};
    auto command = to_command(rows[0]);
    const bool is_same = command.kind == made.kind && model::Json::parse(command.parameters, nullptr, false) ==
                                                          model::Json::parse(made.parameters, nullptr, false);
    if (!is_same) return failed(Code::Conflict, "this key was used for another command of this router");
    return std::optional{MadeCommand{.command = std::move(command)}};
}

Result<MadeCommand> make(Transaction& transaction, Whose whose, const NewCommand& made) {
    const std::string tenants = whose == Whose::Tenants ? " and r.organisation_id = current_organisation()" : "";
    const auto routers =
        transaction.run("select 1 from routers r where r.id = $1 and r.state = 'accepted'" + tenants, made.router);
    if (routers.empty()) return failed(Code::NotFound, "no such router");
    auto before = find_made(transaction, whose, made);
    if (!before) return std::unexpected{std::move(before).error()};
    if (*before) return **std::move(before);
    const auto open = transaction.run(
        "select count(*) from commands where router_id = $1 and state in ('queued', 'sent', 'running')", made.router);
    if (open[0][0].as<int>() >= most_open_commands) return failed(Code::Overflow, "the router has 50 open commands");
    const auto rows = transaction.run(
        "insert into commands (organisation_id, router_id, custody_id, kind, parameters, key, created_by, expires_at, by_staff)"
        " select r.organisation_id, r.id, r.custody_id, $2, $3::jsonb, $4, nullif($5, '')::uuid, now() + $6 * interval '1 "
        "second',"
        " $7 from routers r where r.id = $1 and r.state = 'accepted' and r.custody_id is not null" +
            tenants + " on conflict (router_id, key) do nothing returning id::text",
        made.router, std::string{model::to_string(made.kind)}, made.parameters, made.key, made.actor.user, made.lifetime.count(),
        whose == Whose::Everybodys);
    if (rows.empty()) {  // Somebody was quicker with the same key.
        auto other = find_made(transaction, whose, made);
        if (!other) return std::unexpected{std::move(other).error()};
        if (!*other) return failed(Code::NotFound, "no such router");
        return **std::move(other);
    }
    auto command = load(transaction, whose, rows[0][0].as<std::string>());
    if (!command) return std::unexpected{std::move(command).error()};
    audit(transaction, *command, made.actor, "command.made");
    return MadeCommand{.command = *std::move(command), .is_new = true};
}

Result<CommandPage> page_of(Transaction& transaction, Whose whose, const CommandQuery& query) {
    const auto sql =
        command_query(whose,
                      " and ($1 = '' or c.router_id = nullif($1, '')::uuid) and ($2::bigint < 0 or"
                      " ((extract(epoch from c.created_at) * 1000000)::bigint, c.id) < ($2::bigint, nullif($3, '')::uuid))"
                      " order by c.created_at desc, c.id desc limit $4::int");
    CommandPage page;
    for (const auto& row : transaction.run(sql, query.router, query.after_us.value_or(-1), query.after_id, query.first + 1))
        page.rows.push_back(to_command(row));
    page.has_next = page.rows.size() > static_cast<std::size_t>(query.first);
    if (page.has_next) page.rows.pop_back();
    return page;
}

Result<Command> cancel(Transaction& transaction, Whose whose, const std::string& id, const Actor& actor) {
    const auto rows = transaction.run(
        "update commands set state = 'cancelled', detail = 'taken back' where id = $1 and state = 'queued'" +
            std::string{whose == Whose::Tenants ? " and organisation_id = current_organisation()" : " and by_staff"},
        id);
    auto command = load(transaction, whose, id);
    if (!command || rows.affected_rows() == 1) {
        if (command) audit(transaction, *command, actor, "command.cancelled");
        return command;
    }
    if (whose == Whose::Everybodys && !command->is_by_staff) return failed(Code::NotFound, "no such command of staff");
    return failed(Code::Conflict,
                  model::is_over(command->state) ? "The command is over." : "The router has the command already.");
}

Task<Result<MadeCommand>> make_for(Pool& pool, Tenant tenant, Whose whose, NewCommand made) {
    const std::function<Result<MadeCommand>(Transaction&)> body = [whose, made](Transaction& transaction) {
        return make(transaction, whose, made);
    };
    auto command = co_await pool.transact<MadeCommand>(std::move(tenant), body);
    co_return command;
}

Task<Result<CommandPage>> page_for(Pool& pool, Tenant tenant, Whose whose, CommandQuery query) {
    const std::function<Result<CommandPage>(Transaction&)> body = [whose, query](Transaction& transaction) {
        return page_of(transaction, whose, query);
    };
    auto page = co_await pool.transact<CommandPage>(std::move(tenant), body);
    co_return page;
}

Task<Result<Command>> cancel_for(Pool& pool, Tenant tenant, Whose whose, std::string id, Actor actor) {
    const std::function<Result<Command>(Transaction&)> body = [whose, id, actor](Transaction& transaction) {
        return cancel(transaction, whose, id, actor);
    };
    auto cancelled = co_await pool.transact<Command>(std::move(tenant), body);
    co_return cancelled;
}

}  // namespace

Task<Result<MadeCommand>> make_command(Pool& pool, Tenant tenant, NewCommand made) {
    return make_for(pool, std::move(tenant), Whose::Tenants, std::move(made));
}

Task<Result<MadeCommand>> make_staff_command(Pool& staff, NewCommand made) {
    return make_for(staff, {}, Whose::Everybodys, std::move(made));
}

Task<Result<CommandPage>> commands(Pool& pool, Tenant tenant, CommandQuery query) {
    return page_for(pool, std::move(tenant), Whose::Tenants, std::move(query));
}

Task<Result<CommandPage>> staff_commands(Pool& staff, CommandQuery query) {
    return page_for(staff, {}, Whose::Everybodys, std::move(query));
}

Task<Result<Command>> command(Pool& pool, Tenant tenant, std::string id) {
    const std::function<Result<Command>(Transaction&)> body = [id](Transaction& transaction) {
        return load(transaction, Whose::Tenants, id);
    };
    auto found = co_await pool.transact<Command>(std::move(tenant), body);
    co_return found;
}

Task<Result<Command>> cancel_command(Pool& pool, Tenant tenant, std::string id, Actor actor) {
    return cancel_for(pool, std::move(tenant), Whose::Tenants, std::move(id), std::move(actor));
}

Task<Result<Command>> cancel_staff_command(Pool& staff, std::string id, Actor actor) {
    return cancel_for(staff, {}, Whose::Everybodys, std::move(id), std::move(actor));
}

}  // namespace vivi::db
