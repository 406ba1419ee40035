// The document as it was written (section 2 and the type system grammar of section 3): plain structs, owned by their parents.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/graphql/error.hpp"

namespace vivi::graphql::ast {

/// A byte offset into the source; locate() makes line and column of it when an error needs them.
using Position = std::uint32_t;

/// A name where it stands; the text lives in the source.
struct Name {
    std::string_view text{};
    Position at = 0;
};

/// Input values, section 2.9.
struct Literal {
    enum class Kind : std::uint8_t { Variable, Int, Float, String, Boolean, Null, Enum, List, Object };

    Kind kind = Kind::Null;
    Position at = 0;
    std::string_view raw{};        ///< Variable and enum names, numbers and booleans as written.
    std::string text{};            ///< Strings: decoded.
    std::vector<Literal> items{};  ///< List: its items. Object: the values of its fields…
    std::vector<Name> names{};     ///< …and their names, in the same order.
};

/// Arguments, section 2.6.
struct Argument {
    Name name{};
    Literal value{};
};

/// Directives, section 2.12.
struct Directive {
    Name name{};
    std::vector<Argument> arguments{};
    Position at = 0;
};

/// Type references, section 2.11: the name and its wrappers, encoded like TypeRef::wrappers.
struct Type {
    Name name{};
    std::uint64_t wrappers = 0;
    Position at = 0;
};

/// Selection sets, section 2.4. Lists of an incomplete type are fine for std::vector.
struct Selection;
struct SelectionSet {
    std::vector<Selection> items;  // No initialiser: the type is incomplete here.
    Position at = 0;
};

/// A field (2.5), a fragment spread or an inline fragment (2.8).
struct Selection {
    enum class Kind : std::uint8_t { Field, Spread, Inline };

    Kind kind = Kind::Field;
    Position at = 0;
    Name alias{};                       ///< Field; empty without one.
    Name name{};                        ///< Field, or the fragment of a spread.
    std::vector<Argument> arguments{};  ///< Field
    std::vector<Directive> directives{};
    std::optional<Name> condition{};  ///< Inline: on which type.
    SelectionSet set{};               ///< Field, Inline
    bool has_set = false;

    std::string_view response_key() const noexcept { return alias.text.empty() ? name.text : alias.text; }
};

/// Section 2.10.
struct Variable {
    Name name{};
    Type type{};
    std::optional<Literal> default_value{};
    std::vector<Directive> directives{};
    Position at = 0;
};

/// Section 2.3.
struct Operation {
    enum class Type : std::uint8_t { Query, Mutation, Subscription };

    Type type = Type::Query;
    std::optional<Name> name{};
    std::vector<Variable> variables{};
    std::vector<Directive> directives{};
    SelectionSet set{};
    Position at = 0;
};

/// Section 2.8.
struct Fragment {
    Name name{};
    Name condition{};
    std::vector<Directive> directives{};
    SelectionSet set{};
    Position at = 0;
};

// The type system, section 3. Descriptions are decoded.
using Description = std::optional<std::string>;

struct InputValue {
    Description description{};
    Name name{};
    Type type{};
    std::optional<Literal> default_value{};
    std::vector<Directive> directives{};
    Position at = 0;
};

struct FieldDefinition {
    Description description{};
    Name name{};
    std::vector<InputValue> arguments{};
    Type type{};
    std::vector<Directive> directives{};
    Position at = 0;
};

struct EnumValueDefinition {
    Description description{};
    Name name{};
    std::vector<Directive> directives{};
};

struct TypeDefinition {
    enum class Kind : std::uint8_t { Scalar, Object, Interface, Union, Enum, InputObject };

    Kind kind = Kind::Scalar;
    bool is_extension = false;
    Description description{};
    Name name{};
    std::vector<Name> interfaces{};
    std::vector<Directive> directives{};
    std::vector<FieldDefinition> fields{};
    std::vector<Name> members{};  ///< Union
    std::vector<EnumValueDefinition> values{};
    std::vector<InputValue> inputs{};
    Position at = 0;
};

struct RootType {
    Operation::Type operation = Operation::Type::Query;
    Name type{};
};

struct SchemaDefinition {
    bool is_extension = false;
    Description description{};
    std::vector<Directive> directives{};
    std::vector<RootType> roots{};
    Position at = 0;
};

struct DirectiveDefinition {
    Description description{};
    Name name{};
    std::vector<InputValue> arguments{};
    bool is_repeatable = false;
    std::vector<Name> locations{};
    Position at = 0;
};

/// A document, in the order of its kinds; names point into the source, which outlives it.
struct Document {
    std::vector<Operation> operations{};
    std::vector<Fragment> fragments{};
    std::vector<SchemaDefinition> schemas{};
    std::vector<TypeDefinition> types{};
    std::vector<DirectiveDefinition> directives{};

    /// Where the first definition that cannot be executed stands (section 5.1.1).
    std::vector<Position> type_system{};
};

/// Line and column, both from 1. Line terminators are LF, CR and CR LF (section 2.1.2).
Location locate(std::string_view source, Position at);

}  // namespace vivi::graphql::ast
