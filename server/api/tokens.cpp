// apiTokens, createApiToken, revokeApiToken; showLinks, createShowLink, revokeShowLink, openShow, show.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "server/api/connection.hpp"
#include "server/api/date_time.hpp"
#include "server/api/events.hpp"
#include "server/api/refused.hpp"
#include "server/api/resolvers.hpp"
#include "server/api/session_holder.hpp"
#include "server/api/shown.hpp"
#include "server/api/step_up.hpp"
#include "server/auth/cookie.hpp"
#include "server/db/gathered.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr std::size_t longest_name = 63;
constexpr int most_days = 366;

struct TokenPayload {
    std::optional<db::ApiToken> token{};
    std::string secret{};
    std::vector<UserError> errors{};
};
struct LinkPayload {
    std::optional<db::ShowLink> link{};
    std::string secret{};
    std::vector<UserError> errors{};
};
struct OpenPayload {
    std::vector<UserError> errors{};
};

Value time_or_null(const std::optional<WallTime>& at) { return at ? Value{to_date_time(*at)} : Value{}; }
Value text_or_null(const std::string& text) { return text.empty() ? Value{} : Value::borrowed(text); }
bool is_name(const std::string& name) { return !name.empty() && db::clean(name, longest_name) == name; }

auth::Right right_of(db::TokenScope scope) {
    if (scope == db::TokenScope::Manage) return auth::Right::Manage;
    return scope == db::TokenScope::Operate ? auth::Right::Operate : auth::Right::See;
}

/// Owners decide about everybody's tokens, others about their own.
std::string whose(const Call& call, const db::Tenant& tenant) {
    return may(call, auth::Right::Own, auth::Place{.organisation = tenant.organisation}) ? std::string{} : call.account->user;
}

Task<Resolved> tokens(const Arguments& arguments, Call& call) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto tenant = find_organisation(call, arguments.get<std::string>("organisationId"));
    if (!tenant) co_return graphql::field_error("No such organisation.", "NOT_FOUND");
    auto found = co_await db::tokens(call.services.pool, *tenant, whose(call, *tenant));
    if (!found) co_return std::unexpected{FieldError{std::move(found).error()}};
    graphql::List list;
    for (auto& token : *found) list.emplace_back(Object::make(std::move(token)));
    co_return Value{std::move(list)};
}

Task<Resolved> create_token(const Arguments& arguments, Call& call) {
    const auto holder = session_holder(call);
    if (!holder) co_return std::unexpected{holder.error()};
    const auto& input = arguments["input"].fields();
    const auto tenant = find_organisation(call, input["organisationId"].text());
    if (!tenant) co_return refused<TokenPayload>("NOT_FOUND", "There is no such organisation.", "organisationId");
    auth::Place place{.organisation = tenant->organisation};
    if (!input["eventId"].is_null()) {
        const auto event = parse_id("Event", input["eventId"].text());
        if (!event) co_return refused<TokenPayload>("NOT_FOUND", "There is no such event.", "eventId");
        place.event = *event;
    }
    const auto scope = input["scope"].as<db::TokenScope>();
    if (!may(call, auth::Right::See, place)) co_return refused<TokenPayload>("NOT_FOUND", "There is no such event.", "eventId");
    if (!may(call, right_of(scope), place))
        co_return refused<TokenPayload>("FORBIDDEN", "A token may not do more than its user.", "scope");
    if (!is_name(std::string{input["name"].text()}))
        co_return refused<TokenPayload>("INVALID", "The name has 1 to 63 bytes.", "name");
    const auto days = input["days"].as<int>();
    if (days < 1 || days > most_days) co_return refused<TokenPayload>("INVALID", "It lasts 1 to 366 days.", "days");
    if (auto proven = co_await require_step_up(call); !proven) co_return std::unexpected{std::move(proven).error()};

    TokenPayload payload{.secret = auth::new_api_token()};
    auto made = co_await db::create_token(call.services.pool, *tenant,
                                          {.event = place.event,
                                           .user = holder->user,
                                           .name = std::string{input["name"].text()},
                                           .scope = scope,
                                           .token_hash = auth::hash_of(payload.secret),
                                           .lifetime = Seconds{std::int64_t{days} * 86'400},
                                           .address = call.address});
    if (!made && made.error().code == Code::NotFound)
        co_return refused<TokenPayload>("NOT_FOUND", "There is no such event.", "eventId");
    if (!made) co_return std::unexpected{FieldError{std::move(made).error()}};
    payload.token = *std::move(made);
    payload.token->email = holder->email;
    co_return Value{Object::make(std::move(payload))};
}

Task<Resolved> revoke_token(const Arguments& arguments, Call& call) {
    const auto holder = session_holder(call);
    if (!holder) co_return std::unexpected{holder.error()};
    const auto uuid = parse_id("ApiToken", arguments["input"].fields()["tokenId"].text());
    const auto all = tenants(call, auth::Right::Show);
    for (const auto& tenant : all) {
        if (!uuid) break;
        auto revoked = co_await db::revoke_token(call.services.pool, tenant, *uuid, whose(call, tenant),
                                                 {.user = holder->user, .address = call.address});
        if (revoked) co_return Value{Object::make(TokenPayload{.token = *std::move(revoked)})};
        if (revoked.error().code != Code::NotFound) co_return std::unexpected{FieldError{std::move(revoked).error()}};
    }
    co_return refused<TokenPayload>("NOT_FOUND", "There is no such token.", "tokenId");
}

Task<Resolved> links(const Arguments& arguments, Call& call) {
    auto found = co_await find_event(call, arguments.get<std::string>("eventId"));
    if (!found) co_return std::unexpected{std::move(found).error()};
    if (!*found) co_return graphql::field_error("No such event.", "NOT_FOUND");
    if (auto allowed = require(call, auth::Right::Manage, place_of((*found)->event)); !allowed)
        co_return std::unexpected{std::move(allowed).error()};
    auto rows = co_await db::show_links(call.services.pool, (*found)->tenant, (*found)->event.id);
    if (!rows) co_return std::unexpected{FieldError{std::move(rows).error()}};
    graphql::List list;
    for (auto& link : *rows) list.emplace_back(Object::make(std::move(link)));
    co_return Value{std::move(list)};
}

Task<Resolved> create_link(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    const auto found = co_await find_event(call, std::string{input["eventId"].text()});
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return refused<LinkPayload>("NOT_FOUND", "There is no such event.", "eventId");
    if (auto allowed = require(call, auth::Right::Manage, place_of((*found)->event)); !allowed)
        co_return std::unexpected{std::move(allowed).error()};
    if (!is_name(std::string{input["name"].text()}))
        co_return refused<LinkPayload>("INVALID", "The name has 1 to 63 bytes.", "name");
    LinkPayload payload{.secret = auth::new_token()};
    auto made = co_await db::create_show_link(call.services.pool, (*found)->tenant,
                                              {.event = (*found)->event.id,
                                               .name = std::string{input["name"].text()},
                                               .token_hash = auth::hash_of(payload.secret),
                                               .by = {.user = call.account->user, .address = call.address}});
    if (!made && made.error().code == Code::NotFound)
        co_return refused<LinkPayload>("NOT_FOUND", "The event has ended.", "eventId");
    if (!made) co_return std::unexpected{FieldError{std::move(made).error()}};
    payload.link = *std::move(made);
    co_return Value{Object::make(std::move(payload))};
}

Task<Resolved> revoke_link(const Arguments& arguments, Call& call) {
    const auto uuid = parse_id("ShowLink", arguments["input"].fields()["linkId"].text());
    const auto places = call.account ? auth::places(*call.account, auth::Right::Manage) : std::vector<auth::Place>{};
    for (const auto& place : places) {
        if (!uuid) break;
        auto revoked = co_await db::revoke_show_link(call.services.pool, {place.organisation}, *uuid, place.event,
                                                     {.user = call.account->user, .address = call.address});
        if (revoked) co_return Value{Object::make(LinkPayload{.link = *std::move(revoked)})};
        if (revoked.error().code != Code::NotFound) co_return std::unexpected{FieldError{std::move(revoked).error()}};
    }
    co_return refused<LinkPayload>("NOT_FOUND", "There is no such link.", "linkId");
}

Task<Resolved> open_show(const Arguments& arguments, Call& call) {
    auto shown = co_await call.services.tokens.exchange(std::string{arguments["input"].fields()["token"].text()});
    if (!shown && shown.error().code == Code::NotFound)
        co_return refused<OpenPayload>("NOT_FOUND", "This link has ended.", "token");
    if (!shown) co_return std::unexpected{FieldError{std::move(shown).error()}};
    call.cookies.push_back(auth::set_show_cookie(shown->token, shown->pass.lifetime));
    call.show = auth::Place{.organisation = shown->pass.organisation, .event = shown->pass.event};
    call.show_link = std::move(shown->pass.link);
    call.show_token = std::move(shown->token);
    co_return Value{Object::make(OpenPayload{})};
}

Task<Resolved> show(const Arguments& arguments, Call& call) {
    auto shown = co_await find_board(call, arguments.get<std::optional<std::string>>("eventId"));
    if (!shown) co_return std::unexpected{std::move(shown).error()};
    if (!*shown) co_return Value{};
    co_return Value{Object::make((*std::move(shown))->board)};
}

}  // namespace

Task<std::expected<std::optional<ShownBoard>, FieldError>> find_board(Call& call, std::optional<std::string> event_id) {
    using Shown = std::optional<ShownBoard>;
    std::vector<auth::Place> places;
    if (event_id) {
        const auto event = parse_id("Event", *event_id);
        for (const auto& tenant : tenants(call, auth::Right::Show))
            if (event) places.push_back({.organisation = tenant.organisation, .event = *event});
        if (event && call.show && call.show->event == *event) places.push_back(*call.show);
    } else if (call.show) {
        places.push_back(*call.show);
    }
    std::erase_if(places, [&](const auth::Place& place) { return !may(call, auth::Right::Show, place); });
    for (const auto& place : places) {
        auto board = co_await db::show_board(call.services.pool, {place.organisation}, place.event);
        if (board) co_return Shown{ShownBoard{.place = place, .board = *std::move(board)}};
        if (board.error().code != Code::NotFound) co_return std::unexpected{FieldError{std::move(board).error()}};
    }
    co_return Shown{};
}

void add_tokens(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "apiTokens", root(tokens));
    resolvers.batch("Mutation", "createApiToken", root(create_token));
    resolvers.batch("Mutation", "revokeApiToken", root(revoke_token));
    resolvers.enumeration<db::TokenScope>(
        "TokenScope", {{db::TokenScope::Read, "READ"}, {db::TokenScope::Operate, "OPERATE"}, {db::TokenScope::Manage, "MANAGE"}});
    resolvers.of<db::ApiToken>("ApiToken")
        .field("id", [](const db::ApiToken& token) { return to_id("ApiToken", token.id); })
        .field("name", &db::ApiToken::name)
        .field("scope", &db::ApiToken::scope)
        .field("email", &db::ApiToken::email)
        .field("eventId",
               [](const db::ApiToken& token) { return token.event.empty() ? Value{} : Value{to_id("Event", token.event)}; })
        .field("createdAt", [](const db::ApiToken& token) { return to_date_time(token.created_at); })
        .field("expiresAt", [](const db::ApiToken& token) { return to_date_time(token.expires_at); })
        .field("lastUsedAt", [](const db::ApiToken& token) { return time_or_null(token.last_used_at); })
        .field("revokedAt", [](const db::ApiToken& token) { return time_or_null(token.revoked_at); });
    resolvers.of<TokenPayload>("ApiTokenPayload")
        .field("token", [](const TokenPayload& payload) { return borrowed_or_null(payload.token); })
        .field("secret", [](const TokenPayload& payload) { return text_or_null(payload.secret); })
        .field("errors", [](const TokenPayload& payload) { return borrowed_list(payload.errors); });
}

void add_shows(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "showLinks", root(links));
    resolvers.batch("Query", "show", root(show));
    resolvers.batch("Mutation", "createShowLink", root(create_link));
    resolvers.batch("Mutation", "revokeShowLink", root(revoke_link));
    resolvers.batch("Mutation", "openShow", root(open_show));
    resolvers.of<db::ShowLink>("ShowLink")
        .field("id", [](const db::ShowLink& link) { return to_id("ShowLink", link.id); })
        .field("name", &db::ShowLink::name)
        .field("eventId", [](const db::ShowLink& link) { return to_id("Event", link.event); })
        .field("createdAt", [](const db::ShowLink& link) { return to_date_time(link.created_at); })
        .field("revokedAt", [](const db::ShowLink& link) { return time_or_null(link.revoked_at); });
    resolvers.of<LinkPayload>("ShowLinkPayload")
        .field("link", [](const LinkPayload& payload) { return borrowed_or_null(payload.link); })
        .field("secret", [](const LinkPayload& payload) { return text_or_null(payload.secret); })
        .field("errors", [](const LinkPayload& payload) { return borrowed_list(payload.errors); });
    resolvers.of<OpenPayload>("OpenShowPayload").field("errors", [](const OpenPayload& payload) {
        return borrowed_list(payload.errors);
    });
    resolvers.of<db::ShowBoard>("ShowBoard")
        .field("eventName", &db::ShowBoard::event_name)
        .field("routerCount", &db::ShowBoard::routers)
        .field("routersOnline", &db::ShowBoard::routers_online)
        .field("deviceCount", &db::ShowBoard::devices)
        .field("devicesOnline", &db::ShowBoard::devices_online)
        .field("bytesUp", &db::ShowBoard::bytes_up)
        .field("bytesDown", &db::ShowBoard::bytes_down)
        .field("rateUp", &db::ShowBoard::rate_up)
        .field("rateDown", &db::ShowBoard::rate_down);
}

}  // namespace vivi::api
