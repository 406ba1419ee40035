// Resolvers in the order of the schema's fields: what plans point to. Private to the engine.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/graphql/resolvers.hpp"
#include "server/graphql/schema.hpp"

namespace vivi::graphql {

/// How one field of one object type gets its value: exactly one of the two, or neither for __typename and subscription roots.
struct Bound {
    Property property{};
    Batch batch{};
};

struct Bindings {
    std::vector<Bound> fields{};  ///< By Field::index.
    std::map<std::string, Stream, std::less<>> streams{};
};

/// Binds and checks: every problem at once, a line each. Scalar and enum hooks are put into the schema, and its constants coerced
/// anew with them. `schema` stays where it is for the bindings' lifetime.
Result<Bindings> bind(Schema& schema, const Resolvers& resolvers);

/// Resolvers of section 4: the schema about itself.
void add_introspection(Resolvers& resolvers, const Schema& schema);

}  // namespace vivi::graphql
