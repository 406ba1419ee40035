// categories, reviewQueue, decideCategory: the shared list and who keeps it.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/categories.hpp"

#include "common/core/domain_name.hpp"
#include "server/api/call.hpp"
#include "server/api/date_time.hpp"
#include "server/api/ids.hpp"
#include "server/api/page_info.hpp"
#include "server/api/resolvers.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr int most_domains = 100;
constexpr char queue_list = 'q';

struct Queue {
    db::WaitingPage page{};
    bool has_previous = false;
};
struct DecideCategoryPayload {
    std::optional<std::int64_t> version{};
    std::vector<UserError> errors{};
};

std::string cursor_of(const db::WaitingDomain& domain) {
    return to_cursor(queue_list, {.at_ms = domain.organisations, .id = domain.number});
}

Task<Resolved> categories(const Arguments&, Call& call) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    auto found = co_await db::categories(call.services.pool);
    if (!found) co_return std::unexpected{FieldError{std::move(found).error()}};
    graphql::List list;
    for (auto& category : *found) list.emplace_back(Object::make(std::move(category)));
    co_return Value{std::move(list)};
}

Task<Resolved> review_queue(const Arguments& arguments, Call& call) {
    if (auto allowed = require(call, auth::Right::Support, {}); !allowed) co_return std::unexpected{std::move(allowed).error()};
    const auto first = arguments.get<int>("first");
    if (first < 1 || first > most_domains) co_return graphql::field_error("`first` must be 1 to 100.", "BAD_USER_INPUT");
    const auto after = arguments.get<std::optional<std::string>>("after");
    const auto place = after ? parse_cursor(queue_list, *after) : std::nullopt;
    if (after && !place) co_return graphql::field_error("`after` is not a cursor of this list.", "BAD_USER_INPUT");
    std::optional<db::WaitingPlace> from;
    if (place) from = db::WaitingPlace{.organisations = place->at_ms, .number = place->id};
    auto page = co_await db::waiting_domains(call.services.pool, first, from);
    if (!page) co_return std::unexpected{FieldError{std::move(page).error()}};
    co_return Value{Object::make(Queue{.page = *std::move(page), .has_previous = after.has_value()})};
}

Value refused(UserError error) {
    DecideCategoryPayload payload;
    payload.errors.push_back(std::move(error));
    return Object::make(std::move(payload));
}

Task<Resolved> decide_category(const Arguments& arguments, Call& call) {
    if (auto allowed = require(call, auth::Right::Support, {}); !allowed) co_return std::unexpected{std::move(allowed).error()};
    const auto& input = arguments["input"].fields();
    const auto domain = normalise_domain(input["domain"].text());
    if (!domain) co_return refused({.code = "INVALID", .message = "This is not a domain name.", .field = "domain"});
    db::CategoryDecision decision{.domain = *domain, .user = call.account->user, .address = call.address};
    if (const auto& category = input["category"]; !category.is_null()) decision.category = std::string{category.text()};
    const auto version = co_await db::decide_category(call.services.pool, std::move(decision));
    if (!version && version.error().code == Code::NotFound)
        co_return refused({.code = "NOT_FOUND", .message = "There is no such category.", .field = "category"});
    if (!version) co_return std::unexpected{FieldError{version.error()}};
    DecideCategoryPayload payload{.version = *version};
    co_return Value{Object::make(std::move(payload))};
}

}  // namespace

void add_categories(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "categories", root(categories));
    resolvers.batch("Query", "reviewQueue", root(review_queue));
    resolvers.batch("Mutation", "decideCategory", root(decide_category));
    resolvers.of<db::Category>("Category")
        .field("name", &db::Category::name)
        .field("isSensitive", &db::Category::is_sensitive)
        .field("domainCount", &db::Category::domain_count);
    resolvers.of<db::WaitingDomain>("ReviewDomain")
        .field("domain", &db::WaitingDomain::domain)
        .field("organisations", &db::WaitingDomain::organisations)
        .field("firstAt", [](const db::WaitingDomain& domain) { return to_date_time(domain.first_at); })
        .field("lastAt", [](const db::WaitingDomain& domain) { return to_date_time(domain.last_at); });
    resolvers.of<Queue>("ReviewDomainConnection")
        .field("edges", [](const Queue& queue) { return borrowed_list(queue.page.rows); })
        .field("pageInfo", [](const Queue& queue) {
            return Value{Object::make(page_info(queue.page.rows, queue.page.has_next, queue.has_previous, cursor_of))};
        });
    resolvers.of<db::WaitingDomain>("ReviewDomainEdge")
        .field("cursor", [](const db::WaitingDomain& domain) { return cursor_of(domain); })
        .field("node", [](const db::WaitingDomain& domain) { return Value{Object::borrowed(domain)}; });
    resolvers.of<DecideCategoryPayload>("DecideCategoryPayload")
        .field("version",
               [](const DecideCategoryPayload& payload) { return payload.version ? Value{*payload.version} : Value{}; })
        .field("errors", [](const DecideCategoryPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
