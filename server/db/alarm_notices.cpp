// SQL of alarm_notices.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/alarm_notices.hpp"

#include "server/db/arrays.hpp"
#include "server/db/load_account.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr int most_notices = 500;  ///< Of one letter or message: as many alarms.

/// What became needless while it waited: the alarm is over or looked after, the router is no longer in use.
void end_needless(Transaction& transaction) {
    transaction.run(
        "update alarm_notices n set done_at = now(), outcome = 'over' from alarms a join routers r on r.id = a.router_id"
        " where a.id = n.alarm_id and n.done_at is null and n.due_at <= now()"
        " and (a.cleared_at is not null or a.acknowledged_at is not null or r.state <> 'accepted')");
}

/// `taking` is an update of alarm_notices that returns id and alarm_id.
std::string with_alarms(const std::string& taking) {
    return "with taken as (" + taking +
           ") select t.id, a.organisation_id::text, coalesce(r.event_id::text, ''), r.name, a.kind, a.subject, a.id, " +
           unix_ms("a.at") +
           " from taken t join alarms a on a.id = t.alarm_id join routers r on r.id = a.router_id order by a.id desc";
}

std::vector<AlarmNotice> to_notices(const pqxx::result& rows) {
    std::vector<AlarmNotice> notices;
    for (const auto& row : rows)
        notices.push_back({.id = row[0].as<std::int64_t>(),
                           .organisation = row[1].as<std::string>(),
                           .event = row[2].as<std::string>(),
                           .router_name = row[3].as<std::string>(),
                           .kind = row[4].as<std::string>(),
                           .subject = row[5].as<std::string>(),
                           .alarm = row[6].as<std::int64_t>(),
                           .at = from_unix_ms(row[7].as<std::int64_t>())});
    return notices;
}

std::string ids_of(const std::vector<std::int64_t>& ids) {
    ArrayLiteral list;
    for (const auto id : ids) list.add(id);
    return list.text();
}

Task<Status> done(Pool& pool, std::function<Result<bool>(Transaction&)> body) {
    auto ran = co_await pool.transact<bool>({}, std::move(body));
    if (!ran) co_return std::unexpected{std::move(ran).error()};
    co_return Status{};
}

std::string word_of(PushOutcome outcome) {
    switch (outcome) {
        case PushOutcome::Sent: return "sent";
        case PushOutcome::Refused: return "refused";
        case PushOutcome::Failed: return "failed";
    }
    return "failed";
}

// One letter is one transaction, whose time all its notices have.
constexpr std::string_view due_people_sql =
    "select n.user_id::text from alarm_notices n where n.done_at is null and n.subscription_id is null and n.due_at <= now()"
    " and (select count(distinct s.done_at) from alarm_notices s where s.user_id = n.user_id and s.subscription_id is null"
    " and s.outcome = 'sent' and s.done_at > now() - interval '1 hour') < $1"
    " group by n.user_id order by min(n.due_at) limit $2";

constexpr const char* take_letter_sql =
    "update alarm_notices set done_at = now(), outcome = 'sent', tries = tries + 1 where id in (select id from alarm_notices"
    " where user_id = $1 and subscription_id is null and done_at is null and due_at <= now() order by id limit $2)"
    " returning id, alarm_id";

constexpr std::string_view due_browser_sql =
    "select p.id::text, p.user_id::text, p.endpoint, encode(p.public_key, 'hex'), encode(p.secret, 'hex')"
    " from push_subscriptions p where exists (select from alarm_notices n where n.subscription_id = p.id and n.done_at is null"
    " and n.due_at <= now()) limit 1 for update of p skip locked";

constexpr const char* take_push_sql =
    "update alarm_notices set tries = tries + 1, due_at = now() + interval '30 seconds' * power(4, tries) where id in (select id"
    " from alarm_notices where subscription_id = $1 and done_at is null and due_at <= now() order by id limit $2)"
    " returning id, alarm_id";

}  // namespace

Task<Result<std::vector<DueLetter>>> take_letters(Pool& auth, int most) {
    using Letters = std::vector<DueLetter>;
    const std::function<Result<Letters>(Transaction&)> body = [most](Transaction& transaction) -> Result<Letters> {
        Letters letters;
        // Two that count letters at once could both find five.
        if (!transaction.run("select pg_try_advisory_xact_lock(hashtext('vivi.alarm_letters'))")[0][0].as<bool>()) return letters;
        end_needless(transaction);
        for (const auto& row : transaction.run(due_people_sql, most_letters_an_hour, most)) {
            const auto user = row[0].as<std::string>();
            auto account = load_account(transaction, user);
            if (!account) return std::unexpected{std::move(account).error()};
            letters.push_back({.account = *std::move(account),
                               .notices = to_notices(transaction.run(with_alarms(take_letter_sql), user, most_notices))});
        }
        return letters;
    };
    auto letters = co_await auth.transact<Letters>({}, body);
    co_return letters;
}

Task<Result<std::vector<DuePush>>> take_push(Pool& auth) {
    using Pushes = std::vector<DuePush>;
    const std::function<Result<Pushes>(Transaction&)> body = [](Transaction& transaction) -> Result<Pushes> {
        const auto rows = transaction.run(due_browser_sql);
        if (rows.empty()) return Pushes{};
        const auto subscription = rows[0][0].as<std::string>();
        end_needless(transaction);
        transaction.run(
            "update alarm_notices set done_at = now(), outcome = 'failed' where subscription_id = $1 and done_at is null"
            " and due_at <= now() and tries >= $2",
            subscription, most_push_tries);
        auto notices = to_notices(transaction.run(with_alarms(take_push_sql), subscription, most_notices));
        if (notices.empty()) return Pushes{};
        auto account = load_account(transaction, rows[0][1].as<std::string>());
        if (!account) return std::unexpected{std::move(account).error()};
        return Pushes{{.account = *std::move(account),
                       .subscription = subscription,
                       .endpoint = rows[0][2].as<std::string>(),
                       .public_key = rows[0][3].as<std::string>(),
                       .secret = rows[0][4].as<std::string>(),
                       .notices = std::move(notices)}};
    };
    auto pushes = co_await auth.transact<Pushes>({}, body);
    co_return pushes;
}

Task<Status> finish_push(Pool& auth, const DuePush& push, PushOutcome outcome) {
    std::vector<std::int64_t> ids;
    for (const auto& notice : push.notices) ids.push_back(notice.id);
    auto finished = co_await done(
        auth, [list = ids_of(ids), outcome, subscription = push.subscription](Transaction& transaction) -> Result<bool> {
            transaction.run(
                "update alarm_notices set done_at = now(), outcome = $2 where id = any($1::bigint[]) and done_at is null", list,
                word_of(outcome));
            if (outcome == PushOutcome::Sent)
                transaction.run("update push_subscriptions set last_sent_at = now() where id = $1", subscription);
            return true;
        });
    co_return finished;
}

Task<Status> forget_subscription(Pool& auth, std::string subscription) {
    auto forgotten = co_await done(auth, [subscription](Transaction& transaction) -> Result<bool> {
        transaction.run("delete from push_subscriptions where id = $1", subscription);
        return true;
    });
    co_return forgotten;
}

Task<Status> refuse_notices(Pool& auth, std::vector<std::int64_t> ids) {
    auto refused = co_await done(auth, [list = ids_of(ids)](Transaction& transaction) -> Result<bool> {
        transaction.run(
            "update alarm_notices set done_at = coalesce(done_at, now()), outcome = 'refused' where id = any($1::bigint[])",
            list);
        return true;
    });
    co_return refused;
}

}  // namespace vivi::db
