// services: what rules about services can name, as the shipped lists have it.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/call.hpp"
#include "server/api/catalogues.hpp"
#include "server/api/resolvers.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

Task<Resolved> services(const Arguments&, Call& call) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    auto& catalogues = call.services.catalogues;
    auto built = catalogues.find({}, {});
    if (!built) {
        auto made = co_await catalogues.build({}, {}, {});
        if (!made) co_return std::unexpected{FieldError{std::move(made).error()}};
        built = *std::move(made);
    }
    graphql::List list;
    for (const auto& shipped : built->shipped) {
        if (shipped.kind == policy::TagKind::Service) list.emplace_back(Object::make(policy::ShippedList{shipped}));
    }
    co_return Value{std::move(list)};
}

}  // namespace

void add_services(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "services", root(services));
    resolvers.of<policy::ShippedList>("Service")
        .field("name", &policy::ShippedList::id)
        .field("title", &policy::ShippedList::title)
        .field("category",
               [](const policy::ShippedList& list) { return list.category.empty() ? Value{} : Value{list.category}; });
}

}  // namespace vivi::api
