// Does a document fit a schema? All rules of section 5 of the September 2025 specification.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "server/graphql/ast.hpp"
#include "server/graphql/error.hpp"
#include "server/graphql/schema.hpp"

namespace vivi::graphql {

/// Empty when the document is valid; otherwise at most `max_errors` problems (0: all). `source` is the text the document was
/// parsed from. Cyclic fragments end it before any rule that follows fragments runs.
std::vector<RequestError> validate(const Schema& schema, const ast::Document& document, std::string_view source,
                                   std::size_t max_errors = 20);

}  // namespace vivi::graphql
