// routers, router.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/call.hpp"
#include "server/api/date_time.hpp"
#include "server/api/ids.hpp"
#include "server/api/resolvers.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

enum class LinkState : std::uint8_t { Online, Offline, NeverSeen };

LinkState link_state(const db::Router& router) {
    if (router.is_online) return LinkState::Online;
    return router.has_been_seen ? LinkState::Offline : LinkState::NeverSeen;
}

Task<Resolved> routers(const Arguments&, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto all = tenants(call, auth::Right::See);
    graphql::List list;
    for (const auto& tenant : all) {
        auto found = co_await db::routers(call.services.pool, tenant);
        if (!found) co_return std::unexpected{graphql::FieldError{std::move(found).error()}};
        for (auto& one : *found) {
            if (may(call, auth::Right::See, place_of(one))) list.emplace_back(Object::make(std::move(one)));
        }
    }
    co_return Value{std::move(list)};
}

Task<Resolved> router(const Arguments& arguments, Call& call) {
    auto found = co_await find_router(call, arguments.get<std::string>("id"));
    if (!found) co_return std::unexpected{std::move(found).error()};
    if (!*found) co_return Value{};
    co_return Value{Object::make((*std::move(found))->router)};
}

}  // namespace

void add_routers(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "routers", root(routers));
    resolvers.batch("Query", "router", root(router));
    resolvers.enumeration<LinkState>(
        "LinkState", {{LinkState::Online, "ONLINE"}, {LinkState::Offline, "OFFLINE"}, {LinkState::NeverSeen, "NEVER_SEEN"}});
    resolvers.of<db::Router>("Router")
        .field("id", [](const db::Router& router) { return to_id("Router", router.id); })
        .field("name", &db::Router::name)
        .field("linkState", [](const db::Router& router) { return Value{link_state(router)}; })
        .field("lastSeenAt",
               [](const db::Router& router) { return router.last_seen_at ? Value{to_date_time(*router.last_seen_at)} : Value{}; })
        .field("desiredRevision", &db::Router::desired_revision)
        .field("appliedRevision", &db::Router::applied_revision)
        .field("applyError", &db::Router::apply_error)
        .field("software", &db::Router::software);
}

}  // namespace vivi::api
