// Resolvers of an event's course, and of one's own account. Part of resolvers.hpp's list.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/call.hpp"
#include "server/db/events.hpp"
#include "server/graphql/resolvers.hpp"

namespace vivi::api {

/// The ids of the routers that are in the event now.
Task<std::expected<std::vector<std::string>, graphql::FieldError>> routers_of(Call& call, const db::Event& event);

void add_blocked_names(graphql::Resolvers& resolvers);   ///< Router.recentlyBlocked, Event.recentlyBlocked
void add_new_names(graphql::Resolvers& resolvers);       ///< Router.newNames, Event.newNames
void add_pools(graphql::Resolvers& resolvers);           ///< Router.pools
void add_policy_trial(graphql::Resolvers& resolvers);    ///< policyTrial
void add_router_changes(graphql::Resolvers& resolvers);  ///< routerChanged
void add_show_changes(graphql::Resolvers& resolvers);    ///< showChanged
void add_own_account(graphql::Resolvers& resolvers);     ///< updateMe, changeEmail, verifyEmail, confirmEmail
void add_notifications(graphql::Resolvers& resolvers);   ///< notificationSettings, setNotifications, push subscriptions
void add_timeline(graphql::Resolvers& resolvers);        ///< Event.timeline, Event.counts, addEventNote

}  // namespace vivi::api
