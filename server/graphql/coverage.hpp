// Which fields a directive does not reach: for programs in which every field must carry one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/graphql/schema.hpp"

namespace vivi::graphql {

/// The directive on the field, or else on its type; null: neither has it. Repeated ones: the first.
const AppliedDirective* applied_directive(const NamedType& type, const Field& field, std::string_view name);

/// `Type.field` of each field of an object type that has the directive neither itself nor on its type, in the order of the SDL.
/// Introspection types are left out.
std::vector<std::string> uncovered_fields(const Schema& schema, std::string_view directive);

}  // namespace vivi::graphql
