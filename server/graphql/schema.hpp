// The type system of one service (section 3), built from SDL at start-up and never changed afterwards.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/core/result.hpp"
#include "server/graphql/ast.hpp"
#include "server/graphql/error.hpp"
#include "server/graphql/value.hpp"

namespace vivi::graphql {

struct NamedType;

/// A type with its wrappers, section 3.4: `[Device!]!`. Small enough to copy.
struct TypeRef {
    // Two bits a wrapper, the outermost lowest: 1 list, 2 non-null. `[Device!]!` is 2 | 1 << 2 | 2 << 4.
    static constexpr std::uint64_t list_bits = 1, non_null_bits = 2;

    const NamedType* named = nullptr;
    std::uint64_t wrappers = 0;

    bool is_non_null() const noexcept { return (wrappers & 3) == non_null_bits; }
    bool is_list() const noexcept { return (wrappers & 3) == list_bits; }
    /// Without the outermost wrapper. Precondition: there is one.
    TypeRef inner() const noexcept { return {named, wrappers >> 2}; }
    /// Without an outermost non-null.
    TypeRef nullable() const noexcept { return is_non_null() ? inner() : *this; }
    bool operator==(const TypeRef&) const = default;
};
std::string to_string(TypeRef type);

/// A directive as it was applied in the SDL, arguments coerced: what the api reads policies from.
struct AppliedDirective {
    std::string name{};
    Fields arguments{};
    const ast::Directive* written = nullptr;  ///< In the SDL, which the schema keeps.
};

/// An argument, or a field of an input object (sections 3.6.1, 3.10).
struct InputField {
    std::string name{};
    std::string description{};
    bool has_description = false;
    TypeRef type{};
    const ast::Literal* default_literal = nullptr;  ///< In the SDL, which the schema keeps.
    std::optional<Value> default_value{};           ///< Coerced.
    std::optional<std::string> deprecation{};
    std::vector<AppliedDirective> directives{};

    bool is_required() const noexcept { return type.is_non_null() && default_literal == nullptr; }
};

struct Field {
    std::string name{};
    std::string description{};
    bool has_description = false;
    std::vector<InputField> arguments{};
    TypeRef type{};
    std::optional<std::string> deprecation{};
    std::vector<AppliedDirective> directives{};
    std::uint32_t index = 0;  ///< Unique in the schema: where the engine keeps its resolver.

    const InputField* argument(std::string_view argument_name) const;
};

struct EnumValue {
    std::string name{};
    std::string description{};
    bool has_description = false;
    std::optional<std::string> deprecation{};
    std::vector<AppliedDirective> directives{};
    std::optional<std::int64_t> mapped{};  ///< The C++ enum's value, when Resolvers::enumeration gave one.
};

/// A custom scalar's two directions; the text of an error goes to the client. Without hooks a scalar passes through.
struct Scalar {
    std::function<std::expected<Value, std::string>(const Value&)> parse{};  ///< Input, already JSON or literal (section 3.5).
    std::function<std::expected<Value, std::string>(const Value&)> serialize{};  ///< Result, before it is written.
};

enum class Kind : std::uint8_t { Scalar, Object, Interface, Union, Enum, InputObject };

/// A named type of any kind; members that a kind does not have are empty.
struct NamedType {
    Kind kind = Kind::Scalar;
    std::string name{};
    std::string description{};
    bool has_description = false;
    std::uint32_t index = 0;  ///< Unique in the schema.
    bool is_builtin = false;  ///< One of the five scalars or an introspection type.

    std::vector<Field> fields{};                 ///< Object, Interface
    std::vector<const NamedType*> interfaces{};  ///< Object, Interface: implemented ones
    std::vector<const NamedType*> possible{};    ///< Interface, Union: concrete object types
    std::vector<EnumValue> values{};             ///< Enum
    std::vector<InputField> inputs{};            ///< InputObject
    std::optional<std::string> specified_by{};   ///< Scalar
    Scalar hooks{};                              ///< Scalar; bound by the engine
    bool is_one_of = false;                      ///< InputObject
    std::vector<AppliedDirective> directives{};

    const Field* field(std::string_view field_name) const;
    const InputField* input(std::string_view input_name) const;
    const EnumValue* value(std::string_view value_name) const;

    bool is_composite() const noexcept { return kind == Kind::Object || kind == Kind::Interface || kind == Kind::Union; }
    bool is_abstract() const noexcept { return kind == Kind::Interface || kind == Kind::Union; }
    bool is_leaf() const noexcept { return kind == Kind::Scalar || kind == Kind::Enum; }
    bool is_input() const noexcept { return is_leaf() || kind == Kind::InputObject; }
};

/// Where a directive may stand, section 3.13: one bit each.
enum class DirectiveLocation : std::uint32_t {
    Query = 1u << 0,
    Mutation = 1u << 1,
    Subscription = 1u << 2,
    Field = 1u << 3,
    FragmentDefinition = 1u << 4,
    FragmentSpread = 1u << 5,
    InlineFragment = 1u << 6,
    VariableDefinition = 1u << 7,
    Schema = 1u << 8,
    Scalar = 1u << 9,
    Object = 1u << 10,
    FieldDefinition = 1u << 11,
    ArgumentDefinition = 1u << 12,
    Interface = 1u << 13,
    Union = 1u << 14,
    Enum = 1u << 15,
    EnumValue = 1u << 16,
    InputObject = 1u << 17,
    InputFieldDefinition = 1u << 18,
};
std::optional<DirectiveLocation> directive_location(std::string_view name);
std::string_view to_string(DirectiveLocation location);

struct Directive {
    std::string name{};
    std::string description{};
    bool has_description = false;
    std::vector<InputField> arguments{};
    std::uint32_t locations = 0;              ///< Bits of DirectiveLocation,
    std::vector<DirectiveLocation> listed{};  ///< and the same in the order of the SDL.
    bool is_repeatable = false;
    bool is_builtin = false;

    const InputField* argument(std::string_view argument_name) const;
};

class Schema {
public:
    Schema();
    ~Schema();
    Schema(Schema&&) noexcept;  // Types are on the heap: pointers to them survive a move.
    Schema& operator=(Schema&&) noexcept;

    const NamedType* type(std::string_view name) const;
    const Directive* directive(std::string_view name) const;
    /// In the order of the SDL, built-in ones last.
    const std::vector<std::unique_ptr<NamedType>>& types() const noexcept { return types_; }
    const std::vector<Directive>& directives() const noexcept { return directives_; }

    const NamedType* query = nullptr;
    const NamedType* mutation = nullptr;
    const NamedType* subscription = nullptr;
    std::string description{};
    bool has_description = false;
    std::uint32_t field_count = 0;  ///< Field::index is below this.

    /// __schema and __type on the query type, and __typename on every composite type (sections 4.1 and 4.2).
    const Field& schema_field() const noexcept { return *meta_[0]; }
    const Field& type_field() const noexcept { return *meta_[1]; }
    const Field& typename_field() const noexcept { return *meta_[2]; }

    /// True when an object of type `object` may stand where `type` is expected.
    bool is_possible(const NamedType& type, const NamedType& object) const;
    /// The field, or a meta field, that `parent` has under that name.
    const Field* field(const NamedType& parent, std::string_view name) const;

private:
    friend class SchemaBuilder;
    friend class ResolverBinder;
    struct Sdl;

    std::vector<std::unique_ptr<Sdl>> sdl_;  // Texts and documents that default literals point into.
    std::vector<std::unique_ptr<NamedType>> types_;
    std::vector<Directive> directives_;
    std::map<std::string_view, NamedType*> by_name_;
    std::vector<std::unique_ptr<Field>> meta_;
};

/// Builds and checks a schema (section 3); every problem at once, with its place in the SDL.
std::expected<Schema, std::vector<RequestError>> parse_schema(std::string_view sdl);
/// The same with the problems in one Error, a line each: what a program's start-up wants.
Result<Schema> build_schema(std::string_view sdl);

}  // namespace vivi::graphql
