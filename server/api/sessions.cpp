// sessions, revokeSession, revokeOtherSessions.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/date_time.hpp"
#include "server/api/ids.hpp"
#include "server/api/resolvers.hpp"
#include "server/api/session_holder.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

/// What is left, after some were ended.
struct SessionsPayload {
    std::vector<db::SessionRow> sessions{};
    std::vector<UserError> errors{};
};

Task<Resolved> sessions(const Arguments&, Call& call) {
    const auto holder = session_holder(call);
    if (!holder) co_return std::unexpected{holder.error()};
    auto found = co_await call.services.logins.sessions(holder->user, holder->token);
    if (!found) co_return std::unexpected{graphql::FieldError{std::move(found).error()}};
    graphql::List list;
    for (auto& session : *found) list.emplace_back(Object::make(std::move(session)));
    co_return Value{std::move(list)};
}

Task<Resolved> payload_of(Call& call, const auth::Logins::Holder& holder, std::vector<UserError> errors) {
    auto left = co_await call.services.logins.sessions(holder.user, holder.token);
    if (!left) co_return std::unexpected{graphql::FieldError{std::move(left).error()}};
    co_return Value{Object::make(SessionsPayload{.sessions = *std::move(left), .errors = std::move(errors)})};
}

Task<Resolved> revoke_session(const Arguments& arguments, Call& call) {
    const auto holder = session_holder(call);
    if (!holder) co_return std::unexpected{holder.error()};
    const auto uuid = parse_id("Session", arguments.get<std::string>("id"));
    auto ended = uuid ? co_await call.services.logins.end_session(*holder, *uuid) : failed(Code::NotFound, "no such session");
    std::vector<UserError> errors;
    if (!ended && ended.error().code == Code::NotFound)
        errors.push_back({.code = "NOT_FOUND", .message = "There is no such session.", .field = "id"});
    else if (!ended)
        co_return std::unexpected{graphql::FieldError{std::move(ended).error()}};
    auto payload = co_await payload_of(call, *holder, std::move(errors));
    co_return payload;
}

Task<Resolved> revoke_other_sessions(const Arguments&, Call& call) {
    const auto holder = session_holder(call);
    if (!holder) co_return std::unexpected{holder.error()};
    if (auto ended = co_await call.services.logins.end_other_sessions(*holder); !ended)
        co_return std::unexpected{graphql::FieldError{std::move(ended).error()}};
    auto payload = co_await payload_of(call, *holder, {});
    co_return payload;
}

}  // namespace

void add_sessions(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "sessions", root(sessions));
    resolvers.batch("Mutation", "revokeSession", root(revoke_session));
    resolvers.batch("Mutation", "revokeOtherSessions", root(revoke_other_sessions));
    resolvers.of<db::SessionRow>("Session")
        .field("id", [](const db::SessionRow& session) { return to_id("Session", session.id); })
        .field("address", &db::SessionRow::address)
        .field("userAgent", &db::SessionRow::user_agent)
        .field("createdAt", [](const db::SessionRow& session) { return to_date_time(session.created_at); })
        .field("lastSeenAt", [](const db::SessionRow& session) { return to_date_time(session.last_seen_at); })
        .field("expiresAt", [](const db::SessionRow& session) { return to_date_time(session.expires_at); })
        .field("isCurrent", &db::SessionRow::is_current);
    resolvers.of<SessionsPayload>("SessionsPayload")
        .field("sessions", [](const SessionsPayload& payload) { return borrowed_list(payload.sessions); })
        .field("errors", [](const SessionsPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
