// Looking things up in a schema, and the spelling of types and locations.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/schema.hpp"

#include <algorithm>
#include <array>

#include "server/graphql/schema_sdl.hpp"

namespace vivi::graphql {
namespace {

template <class Items>
auto* find_named(const Items& items, std::string_view name) {
    const auto found = std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.name == name; });
    return found == items.end() ? nullptr : &*found;
}

constexpr std::array<std::pair<std::string_view, DirectiveLocation>, 19> locations{{
    {"QUERY", DirectiveLocation::Query},
    {"MUTATION", DirectiveLocation::Mutation},
    {"SUBSCRIPTION", DirectiveLocation::Subscription},
    {"FIELD", DirectiveLocation::Field},
    {"FRAGMENT_DEFINITION", DirectiveLocation::FragmentDefinition},
    {"FRAGMENT_SPREAD", DirectiveLocation::FragmentSpread},
    {"INLINE_FRAGMENT", DirectiveLocation::InlineFragment},
    {"VARIABLE_DEFINITION", DirectiveLocation::VariableDefinition},
    {"SCHEMA", DirectiveLocation::Schema},
    {"SCALAR", DirectiveLocation::Scalar},
    {"OBJECT", DirectiveLocation::Object},
    {"FIELD_DEFINITION", DirectiveLocation::FieldDefinition},
    {"ARGUMENT_DEFINITION", DirectiveLocation::ArgumentDefinition},
    {"INTERFACE", DirectiveLocation::Interface},
    {"UNION", DirectiveLocation::Union},
    {"ENUM", DirectiveLocation::Enum},
    {"ENUM_VALUE", DirectiveLocation::EnumValue},
    {"INPUT_OBJECT", DirectiveLocation::InputObject},
    {"INPUT_FIELD_DEFINITION", DirectiveLocation::InputFieldDefinition},
}};

}  // namespace

std::optional<DirectiveLocation> directive_location(std::string_view name) {
    for (const auto& [text, location] : locations)
        if (text == name) return location;
    return std::nullopt;
}

std::string_view to_string(DirectiveLocation wanted) {
    for (const auto& [text, location] : locations)
        if (location == wanted) return text;
    return {};
}

std::string to_string(TypeRef type) {
    if (type.is_non_null()) return to_string(type.inner()) + "!";
    if (type.is_list()) return "[" + to_string(type.inner()) + "]";
    return type.named ? type.named->name : std::string{};
}

const InputField* Field::argument(std::string_view argument_name) const { return find_named(arguments, argument_name); }
const InputField* Directive::argument(std::string_view argument_name) const { return find_named(arguments, argument_name); }
const Field* NamedType::field(std::string_view field_name) const { return find_named(fields, field_name); }
const InputField* NamedType::input(std::string_view input_name) const { return find_named(inputs, input_name); }
const EnumValue* NamedType::value(std::string_view value_name) const { return find_named(values, value_name); }

Schema::Schema() = default;
Schema::~Schema() = default;
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;

const NamedType* Schema::type(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
}

const Directive* Schema::directive(std::string_view name) const { return find_named(directives_, name); }

bool Schema::is_possible(const NamedType& type, const NamedType& object) const {
    return &type == &object || std::find(type.possible.begin(), type.possible.end(), &object) != type.possible.end();
}

const Field* Schema::field(const NamedType& parent, std::string_view name) const {
    if (name == "__typename" && parent.is_composite()) return &typename_field();
    if (&parent == query && name == "__schema") return &schema_field();
    if (&parent == query && name == "__type") return &type_field();
    return parent.field(name);
}

}  // namespace vivi::graphql
