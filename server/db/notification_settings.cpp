// SQL of notification_settings.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/notification_settings.hpp"

#include <algorithm>

#include "server/db/revisions.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

using Settings = std::vector<NotificationSetting>;

Settings read_settings(Transaction& transaction, const std::string& user) {
    Settings settings;
    for (const auto kind : notification_kinds) settings.push_back({.kind = kind});
    const auto rows = transaction.run(
        "select kind, by_email, by_push from notification_settings where organisation_id = current_organisation()"
        " and user_id = $1",
        user);
    for (const auto& row : rows) {
        const auto word = row[0].as<std::string>();
        const auto of_kind = std::ranges::find_if(settings, [&](const auto& setting) { return to_text(setting.kind) == word; });
        if (of_kind == settings.end()) continue;
        of_kind->by_email = row[1].as<bool>();
        of_kind->by_push = row[2].as<bool>();
    }
    return settings;
}

}  // namespace

std::string_view to_text(NotificationKind kind) noexcept {
    switch (kind) {
        case NotificationKind::RouterOffline: return "router_offline";
        case NotificationKind::RouterHealth: return "router_health";
        case NotificationKind::Network: return "network";
    }
    return "network";
}

Task<Result<Settings>> notification_settings(Pool& api, Tenant tenant, std::string user) {
    const std::function<Result<Settings>(Transaction&)> body = [user](Transaction& transaction) -> Result<Settings> {
        return read_settings(transaction, user);
    };
    auto settings = co_await api.transact<Settings>(std::move(tenant), body);
    co_return settings;
}

Task<Result<Settings>> set_notifications(Pool& api, Tenant tenant, Actor of, Settings changed) {
    const std::function<Result<Settings>(Transaction&)> body = [of, changed](Transaction& transaction) -> Result<Settings> {
        model::Json detail = model::Json::object();
        for (const auto& setting : changed) {
            const std::string kind{to_text(setting.kind)};
            transaction.run(
                "insert into notification_settings (organisation_id, user_id, kind, by_email, by_push)"
                " values (current_organisation(), $1, $2, $3, $4) on conflict (organisation_id, user_id, kind)"
                " do update set by_email = excluded.by_email, by_push = excluded.by_push",
                of.user, kind, setting.by_email, setting.by_push);
            detail[kind] = {{"email", setting.by_email}, {"push", setting.by_push}};
        }
        write_audit(transaction, {.user = of.user,
                                  .address = of.address,
                                  .action = "user.notifications_set",
                                  .target = of.user,
                                  .detail = detail.dump()});
        return read_settings(transaction, of.user);
    };
    auto settings = co_await api.transact<Settings>(std::move(tenant), body);
    co_return settings;
}

}  // namespace vivi::db
