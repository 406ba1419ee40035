// Input coercion: literals and variables become the values that arguments hold (sections 3.5 to 3.12 "Input
// Coercion", 6.1.2, 6.4.1). SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/graphql/ast.hpp"
#include "server/graphql/error.hpp"
#include "server/graphql/schema.hpp"
#include "server/graphql/value.hpp"

namespace vivi::graphql {

/// A literal as a scalar or enum value, or what is wrong with it. `variables` fills variables inside a custom scalar's literal.
std::expected<Value, std::string> coerce_leaf(const ast::Literal& literal, const NamedType& type, const Fields& variables);
/// The same for a value that came as JSON.
std::expected<Value, std::string> coerce_leaf(const Value& value, const NamedType& type);

/// A literal as a value of `type`; nothing when it does not fit. Precondition of a variable: it was coerced to a fitting type.
std::optional<Value> coerce(const ast::Literal& literal, TypeRef type, const Fields& variables);

/// CoerceArgumentValues, section 6.4.1: one of a field's or directive's argument lists; the error is a sentence.
std::expected<Fields, RequestError> coerce_arguments(const std::vector<InputField>& definitions,
                                                     const std::vector<ast::Argument>& given, const Fields& variables,
                                                     std::string_view source);

struct VariableLimits {
    std::size_t depth = 32;
    std::size_t errors = 20;
};
/// CoerceVariableValues, section 6.1.2. Precondition: the operation is valid.
std::expected<Fields, std::vector<RequestError>> coerce_variables(const Schema& schema, const ast::Operation& operation,
                                                                  const Fields& given, std::string_view source,
                                                                  const VariableLimits& limits);

/// The type an ast::Type names; nothing when the schema has no such type.
std::optional<TypeRef> find_type(const Schema& schema, const ast::Type& type);
std::string to_string(const ast::Type& type);

/// A coerced value as a literal of its type: what introspection's defaultValue shows (section 4.2.4).
std::string print_literal(const Value& value, TypeRef type);

}  // namespace vivi::graphql
