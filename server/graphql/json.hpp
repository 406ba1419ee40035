// Writing JSON straight into a text (RFC 8259), and reading it into values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/graphql/value.hpp"

namespace vivi::graphql {

/// Appends `text` in quotes, escaped. Bytes that are not UTF-8 become U+FFFD, so that the document always is.
void append_json_string(std::string& out, std::string_view text);
void append_json(std::string& out, std::int64_t number);
/// Precondition: finite. The shortest form that reads back the same.
void append_json(std::string& out, double number);
/// An Object is written as null: only the engine knows its fields.
void append_json(std::string& out, const Value& value);
std::string to_json(const Value& value);

/// A JSON text as a value; nothing when it is not JSON or nested deeper than `depth`. Integers beyond 64 bits become doubles.
std::optional<Value> parse_json(std::string_view text, std::size_t depth = 64);

}  // namespace vivi::graphql
