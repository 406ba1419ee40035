// Router.contact, setContact.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/contacts.hpp"

#include <algorithm>

#include "server/api/call.hpp"
#include "server/api/events.hpp"
#include "server/api/refused.hpp"
#include "server/api/resolvers.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr std::size_t most_routers = 100;

struct ContactPayload {
    std::vector<db::Router> routers{};
    std::vector<UserError> errors{};
};

Task<std::vector<Resolved>> contacts_of(std::span<const Object> parents, const Arguments&, graphql::Context& context) {
    std::map<std::string, std::vector<std::string>> routers_by_organisation;
    for (const auto& parent : parents) {
        const auto& router = parent.as<db::Router>();
        routers_by_organisation[router.organisation].push_back(router.id);
    }
    std::map<std::string, std::string> all;
    for (auto& [organisation, routers] : routers_by_organisation) {
        auto found = co_await db::contacts(context.get<Call>().services.pool, {organisation}, std::move(routers));
        if (!found) co_return std::vector<Resolved>(parents.size(), std::unexpected{FieldError{found.error()}});
        all.merge(*found);
    }
    std::vector<Resolved> values;
    for (const auto& parent : parents) {
        const auto contact = all.find(parent.as<db::Router>().id);
        values.emplace_back(Value{contact == all.end() ? std::string{} : contact->second});
    }
    co_return values;
}

using Found = std::expected<std::vector<FoundRouter>, UserError>;

/// The routers of the input, once the caller may change every one of them.
Task<std::expected<Found, FieldError>> routers_of(Call& call, const graphql::List& ids) {
    const auto bad = [](std::string code, std::string message, std::size_t at) {
        return Found{
            std::unexpect,
            UserError{.code = std::move(code), .message = std::move(message), .field = "routerIds/" + std::to_string(at)}};
    };
    if (ids.size() > most_routers) co_return bad("INVALID", "At most 100 routers at once.", most_routers);
    Found routers;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        auto found = co_await find_router(call, std::string{ids[i].text()});
        if (!found) co_return std::unexpected{std::move(found).error()};
        if (!*found) co_return bad("NOT_FOUND", "There is no such router.", i);
        if (!may(call, auth::Right::Manage, place_of((*found)->router)))
            co_return bad("FORBIDDEN", "Your role may not change configurations.", i);
        routers->push_back(**std::move(found));
    }
    co_return routers;
}

Task<Resolved> set_contact(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    auto routers = co_await routers_of(call, input["routerIds"].list());
    if (!routers) co_return std::unexpected{std::move(routers).error()};
    if (!*routers) co_return refused<ContactPayload>(std::move(*routers).error());
    std::vector<db::NewRevision> revisions;
    ContactPayload payload;
    for (const auto& [tenant, router] : **routers) {
        auto changed = co_await db::set_contact(
            call.services.pool, tenant,
            {.router = router.id, .contact = std::string{input["contact"].text()}, .actor = actor_of(call)});
        if (!changed && changed.error().code == Code::Invalid) {
            payload.errors.push_back(
                {.code = "INVALID", .message = "It must be one line of at most 120 characters.", .field = "contact"});
            break;
        }
        if (!changed) co_return std::unexpected{FieldError{std::move(changed).error()}};
        if (*changed) revisions.push_back(**std::move(changed));
        auto after = co_await db::router(call.services.pool, tenant, router.id);
        if (!after) co_return std::unexpected{FieldError{std::move(after).error()}};
        payload.routers.push_back(*std::move(after));
    }
    co_await announce_all(call, std::move(revisions));
    co_return Value{Object::make(std::move(payload))};
}

}  // namespace

void add_contacts(graphql::Resolvers& resolvers) {
    resolvers.batch("Router", "contact", contacts_of);
    resolvers.batch("Mutation", "setContact", root(set_contact));
    resolvers.of<ContactPayload>("SetContactPayload")
        .field("routers", [](const ContactPayload& payload) { return borrowed_list(payload.routers); })
        .field("errors", [](const ContactPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
