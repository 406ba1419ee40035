// Which types can be asked for by their id, and how each is found: with the rights that its edges have.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "server/api/call.hpp"

namespace vivi::api {

/// The object of each id that the caller may see, typed (graphql::Object::make(value, "Router")), null for every other: one that
/// is not there, one of somebody else's and one of another type look the same. One answer an id, in their order. It is called
/// with ids of its own type only.
using NodeLoader = Task<std::expected<std::vector<graphql::Value>, graphql::FieldError>> (*)(Call& call,
                                                                                             std::vector<std::string> ids);

struct NodeType {
    std::string_view name{};  ///< Of the GraphQL type; a literal.
    NodeLoader load = nullptr;
    bool (*is_id)(std::string_view id) = nullptr;  ///< Whether it is of this type; null: as parse_id() says.
};

/// Every type that implements Node (tests/adapters/api/nodes_test.cpp compares with the schema). A new one: a loader, and a line
/// here.
const std::vector<NodeType>& node_types();

}  // namespace vivi::api
