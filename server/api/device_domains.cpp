// Device.domains: personal, audited, and without what is nobody's business.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/device_domains.hpp"

#include <algorithm>

#include "server/api/asking.hpp"
#include "server/api/date_time.hpp"
#include "server/api/resolvers.hpp"
#include "server/api/sensitive.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr int most_domains = 1'000;
constexpr int most_looked_at = 5'000;  // More than are shown: sensitive ones are left out afterwards.

struct Domain {
    db::DeviceDomain row{};
    std::vector<std::string> categories{};
};

/// Without the sensitive; the most asked `first`.
graphql::List shown(std::vector<db::DeviceDomain> rows, const policy::Catalogue& catalogue, int first) {
    graphql::List list;
    for (auto& row : rows) {
        if (list.size() == static_cast<std::size_t>(first)) break;
        const auto tags = tags_of(catalogue, row.name);
        // An exception of a policy's list does not make a name less personal.
        if (std::ranges::any_of(tags, [](const NameTag& tag) { return is_sensitive(tag.name); })) continue;
        Domain domain{.row = std::move(row)};
        for (const auto& tag : tags) {
            if (tag.kind == policy::TagKind::Category && !tag.is_exception) domain.categories.push_back(tag.name);
        }
        list.emplace_back(Object::make(std::move(domain)));
    }
    return list;
}

Task<Resolved> domains_of(Call& call, const db::Device& device, int first) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    auto router = co_await db::router(call.services.pool, {device.organisation}, device.router);
    if (!router) co_return std::unexpected{FieldError{std::move(router).error()}};
    if (!may(call, auth::Right::Personal, place_of(*router)))
        co_return graphql::field_error("Your role may not see which device asked for what.", "FORBIDDEN");
    if (first < 1 || first > most_domains) co_return graphql::field_error("`first` must be 1 to 1000.", "BAD_USER_INPUT");
    // Without the lists nothing is shown: what is sensitive would not be known.
    auto decided = co_await db::policy(call.services.pool, {device.organisation}, device.router);
    if (!decided) co_return std::unexpected{FieldError{std::move(decided).error()}};
    const auto built = co_await catalogue_for(call, *std::move(decided));
    if (!built) co_return std::unexpected{FieldError{built.error()}};
    db::DeviceDomainsQuery query{.router = device.router,
                                 .device = device.id,
                                 .mac = device.mac,
                                 .most = most_looked_at,
                                 .user = (*account)->user,
                                 .address = call.address};
    auto rows = co_await db::device_domains(call.services.pool, {device.organisation}, std::move(query));
    if (!rows) co_return std::unexpected{FieldError{std::move(rows).error()}};
    co_return Value{shown(*std::move(rows), (*built)->catalogue, first)};
}

Task<std::vector<Resolved>> domains(std::span<const Object> parents, const Arguments& arguments, graphql::Context& context) {
    std::vector<Resolved> values;
    for (const auto& parent : parents) {
        auto value = co_await domains_of(context.get<Call>(), parent.as<db::Device>(), arguments.get<int>("first"));
        values.push_back(std::move(value));
    }
    co_return values;
}

graphql::List categories_of(const Domain& domain) {
    graphql::List list;
    for (const auto& category : domain.categories) list.push_back(Value::borrowed(category));
    return list;
}

}  // namespace

void add_device_domains(graphql::Resolvers& resolvers) {
    resolvers.batch("Device", "domains", domains);
    resolvers.of<Domain>("DeviceDomain")
        .field("name", [](const Domain& domain) { return Value::borrowed(domain.row.name); })
        .field("queries", [](const Domain& domain) { return domain.row.queries; })
        .field("lastAt", [](const Domain& domain) { return to_date_time(domain.row.last_at); })
        .field("categories", [](const Domain& domain) { return Value{categories_of(domain)}; });
}

}  // namespace vivi::api
