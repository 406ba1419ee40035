// Text to a document: executable definitions (section 2) and the type system (section 3), in one grammar.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <expected>
#include <string_view>

#include "server/graphql/ast.hpp"
#include "server/graphql/error.hpp"

namespace vivi::graphql {

struct ParseLimits {
    std::size_t tokens = 0;  ///< Zero: any number.
    std::size_t nesting =
        256;  ///< Selection sets, values and types within each other; the parser's own recursion, so never unbounded.
};

/// The first syntax error ends it. Codes: GRAPHQL_PARSE_FAILED, TOO_MANY_TOKENS, NESTED_TOO_DEEPLY.
std::expected<ast::Document, RequestError> parse(std::string_view source, const ParseLimits& limits = {});

}  // namespace vivi::graphql
