// SQL of roll-outs: made, moved, looked at. Their turns are advance_rollout() of 0009_jobs.sql.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/rollouts.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "server/db/arrays.hpp"
#include "server/db/revisions.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr std::array<std::string_view, 6> states{"draft", "running", "paused", "stopped", "cancelled", "finished"};
constexpr std::array<std::string_view, 5> router_states{"pending", "told", "succeeded", "failed", "left_out"};

template <class Enum, std::size_t Size>
Enum to_enum(const std::array<std::string_view, Size>& names, const std::string& text) {
    return static_cast<Enum>(std::ranges::find(names, text) - names.begin());
}
std::string_view name_of(RolloutRouterState state) { return router_states.at(static_cast<std::size_t>(state)); }

std::optional<WallTime> moment(const pqxx::field& field) {
    return field.is_null() ? std::nullopt : std::optional{from_unix_ms(field.as<std::int64_t>())};
}

/// "{10,50,100}", as PostgreSQL writes an array of numbers.
std::vector<int> to_numbers(std::string_view text) {
    std::vector<int> numbers;
    for (std::size_t at = 1; at < text.size();) {
        int number = 0;
        const auto end = std::from_chars(text.data() + at, text.data() + text.size(), number).ptr;
        numbers.push_back(number);
        at = static_cast<std::size_t>(end - text.data()) + 1;
    }
    return numbers;
}

std::string rollout_query(std::string_view condition) {
    const auto count = [](std::string_view of) {
        return ", (select count(*) from rollout_routers m join routers r on r.id = m.router_id where m.rollout_id = o.id and " +
               std::string{of} + ")";
    };
    return "select o.id::text, o.name, o.state, s.id::text, s.version, s.architecture, s.size_bytes, o.step, o.percentages::text,"
           " o.most_failed_percent, o.soak_seconds, o.most_at_once, o.stop_reason, (extract(epoch from o.created_at) * "
           "1000000)::bigint,"
           " coalesce(u.name, ''), " +
           unix_ms("o.started_at") + ", " + unix_ms("o.finished_at") + count("m.state = 'pending'") + count("m.state = 'told'") +
           count("m.state = 'succeeded'") + count("m.state = 'failed'") + count("m.state = 'left_out'") +
           count(
               "m.state = 'pending' and m.step <= o.step and not coalesce(r.hub <> '' and r.last_seen_at > now() - interval '60"
               " seconds', false)") +
           count("m.state = 'pending' and m.step <= o.step and is_frozen(r.event_id)") +
           " from rollouts o join software_releases s on s.id = o.release_id left join users u on u.id = o.created_by where "
           "true" +
           std::string{condition};
}

Rollout to_rollout(const pqxx::row& row) {
    return {.id = row[0].as<std::string>(),
            .name = row[1].as<std::string>(),
            .state = to_enum<RolloutState>(states, row[2].as<std::string>()),
            .release = {.id = row[3].as<std::string>(),
                        .version = row[4].as<std::string>(),
                        .architecture = row[5].as<std::string>(),
                        .size_bytes = row[6].as<std::int64_t>()},
            .step = row[7].as<int>(),
            .percentages = to_numbers(row[8].as<std::string>()),
            .most_failed_percent = row[9].as<int>(),
            .soak = Seconds{row[10].as<std::int64_t>()},
            .most_at_once = row[11].as<int>(),
            .stop_reason = row[12].as<std::string>(),
            .created_us = row[13].as<std::int64_t>(),
            .author = row[14].as<std::string>(),
            .started_at = moment(row[15]),
            .finished_at = moment(row[16]),
            .pending = row[17].as<std::int64_t>(),
            .told = row[18].as<std::int64_t>(),
            .succeeded = row[19].as<std::int64_t>(),
            .failed = row[20].as<std::int64_t>(),
            .left_out = row[21].as<std::int64_t>(),
            .offline = row[22].as<std::int64_t>(),
            .frozen = row[23].as<std::int64_t>()};
}

Result<Rollout> load(Transaction& transaction, const std::string& id) {
    const auto rows = transaction.run(rollout_query(" and o.id = $1"), id);
    if (rows.empty()) return failed(Code::NotFound, "no such roll-out");
    return to_rollout(rows[0]);
}

std::string uuids(const std::vector<std::string>& all) {
    ArrayLiteral literal;
    for (const auto& one : all) literal.add(one);
    return literal.text();
}

/// Canaries are step 0; of the rest, in an order of chance, the first percentages[0] per cent are step 1, and so on.
void choose_routers(Transaction& transaction, const std::string& id, const NewRollout& made) {
    const auto& target = made.target;
    transaction.run(
        "insert into rollout_routers (rollout_id, router_id, step)"
        " select $1::uuid, r.id, case when r.id = any($5::uuid[]) then 0 else (select count(*) + 1 from rollouts o,"
        " unnest(o.percentages) as p(percent) where o.id = $1::uuid and p.percent * r.size < r.rank * 100) end"
        " from (select id, row_number() over (partition by id = any($5::uuid[]) order by random()) as rank,"
        " count(*) over (partition by id = any($5::uuid[])) as size from routers where state = 'accepted'"
        " and organisation_id is not null and ($2 or organisation_id = nullif($3, '')::uuid or id = any($4::uuid[]))) r",
        id, target.is_fleet, target.organisation, uuids(target.routers), uuids(made.canaries));
}

Result<Rollout> make(Transaction& transaction, const NewRollout& made) {
    if (transaction.run("select 1 from software_releases where id = $1 and withdrawn_at is null", made.release).empty())
        return failed(Code::NotFound, "no such release");
    ArrayLiteral percentages;
    for (const auto percent : made.percentages) percentages.add(std::int64_t{percent});
    const auto id =
        transaction
            .run(
                "insert into rollouts (release_id, name, percentages, most_failed_percent, soak_seconds, most_at_once,"
                " created_by) values ($1, $2, $3::integer[], $4, $5, $6, nullif($7, '')::uuid) returning id::text",
                made.release, made.name, percentages.text(), made.most_failed_percent, made.soak.count(), made.most_at_once,
                made.actor.user)[0][0]
            .as<std::string>();
    choose_routers(transaction, id, made);
    auto rollout = load(transaction, id);
    if (!rollout) return rollout;
    if (rollout->pending == 0) return failed(Code::Invalid, "no router that is in use is meant");
    const auto canaries =
        transaction.run("select count(*) from rollout_routers where rollout_id = $1 and step = 0", id)[0][0].as<std::size_t>();
    if (canaries != made.canaries.size()) return failed(Code::Invalid, "a canary is not among the routers that are meant");
    write_audit(transaction, {.user = made.actor.user,
                              .address = made.actor.address,
                              .action = "rollout.made",
                              .target = id,
                              .detail = model::Json{{"version", rollout->release.version},
                                                    {"architecture", rollout->release.architecture},
                                                    {"routers", rollout->pending}}
                                            .dump()});
    return rollout;
}

/// Those that wait for the command are pending again, those that have it go on.
void take_back(Transaction& transaction, const std::string& id, std::string_view why) {
    transaction.run(
        "update commands c set state = 'cancelled', detail = $2 from rollout_routers m where m.rollout_id = $1 and m.state = "
        "'told'"
        " and c.id = m.command_id and c.state = 'queued'",
        id, std::string{why});
    transaction.run(
        "update rollout_routers m set state = 'pending', command_id = null, changed_at = now() from commands c"
        " where m.rollout_id = $1 and m.state = 'told' and c.id = m.command_id and c.state = 'cancelled'",
        id);
}

Status set_state(Transaction& transaction, const std::string& id, std::string_view from, std::string_view set) {
    const auto rows = transaction.run("update rollouts set " + std::string{set} + " where id = $1 and state = any($2::text[])",
                                      id, std::string{from});
    if (rows.affected_rows() == 1) return {};
    return failed(Code::Conflict, "The roll-out is not in a state that allows this.");
}

Result<Rollout> move(Transaction& transaction, const std::string& id, RolloutMove move, const Actor& actor) {
    if (transaction.run("select 1 from rollouts where id = $1 for update", id).empty())
        return failed(Code::NotFound, "no such roll-out");
    std::string action;
    Status moved;
    switch (move) {
        case RolloutMove::Start:
            action = "rollout.started";
            moved = set_state(transaction, id, "{draft}", "state = 'running', started_at = now(), step_at = now()");
            break;
        case RolloutMove::Pause:
            action = "rollout.paused";
            moved = set_state(transaction, id, "{running}", "state = 'paused'");
            if (moved) take_back(transaction, id, "the roll-out was paused");
            break;
        case RolloutMove::Resume:
            action = "rollout.resumed";
            moved = set_state(transaction, id, "{paused,stopped}", "state = 'running', stop_reason = ''");
            if (moved)
                transaction.run(
                    "update rollout_routers set state = 'pending', command_id = null, changed_at = now() where rollout_id = $1"
                    " and state = 'failed'",
                    id);
            break;
        case RolloutMove::Cancel:
            action = "rollout.cancelled";
            moved = set_state(transaction, id, "{draft,running,paused,stopped}", "state = 'cancelled', finished_at = now()");
            if (moved) take_back(transaction, id, "the roll-out was cancelled");
            break;
    }
    if (!moved) return std::unexpected{std::move(moved).error()};
    write_audit(transaction, {.user = actor.user, .address = actor.address, .action = action, .target = id, .detail = "{}"});
    return load(transaction, id);
}

}  // namespace

Task<Result<Rollout>> make_rollout(Pool& staff, NewRollout made) {
    const std::function<Result<Rollout>(Transaction&)> body = [made](Transaction& transaction) {
        return make(transaction, made);
    };
    auto rollout = co_await staff.transact<Rollout>({}, body);
    co_return rollout;
}

Task<Result<RolloutPage>> rollouts(Pool& staff, std::optional<std::int64_t> after_us, std::string after_id, int first) {
    const std::function<Result<RolloutPage>(Transaction&)> body = [=](Transaction& transaction) -> Result<RolloutPage> {
        RolloutPage page;
        const auto sql = rollout_query(
            " and ($1::bigint < 0 or ((extract(epoch from o.created_at) * 1000000)::bigint, o.id) <"
            " ($1::bigint, nullif($2, '')::uuid)) order by o.created_at desc, o.id desc limit $3::int");
        for (const auto& row : transaction.run(sql, after_us.value_or(-1), after_id, first + 1))
            page.rows.push_back(to_rollout(row));
        page.has_next = page.rows.size() > static_cast<std::size_t>(first);
        if (page.has_next) page.rows.pop_back();
        return page;
    };
    auto page = co_await staff.transact<RolloutPage>({}, body);
    co_return page;
}

Task<Result<Rollout>> rollout(Pool& staff, std::string id) {
    const std::function<Result<Rollout>(Transaction&)> body = [id](Transaction& transaction) { return load(transaction, id); };
    auto found = co_await staff.transact<Rollout>({}, body);
    co_return found;
}

Task<Result<std::vector<RolloutRouter>>> rollout_routers(Pool& staff, std::string rollout,
                                                         std::optional<RolloutRouterState> state, int first) {
    using Found = std::vector<RolloutRouter>;
    const std::function<Result<Found>(Transaction&)> body = [=](Transaction& transaction) -> Result<Found> {
        Found found;
        for (const auto& row : transaction.run(
                 "select r.id::text, r.name, coalesce(o.name, ''), m.state, m.step, m.attempts, coalesce(c.detail, ''),"
                 " coalesce(r.hub <> '' and r.last_seen_at > now() - interval '60 seconds', false), is_frozen(r.event_id)"
                 " from rollout_routers m join routers r on r.id = m.router_id left join organisations o on o.id = "
                 "r.organisation_id"
                 " left join commands c on c.id = m.command_id where m.rollout_id = $1 and ($2 = '' or m.state = $2)"
                 " order by m.step, r.name, r.id limit $3",
                 rollout, state ? std::string{name_of(*state)} : std::string{}, first))
            found.push_back({.router = row[0].as<std::string>(),
                             .name = row[1].as<std::string>(),
                             .organisation_name = row[2].as<std::string>(),
                             .state = to_enum<RolloutRouterState>(router_states, row[3].as<std::string>()),
                             .step = row[4].as<int>(),
                             .attempts = row[5].as<int>(),
                             .detail = row[6].as<std::string>(),
                             .is_online = row[7].as<bool>(),
                             .is_frozen = row[8].as<bool>()});
        return found;
    };
    auto found = co_await staff.transact<Found>({}, body);
    co_return found;
}

Task<Result<Rollout>> move_rollout(Pool& staff, std::string id, RolloutMove moved, Actor actor) {
    const std::function<Result<Rollout>(Transaction&)> body = [=](Transaction& transaction) {
        return move(transaction, id, moved, actor);
    };
    auto rollout = co_await staff.transact<Rollout>({}, body);
    co_return rollout;
}

Task<Result<std::vector<Settled>>> advance_rollouts(Pool& staff) {
    using Found = std::vector<Settled>;
    const std::function<Result<Found>(Transaction&)> body = [](Transaction& transaction) -> Result<Found> {
        Found found;
        if (!transaction.run("select pg_try_advisory_xact_lock(hashtext('vivi.advance_rollouts'))")[0][0].as<bool>())
            return found;
        for (const auto& rollout :
             transaction.run("select id::text from rollouts where state in ('running', 'paused') order by created_at")) {
            for (const auto& row : transaction.run("select router::text, organisation::text from advance_rollout($1::uuid)",
                                                   rollout[0].as<std::string>()))
                found.push_back({.router = row[0].as<std::string>(), .organisation = row[1].as<std::string>()});
        }
        return found;
    };
    auto found = co_await staff.transact<Found>({}, body);
    co_return found;
}

}  // namespace vivi::db
