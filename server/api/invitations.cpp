// invitations, inviteMember, resendInvitation, revokeInvitation: the organiser's side.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/runtime/clock.hpp"
#include "server/api/date_time.hpp"
#include "server/api/ids.hpp"
#include "server/api/links.hpp"
#include "server/api/page_info.hpp"
#include "server/api/posting.hpp"
#include "server/api/resolvers.hpp"
#include "server/auth/accounts.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr std::int64_t most_in_a_page = 100;

struct InvitationPage {
    std::vector<db::Invitation> rows{};
    PageInfo info{};
};
struct InvitationPayload {
    std::optional<db::Invitation> invitation{};
    std::optional<std::string> link{};
    bool is_mailed = false;
    std::vector<UserError> errors{};
};

constexpr auto order = db::DeviceSort::LastSeen;  // Its cursor is a moment and an id, which is what this list goes by too.

std::string cursor_of(const db::Invitation& invitation) {
    return to_cursor({.sort = order, .key = std::to_string(invitation.created_us), .id = invitation.id});
}

Resolved refused(UserError error) {
    InvitationPayload payload;
    payload.errors.push_back(std::move(error));
    return Value{Object::make(std::move(payload))};
}
UserError not_there() { return {.code = "NOT_FOUND", .message = "There is no such open invitation.", .field = "id"}; }
UserError too_high() {
    return {.code = "FORBIDDEN", .message = "You may not give a role above your own there.", .field = "role"};
}

db::Inviter inviter_of(const Call& call) {
    return {.user = call.account->user, .name = call.account->name, .address = call.address};
}

/// The uuid of an event's id; empty for none; nothing when it is of another kind.
std::optional<std::string> event_of(const Value& id) {
    if (id.is_null()) return std::string{};
    return parse_id("Event", id.text());
}

Task<Resolved> invitations(const Arguments& arguments, Call& call) {
    const auto first = arguments.get<std::int64_t>("first");
    if (first < 1 || first > most_in_a_page) co_return graphql::field_error("`first` is 1 to 100.", "BAD_USER_INPUT");
    const auto tenant = find_organisation(call, arguments.get<std::string>("organisationId"), auth::Right::Manage);
    const auto event = event_of(arguments["eventId"]);
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    if (!tenant || !event) co_return graphql::field_error("No such organisation.", "NOT_FOUND");
    if (auto allowed = require(call, auth::Right::Manage, {.organisation = tenant->organisation, .event = *event}); !allowed)
        co_return std::unexpected{std::move(allowed).error()};
    db::InvitationQuery query{.first = static_cast<int>(first), .event = *event};
    if (!arguments["after"].is_null()) {
        const auto place = parse_cursor(order, arguments["after"].text());
        if (!place) co_return graphql::field_error("`after` is not a cursor of this list.", "BAD_USER_INPUT");
        query.before_us = std::stoll(place->key);
        query.before_id = place->id;
    }
    auto rows = co_await db::invitations(call.services.pool, *tenant, query);
    if (!rows) co_return std::unexpected{graphql::FieldError{std::move(rows).error()}};
    const bool has_more = static_cast<std::int64_t>(rows->size()) > first;
    if (has_more) rows->pop_back();
    InvitationPage page{.rows = *std::move(rows)};
    page.info = page_info(page.rows, has_more, query.before_us.has_value(), cursor_of);
    co_return Value{Object::make(std::move(page))};
}

/// What the person may read of a refusal; nothing when it is not theirs to put right.
std::optional<UserError> to_user_error(const Error& error) {
    if (error.code == Code::Denied) return too_high();
    if (error.code == Code::NotFound) return not_there();
    if (error.code == Code::Overflow)
        return UserError{.code = "TOO_MANY", .message = "200 invitations are open; revoke some first.", .field = {}};
    return std::nullopt;
}

struct Links {
    auth::Link shown{}, mailed{};
    db::InvitationHashes hashes() const { return {.link = shown.hash, .mail = mailed.hash}; }
};

Resolved answered(Call& call, Result<db::Invitation> made, const Links& links, Language language) {
    if (!made) {
        if (auto problem = to_user_error(made.error())) return refused(*std::move(problem));
        return std::unexpected{graphql::FieldError{std::move(made).error()}};
    }
    const auto& base = call.services.public_url;
    InvitationPayload payload{.invitation = *std::move(made), .link = link_to(base, "invitation", links.shown.token)};
    payload.is_mailed =
        post(call, invitation_letter(language, *payload.invitation, link_to(base, "invitation", links.mailed.token)));
    return Value{Object::make(std::move(payload))};
}

std::string lower_case(std::string_view email) {
    std::string text{email};
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

Task<Resolved> invite_member(const Arguments& arguments, Call& call) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto& input = arguments["input"].fields();
    const auto tenant = find_organisation(call, input["organisationId"].text(), auth::Right::Manage);
    const auto event = event_of(input["eventId"]);
    if (!tenant) co_return refused({.code = "NOT_FOUND", .message = "There is no such organisation.", .field = "organisationId"});
    if (!event) co_return refused({.code = "NOT_FOUND", .message = "There is no such event.", .field = "eventId"});
    if (!may(call, auth::Right::Manage, {.organisation = tenant->organisation, .event = *event})) co_return refused(too_high());
    db::NewInvitation made{.by = inviter_of(call),
                           .event = *event,
                           .email = lower_case(input["email"].text()),
                           .role = static_cast<db::Role>(input["role"].integer()),
                           .lifetime = auth::invitation_lifetime};
    if (!egress::is_mail_address(made.email))
        co_return refused({.code = "INVALID", .message = "This is no e-mail address.", .field = "email"});
    if (made.role == db::Role::Owner && !event->empty())
        co_return refused({.code = "INVALID", .message = "Owners are of the whole organisation.", .field = "role"});
    if (!input["membershipExpiresAt"].is_null()) {
        made.membership_expires_at = parse_date_time(input["membershipExpiresAt"].text());
        if (*made.membership_expires_at <= wall_now())
            co_return refused({.code = "INVALID", .message = "That is in the past.", .field = "membershipExpiresAt"});
    }
    const Links links;
    made.hashes = links.hashes();
    auto invitation = co_await db::create_invitation(call.services.pool, *tenant, made);
    if (!invitation && invitation.error().code == Code::NotFound)
        co_return refused({.code = "NOT_FOUND", .message = "There is no such event.", .field = "eventId"});
    co_return answered(call, std::move(invitation), links, static_cast<Language>(input["language"].integer()));
}

/// The tenant of an invitation that the caller may manage.
Task<std::expected<std::optional<db::Tenant>, graphql::FieldError>> tenant_of(Call& call, const std::string& uuid) {
    const auto all = tenants(call, auth::Right::Manage);
    for (const auto& tenant : all) {
        const auto found = co_await db::invitation(call.services.pool, tenant, uuid);
        if (!found && found.error().code == Code::NotFound) continue;
        if (!found) co_return std::unexpected{graphql::FieldError{found.error()}};
        const auth::Place place{.organisation = tenant.organisation, .event = found->event};
        if (may(call, auth::Right::Manage, place)) co_return std::optional{tenant};
    }
    co_return std::optional<db::Tenant>{};
}

Task<Resolved> resend_invitation(const Arguments& arguments, Call& call) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto& input = arguments["input"].fields();
    const auto uuid = parse_id("Invitation", input["id"].text());
    if (!uuid) co_return refused(not_there());
    const auto tenant = co_await tenant_of(call, *uuid);
    if (!tenant) co_return std::unexpected{tenant.error()};
    if (!*tenant) co_return refused(not_there());
    const Links links;
    auto renewed = co_await db::renew_invitation(call.services.pool, **tenant, inviter_of(call), *uuid, links.hashes(),
                                                 auth::invitation_lifetime);
    co_return answered(call, std::move(renewed), links, static_cast<Language>(input["language"].integer()));
}

Task<Resolved> revoke_invitation(const Arguments& arguments, Call& call) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto uuid = parse_id("Invitation", arguments.get<std::string>("id"));
    if (!uuid) co_return refused(not_there());
    const auto tenant = co_await tenant_of(call, *uuid);
    if (!tenant) co_return std::unexpected{tenant.error()};
    if (!*tenant) co_return refused(not_there());
    auto revoked = co_await db::revoke_invitation(call.services.pool, **tenant, inviter_of(call), *uuid);
    if (!revoked) {
        if (auto problem = to_user_error(revoked.error())) co_return refused(*std::move(problem));
        co_return std::unexpected{graphql::FieldError{std::move(revoked).error()}};
    }
    co_return Value{Object::make(InvitationPayload{.invitation = *std::move(revoked)})};
}

void add_types(graphql::Resolvers& resolvers) {
    resolvers.enumeration<db::InvitationState>("InvitationState", {{db::InvitationState::Open, "OPEN"},
                                                                   {db::InvitationState::Accepted, "ACCEPTED"},
                                                                   {db::InvitationState::Revoked, "REVOKED"},
                                                                   {db::InvitationState::Expired, "EXPIRED"}});
    resolvers.enumeration<Language>("Language", {{Language::English, "EN"}, {Language::French, "FR"}});
    resolvers.of<db::Invitation>("Invitation")
        .field("id", [](const db::Invitation& invitation) { return to_id("Invitation", invitation.id); })
        .field("email", &db::Invitation::email)
        .field("role", &db::Invitation::role)
        .field("eventId",
               [](const db::Invitation& invitation) {
                   return invitation.event.empty() ? Value{} : Value{to_id("Event", invitation.event)};
               })
        .field("state", &db::Invitation::state)
        .field("invitedBy", &db::Invitation::inviter_name)
        .field("createdAt", [](const db::Invitation& invitation) { return to_date_time(invitation.created_at); })
        .field("expiresAt", [](const db::Invitation& invitation) { return to_date_time(invitation.expires_at); })
        .field("membershipExpiresAt", [](const db::Invitation& invitation) {
            return invitation.membership_expires_at ? Value{to_date_time(*invitation.membership_expires_at)} : Value{};
        });
}

}  // namespace

void add_invitations(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "invitations", root(invitations));
    resolvers.batch("Mutation", "inviteMember", root(invite_member));
    resolvers.batch("Mutation", "resendInvitation", root(resend_invitation));
    resolvers.batch("Mutation", "revokeInvitation", root(revoke_invitation));
    add_types(resolvers);
    resolvers.of<InvitationPage>("InvitationConnection")
        .field("edges", [](const InvitationPage& page) { return borrowed_list(page.rows); })
        .field("pageInfo", [](const InvitationPage& page) { return Value{Object::borrowed(page.info)}; });
    resolvers.of<db::Invitation>("InvitationEdge")
        .field("cursor", [](const db::Invitation& row) { return cursor_of(row); })
        .field("node", [](const db::Invitation& row) { return Value{Object::borrowed(row)}; });
    resolvers.of<InvitationPayload>("InvitationPayload")
        .field("invitation",
               [](const InvitationPayload& payload) {
                   return payload.invitation ? Value{Object::borrowed(*payload.invitation)} : Value{};
               })
        .field("link", [](const InvitationPayload& payload) { return Value{payload.link}; })
        .field("isMailed", &InvitationPayload::is_mailed)
        .field("errors", [](const InvitationPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
