// What every schema contains by itself (sections 3.5, 3.13 and 4), and the texts a schema keeps; private to the schema's files.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "server/graphql/ast.hpp"
#include "server/graphql/schema.hpp"

namespace vivi::graphql {

/// A text and its document; on the heap, so that names and literals can be pointed to.
struct Schema::Sdl {
    std::string text{};
    ast::Document document{};
};

/// The five scalars, the five directives and the introspection types, as SDL.
extern const std::string_view builtin_sdl;

/// Checks the rules of section 3 that need the whole schema; `locate` is not needed: problems name the type and field.
std::vector<RequestError> check(const Schema& schema);

}  // namespace vivi::graphql
