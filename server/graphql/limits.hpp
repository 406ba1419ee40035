// How much a stranger may ask for: bounds checked before anything runs, none of them slower than the document is long.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "server/graphql/engine.hpp"
#include "server/graphql/plan.hpp"

namespace vivi::graphql {

/// Depth, aliases, directives and introspection. Precondition: the document is valid, so fragments have no cycle.
std::optional<RequestError> check_limits(const ast::Document& document, std::string_view source, const Options& options);

/// Root fields and cost, which depend on the operation and its variables: `first` counts what it says.
std::optional<RequestError> check_cost(const Plan& plan, const Fields& variables, std::string_view source, const Limits& limits);

}  // namespace vivi::graphql
