// A page of a list for each of several parents: the same question, asked of each.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <span>
#include <vector>

#include "server/api/call.hpp"
#include "server/graphql/resolvers.hpp"

namespace vivi::api {

/// `aim` makes the question be about a parent, and says whose it is. A question that could not be understood is every parent's
/// error.
template <class Parent, class Query>
Task<std::vector<graphql::Resolved>> pages_of(std::span<const graphql::Object> parents, Call& call,
                                              std::expected<Query, graphql::FieldError> query,
                                              db::Tenant (*aim)(const Parent&, Query&),
                                              Task<graphql::Resolved> (*page_of)(Call&, db::Tenant, Query)) {
    std::vector<graphql::Resolved> values;
    for (const auto& parent : parents) {
        if (!query) {
            values.emplace_back(std::unexpected{query.error()});
            continue;
        }
        auto asked = *query;
        auto tenant = aim(parent.as<Parent>(), asked);
        auto page = co_await page_of(call, std::move(tenant), std::move(asked));
        values.push_back(std::move(page));
    }
    co_return values;
}

}  // namespace vivi::api
