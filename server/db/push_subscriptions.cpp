// SQL of push_subscriptions.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/push_subscriptions.hpp"

#include "server/db/auth_audit.hpp"
#include "server/db/gathered.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

/// $1 is the hash of the session that asks.
std::string columns() {
    return "id::text, endpoint, user_agent, " + unix_ms("created_at") + ", " + unix_ms("last_sent_at") +
           ", session_id is not distinct from (select id from sessions where token_hash = decode($1, 'hex'))"
           " and session_id is not null";
}

PushSubscription to_subscription(const pqxx::row& row) {
    PushSubscription subscription{.id = row[0].as<std::string>(),
                                  .endpoint = row[1].as<std::string>(),
                                  .user_agent = row[2].as<std::string>(),
                                  .created_at = from_unix_ms(row[3].as<std::int64_t>()),
                                  .is_current = row[5].as<bool>()};
    if (!row[4].is_null()) subscription.last_sent_at = from_unix_ms(row[4].as<std::int64_t>());
    return subscription;
}

}  // namespace

Task<Result<PushSubscription>> subscribe(Pool& auth, NewPushSubscription made) {
    const std::function<Result<PushSubscription>(Transaction&)> body =
        [made](Transaction& transaction) -> Result<PushSubscription> {
        const auto rows = transaction.run(
            "insert into push_subscriptions (user_id, session_id, endpoint, public_key, secret, user_agent)"
            " values ($2, (select id from sessions where token_hash = decode($1, 'hex')), $3, decode($4, 'hex'),"
            " decode($5, 'hex'), $6) on conflict (endpoint) do update set user_id = excluded.user_id,"
            " session_id = excluded.session_id, public_key = excluded.public_key, secret = excluded.secret,"
            " user_agent = excluded.user_agent, created_at = now(), last_sent_at = null returning " +
                columns(),
            made.session_hash, made.user, made.endpoint, made.public_key, made.secret, clean(made.user_agent, 300));
        // What was still to be sent to somebody else there is not for these eyes.
        transaction.run(
            "update alarm_notices set done_at = now(), outcome = 'over'"
            " where subscription_id = $1 and user_id <> $2 and done_at is null",
            rows[0][0].as<std::string>(), made.user);
        transaction.run(
            "delete from push_subscriptions where id in (select id from push_subscriptions where user_id = $1"
            " order by created_at desc, id offset $2)",
            made.user, most_push_subscriptions);
        audit_account(transaction, made.user, "user.push_subscribed", rows[0][0].as<std::string>(), made.address);
        return to_subscription(rows[0]);
    };
    auto subscription = co_await auth.transact<PushSubscription>({}, body);
    co_return subscription;
}

Task<Result<PushSubscription>> unsubscribe(Pool& auth, EndedSubscription ended) {
    const std::function<Result<PushSubscription>(Transaction&)> body =
        [ended](Transaction& transaction) -> Result<PushSubscription> {
        const auto rows = transaction.run(
            "delete from push_subscriptions where user_id = $2"
            " and (id = nullif($3, '')::uuid or ($3 = '' and endpoint = $4)) returning " +
                columns(),
            ended.session_hash, ended.user, ended.id, ended.endpoint);
        if (rows.empty()) return failed(Code::NotFound, "no such subscription");
        audit_account(transaction, ended.user, "user.push_unsubscribed", rows[0][0].as<std::string>(), ended.address);
        return to_subscription(rows[0]);
    };
    auto subscription = co_await auth.transact<PushSubscription>({}, body);
    co_return subscription;
}

Task<Result<std::vector<PushSubscription>>> push_subscriptions(Pool& auth, std::string user, std::string session_hash) {
    using Found = std::vector<PushSubscription>;
    const std::function<Result<Found>(Transaction&)> body = [user, session_hash](Transaction& transaction) -> Result<Found> {
        Found found;
        for (const auto& row : transaction.run("select " + columns() +
                                                   " from push_subscriptions where user_id = $2"
                                                   " order by created_at desc, id limit $3",
                                               session_hash, user, most_push_subscriptions))
            found.push_back(to_subscription(row));
        return found;
    };
    auto found = co_await auth.transact<Found>({}, body);
    co_return found;
}

}  // namespace vivi::db
