// organisations, organisation, its members; changeMember, removeMember, leaveOrganisation, handOverOwnership.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/members.hpp"

#include <algorithm>

#include "server/api/connection.hpp"
#include "server/api/date_time.hpp"
#include "server/api/resolvers.hpp"
#include "server/api/step_up.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr char members_list = 'm';
constexpr int most_members = 100;

struct Members {
    bool has_previous = false;
    db::MemberPage page{};
};
struct MemberPayload {
    std::optional<db::Member> member{};
    std::vector<UserError> errors{};
};
struct LeavePayload {
    std::vector<UserError> errors{};
};

std::string cursor_of(const db::Member& member) {
    return to_cursor(members_list, UuidPlace{.at_us = member.created_us, .id = member.id});
}

/// Copies: the account may be another before the response is written.
std::vector<db::Membership> organisations_of(const Call& call) {
    std::vector<db::Membership> found;
    for (const auto& tenant : tenants(call, auth::Right::Show)) {
        const auto membership = std::ranges::find(call.account->memberships, tenant.organisation, &db::Membership::organisation);
        found.push_back(*membership);
    }
    return found;
}

Task<Resolved> organisations(const Arguments&, Call& call) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    graphql::List list;
    for (auto& one : organisations_of(call)) list.emplace_back(Object::make(std::move(one)));
    co_return Value{std::move(list)};
}

Task<Resolved> organisation(const Arguments& arguments, Call& call) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto uuid = parse_id("Organisation", arguments.get<std::string>("id"));
    for (auto& one : organisations_of(call))
        if (uuid && one.organisation == *uuid) co_return Value{Object::make(std::move(one))};
    co_return Value{};
}

Task<Resolved> members_of(Call& call, const db::Membership& parent, const Arguments& arguments) {
    const auto place = uuid_place_of(arguments, members_list, most_members);
    if (!place) co_return std::unexpected{place.error()};
    db::MemberQuery query{.first = arguments.get<int>("first")};
    if (const auto event = arguments.get<std::optional<std::string>>("eventId")) {
        const auto uuid = parse_id("Event", *event);
        if (!uuid) co_return graphql::field_error("No such event.", "NOT_FOUND");
        query.event = *uuid;
    }
    if (auto allowed = require(call, auth::Right::Manage, {.organisation = parent.organisation, .event = query.event}); !allowed)
        co_return std::unexpected{std::move(allowed).error()};
    if (*place) {
        query.after_us = (*place)->at_us;
        query.after_id = (*place)->id;
    }
    auto page = co_await db::members(call.services.pool, {parent.organisation}, query);
    if (!page) co_return std::unexpected{FieldError{std::move(page).error()}};
    co_return Value{Object::make(Members{.has_previous = place->has_value(), .page = *std::move(page)})};
}

struct FoundMember {
    db::Tenant tenant{};
    db::Member member{};
};
/// A member the caller may decide about; otherwise it looks as if there were none.
Task<std::expected<std::optional<FoundMember>, FieldError>> find_member(Call& call, std::string id, auth::Right right) {
    using Found = std::optional<FoundMember>;
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto uuid = parse_id("Member", id);
    if (!uuid) co_return Found{};
    const auto all = tenants(call, right);
    for (const auto& tenant : all) {
        auto member = co_await db::member(call.services.pool, tenant, *uuid);
        if (!member && member.error().code == Code::NotFound) continue;
        if (!member) co_return std::unexpected{FieldError{std::move(member).error()}};
        if (!may(call, right, auth::Place{.organisation = tenant.organisation, .event = member->event})) co_return Found{};
        co_return Found{FoundMember{.tenant = tenant, .member = *std::move(member)}};
    }
    co_return Found{};
}

std::optional<UserError> to_user_error(const Error& error, std::string field) {
    switch (error.code) {
        case Code::NotFound:
            return UserError{.code = "NOT_FOUND", .message = "There is no such member.", .field = std::move(field)};
        case Code::Denied: return UserError{.code = "FORBIDDEN", .message = error.detail, .field = std::move(field)};
        case Code::Conflict: return UserError{.code = "LAST_OWNER", .message = error.detail, .field = std::move(field)};
        default: return std::nullopt;
    }
}

Resolved payload_of(Result<db::Member> decided) {
    if (decided) return Value{Object::make(MemberPayload{.member = *std::move(decided)})};
    auto problem = to_user_error(decided.error(), "memberId");
    if (!problem) return std::unexpected{FieldError{std::move(decided).error()}};
    return Value{Object::make(MemberPayload{.errors = {*std::move(problem)}})};
}
Resolved no_such_member() { return payload_of(failed(Code::NotFound, "")); }

db::Actor actor(const Call& call) { return {.user = call.account->user, .address = call.address}; }

Task<Resolved> change(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    const auto found = co_await find_member(call, std::string{input["memberId"].text()}, auth::Right::Manage);
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return no_such_member();
    db::MemberChange change{.id = (*found)->member.id, .has_expiry = input.has("expiresAt"), .by = actor(call)};
    if (!input["role"].is_null()) change.role = input["role"].as<db::Role>();
    if (!input["expiresAt"].is_null()) change.expires_at = parse_date_time(input["expiresAt"].text());
    auto changed = co_await db::change_member(call.services.pool, (*found)->tenant, std::move(change));
    co_return payload_of(std::move(changed));
}

Task<Resolved> remove(const Arguments& arguments, Call& call) {
    const auto id = std::string{arguments["input"].fields()["memberId"].text()};
    const auto found = co_await find_member(call, id, auth::Right::Manage);
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return no_such_member();
    auto removed = co_await db::remove_member(call.services.pool, (*found)->tenant, (*found)->member.id, actor(call));
    co_return payload_of(std::move(removed));
}

Task<Resolved> hand_over(const Arguments& arguments, Call& call) {
    const auto id = std::string{arguments["input"].fields()["memberId"].text()};
    const auto found = co_await find_member(call, id, auth::Right::Own);
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return no_such_member();
    if (auto proven = co_await require_step_up(call); !proven) co_return std::unexpected{std::move(proven).error()};
    auto changed = co_await db::hand_over(call.services.pool, (*found)->tenant, (*found)->member.id, actor(call));
    co_return payload_of(std::move(changed));
}

Task<Resolved> leave(const Arguments& arguments, Call& call) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto tenant = find_organisation(call, arguments["input"].fields()["organisationId"].text(), auth::Right::Show);
    LeavePayload payload;
    if (!tenant) {
        payload.errors.push_back({.code = "NOT_FOUND", .message = "There is no such organisation.", .field = "organisationId"});
        co_return Value{Object::make(std::move(payload))};
    }
    if (auto left = co_await db::leave_organisation(call.services.pool, *tenant, actor(call)); !left) {
        auto problem = to_user_error(left.error(), "organisationId");
        if (!problem) co_return std::unexpected{FieldError{std::move(left).error()}};
        payload.errors.push_back(*std::move(problem));
    }
    co_return Value{Object::make(std::move(payload))};
}

}  // namespace

void add_members(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "organisations", root(organisations));
    resolvers.batch("Query", "organisation", root(organisation));
    resolvers.batch("Organisation", "members", each<db::Membership>(members_of));
    resolvers.batch("Mutation", "changeMember", root(change));
    resolvers.batch("Mutation", "removeMember", root(remove));
    resolvers.batch("Mutation", "leaveOrganisation", root(leave));
    resolvers.batch("Mutation", "handOverOwnership", root(hand_over));
    add_connection<Members, db::Member>(resolvers, "Member", cursor_of);
    resolvers.of<db::Member>("Member")
        .field("id", [](const db::Member& member) { return to_id("Member", member.id); })
        .field("userId", [](const db::Member& member) { return to_id("User", member.user); })
        .field("email", &db::Member::email)
        .field("name", &db::Member::name)
        .field("role", &db::Member::role)
        .field("eventId",
               [](const db::Member& member) { return member.event.empty() ? Value{} : Value{to_id("Event", member.event)}; })
        .field("createdAt", [](const db::Member& member) { return to_date_time(from_unix_ms(member.created_us / 1'000)); })
        .field("expiresAt",
               [](const db::Member& member) { return member.expires_at ? Value{to_date_time(*member.expires_at)} : Value{}; })
        .field("hasEnded", &db::Member::has_ended);
    resolvers.of<MemberPayload>("MemberPayload")
        .field("member", [](const MemberPayload& payload) { return borrowed_or_null(payload.member); })
        .field("errors", [](const MemberPayload& payload) { return borrowed_list(payload.errors); });
    resolvers.of<LeavePayload>("LeaveOrganisationPayload").field("errors", [](const LeavePayload& payload) {
        return borrowed_list(payload.errors);
    });
}

}  // namespace vivi::api
