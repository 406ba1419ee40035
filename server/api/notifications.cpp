// notificationSettings, setNotifications, pushKey, pushSubscriptions, subscribeToPush, unsubscribeFromPush.
// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "server/api/course.hpp"
#include "server/api/date_time.hpp"
#include "server/api/events.hpp"
#include "server/api/ids.hpp"
#include "server/api/refused.hpp"
#include "server/api/session_holder.hpp"
#include "server/db/notification_settings.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

struct NotificationsPayload {
    std::vector<db::NotificationSetting> settings{};
    std::vector<UserError> errors{};
};
struct PushSubscriptionPayload {
    std::optional<db::PushSubscription> subscription{};
    std::vector<UserError> errors{};
};

template <class T>
Value list_of(std::vector<T> values) {
    graphql::List list;
    for (auto& value : values) list.emplace_back(Object::make(std::move(value)));
    return Value{std::move(list)};
}

Task<Resolved> settings(const Arguments& arguments, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto tenant = find_organisation(call, arguments.get<std::string>("organisationId"));
    if (!tenant) co_return graphql::field_error("No such organisation.", "NOT_FOUND");
    auto found = co_await db::notification_settings(call.services.pool, *tenant, (*account)->user);
    if (!found) co_return std::unexpected{FieldError{std::move(found).error()}};
    co_return list_of(*std::move(found));
}

Task<Resolved> set_notifications(const Arguments& arguments, Call& call) {
    const auto holder = session_holder(call);
    if (!holder) co_return std::unexpected{holder.error()};
    const auto& input = arguments["input"].fields();
    const auto tenant = find_organisation(call, input["organisationId"].text());
    if (!tenant) co_return refused<NotificationsPayload>("NOT_FOUND", "There is no such organisation.", "organisationId");
    std::vector<db::NotificationSetting> changed;
    std::set<db::NotificationKind> kinds;
    for (const auto& value : input["settings"].list()) {
        const auto& setting = value.fields();
        changed.push_back({.kind = static_cast<db::NotificationKind>(setting["kind"].integer()),
                           .by_email = setting["email"].boolean(),
                           .by_push = setting["push"].boolean()});
        if (!kinds.insert(changed.back().kind).second)
            co_return refused<NotificationsPayload>("INVALID", "Say each kind once.", "settings");
    }
    auto set = co_await db::set_notifications(call.services.pool, *tenant, actor_of(call), std::move(changed));
    if (!set) co_return std::unexpected{FieldError{std::move(set).error()}};
    co_return Value{Object::make(NotificationsPayload{.settings = *std::move(set)})};
}

Task<Resolved> subscriptions(const Arguments&, Call& call) {
    const auto holder = session_holder(call);
    if (!holder) co_return std::unexpected{holder.error()};
    auto found = co_await call.services.accounts.push_subscriptions(*holder);
    if (!found) co_return std::unexpected{FieldError{std::move(found).error()}};
    co_return list_of(*std::move(found));
}

Task<Resolved> subscribe(const Arguments& arguments, Call& call) {
    const auto holder = session_holder(call);
    if (!holder) co_return std::unexpected{holder.error()};
    if (call.services.push_key.empty())
        co_return refused<PushSubscriptionPayload>("NO_PUSH", "This server sends no push messages.", "endpoint");
    const auto& input = arguments["input"].fields();
    auto made = co_await call.services.accounts.subscribe(*holder, {.endpoint = std::string{input["endpoint"].text()},
                                                                    .p256dh = std::string{input["p256dh"].text()},
                                                                    .auth = std::string{input["auth"].text()},
                                                                    .user_agent = call.user_agent});
    if (!made && made.error().code == Code::Invalid)
        co_return refused<PushSubscriptionPayload>("INVALID", made.error().detail, "input");
    if (!made) co_return std::unexpected{FieldError{std::move(made).error()}};
    co_return Value{Object::make(PushSubscriptionPayload{.subscription = *std::move(made)})};
}

Task<Resolved> unsubscribe(const Arguments& arguments, Call& call) {
    const auto holder = session_holder(call);
    if (!holder) co_return std::unexpected{holder.error()};
    const auto& input = arguments["input"].fields();
    const auto no_such = [] { return refused<PushSubscriptionPayload>("NOT_FOUND", "There is no such subscription.", "input"); };
    std::string id, endpoint;
    if (!input["subscriptionId"].is_null()) {
        const auto uuid = parse_id("PushSubscription", input["subscriptionId"].text());
        if (!uuid) co_return no_such();
        id = *uuid;
    } else {
        endpoint = input["endpoint"].text();
    }
    auto ended = co_await call.services.accounts.unsubscribe(*holder, std::move(id), std::move(endpoint));
    if (!ended && ended.error().code == Code::NotFound) co_return no_such();
    if (!ended) co_return std::unexpected{FieldError{std::move(ended).error()}};
    co_return Value{Object::make(PushSubscriptionPayload{.subscription = *std::move(ended)})};
}

Resolved push_key(const Object&, const Arguments&, graphql::Context& context) {
    const auto& key = context.get<Call>().services.push_key;
    return key.empty() ? Value{} : Value{key};
}

/// https://fcm.googleapis.com/fcm/send/… is fcm.googleapis.com: the rest is a secret.
std::string host_of(const std::string& endpoint) {
    const auto begin = endpoint.find("://") + 3;
    return endpoint.substr(begin, endpoint.find_first_of("/?#", begin) - begin);
}

}  // namespace

void add_notifications(graphql::Resolvers& resolvers) {
    using db::NotificationKind;
    resolvers.batch("Query", "notificationSettings", root(settings));
    resolvers.batch("Query", "pushSubscriptions", root(subscriptions));
    resolvers.property("Query", "pushKey", push_key);
    resolvers.batch("Mutation", "setNotifications", root(set_notifications));
    resolvers.batch("Mutation", "subscribeToPush", root(subscribe));
    resolvers.batch("Mutation", "unsubscribeFromPush", root(unsubscribe));
    resolvers.enumeration<NotificationKind>("NotificationKind", {{NotificationKind::RouterOffline, "ROUTER_OFFLINE"},
                                                                 {NotificationKind::RouterHealth, "ROUTER_HEALTH"},
                                                                 {NotificationKind::Network, "NETWORK"}});
    resolvers.of<db::NotificationSetting>("NotificationSetting")
        .field("kind", &db::NotificationSetting::kind)
        .field("email", &db::NotificationSetting::by_email)
        .field("push", &db::NotificationSetting::by_push);
    resolvers.of<NotificationsPayload>("NotificationsPayload")
        .field("settings", [](const NotificationsPayload& payload) { return borrowed_list(payload.settings); })
        .field("errors", [](const NotificationsPayload& payload) { return borrowed_list(payload.errors); });
    resolvers.of<db::PushSubscription>("PushSubscription")
        .field("id", [](const db::PushSubscription& subscription) { return to_id("PushSubscription", subscription.id); })
        .field("service", [](const db::PushSubscription& subscription) { return host_of(subscription.endpoint); })
        .field("userAgent", &db::PushSubscription::user_agent)
        .field("createdAt", [](const db::PushSubscription& subscription) { return to_date_time(subscription.created_at); })
        .field("lastSentAt",
               [](const db::PushSubscription& subscription) {
                   return subscription.last_sent_at ? Value{to_date_time(*subscription.last_sent_at)} : Value{};
               })
        .field("isCurrent", &db::PushSubscription::is_current);
    resolvers.of<PushSubscriptionPayload>("PushSubscriptionPayload")
        .field("subscription",
               [](const PushSubscriptionPayload& payload) {
                   return payload.subscription ? Value{Object::borrowed(*payload.subscription)} : Value{};
               })
        .field("errors", [](const PushSubscriptionPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
