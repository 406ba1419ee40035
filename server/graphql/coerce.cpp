// Literals become values.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/coerce.hpp"

#include <charconv>
#include <cmath>
#include <limits>

#include "server/graphql/json.hpp"

namespace vivi::graphql {
namespace {

using Literal = ast::Literal::Kind;

constexpr bool is_int32(std::int64_t n) {
    return n >= std::numeric_limits<std::int32_t>::min() && n <= std::numeric_limits<std::int32_t>::max();
}

std::optional<std::int64_t> to_integer(std::string_view text) {
    std::int64_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return n;
}

std::optional<double> to_double(std::string_view text) {
    double n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc{} || !std::isfinite(n)) return std::nullopt;
    return n;
}

/// A literal without a type: what custom scalars see.
Value untyped(const ast::Literal& literal, const Fields& variables) {
    switch (literal.kind) {
        case Literal::Variable: return variables[literal.raw];
        case Literal::Int:
            if (const auto n = to_integer(literal.raw)) return *n;
            return to_double(literal.raw).value_or(0);
        case Literal::Float: return to_double(literal.raw).value_or(0);
        case Literal::String: return literal.text;
        case Literal::Boolean: return literal.raw == "true";
        case Literal::Null: return nullptr;
        case Literal::Enum: return literal.raw;
        case Literal::List: {
            List items;
            for (const auto& item : literal.items) items.push_back(untyped(item, variables));
            return items;
        }
        case Literal::Object: {
            Fields fields;
            for (std::size_t i = 0; i < literal.items.size(); ++i)
                fields.add(std::string{literal.names[i].text}, untyped(literal.items[i], variables));
            return fields;
        }
    }
    return nullptr;
}

std::expected<Value, std::string> enum_value(std::string_view name, const NamedType& type) {
    const auto* value = type.value(name);
    if (!value) return std::unexpected{"Value \"" + std::string{name} + "\" does not exist in \"" + type.name + "\" enum."};
    if (value->mapped) return Value{*value->mapped};
    return Value{value->name};
}

std::unexpected<std::string> cannot_be(const NamedType& type, std::string_view shown) {
    return std::unexpected{type.name + " cannot represent the value " + std::string{shown} + "."};
}

std::string shown(const ast::Literal& literal) {
    switch (literal.kind) {
        case Literal::String: return to_json(Value{literal.text});
        case Literal::List: return "[…]";
        case Literal::Object: return "{…}";
        case Literal::Variable: return "$" + std::string{literal.raw};
        case Literal::Int:
        case Literal::Float:
        case Literal::Boolean:
        case Literal::Null:
        case Literal::Enum: return std::string{literal.raw};
    }
    return {};
}

/// The fields of an input object after each was coerced by `coerce_field(definition) -> optional<Value> (absent)`, or nothing.
std::optional<Value> coerce_object(const ast::Literal& literal, const NamedType& type, const Fields& variables) {
    if (literal.kind != Literal::Object) return std::nullopt;
    for (const auto& name : literal.names)
        if (!type.input(name.text)) return std::nullopt;
    Fields fields;
    for (const auto& definition : type.inputs) {
        const ast::Literal* given = nullptr;
        for (std::size_t i = 0; i < literal.names.size(); ++i)
            if (literal.names[i].text == definition.name) given = &literal.items[i];
        if (given && given->kind == Literal::Variable && !variables.has(given->raw))
            given = nullptr;  // An absent variable is an absent field.
        if (given) {
            auto value = coerce(*given, definition.type, variables);
            if (!value) return std::nullopt;
            fields.add(definition.name, *std::move(value));
        } else if (definition.default_value) {
            fields.add(definition.name, *definition.default_value);
        } else if (definition.type.is_non_null()) {
            return std::nullopt;
        }
    }
    if (type.is_one_of && (fields.size() != 1 || literal.names.size() != 1 || fields.items()[0].second.is_null()))
        return std::nullopt;
    return fields;
}

}  // namespace

std::expected<Value, std::string> coerce_leaf(const ast::Literal& literal, const NamedType& type, const Fields& variables) {
    if (type.kind == Kind::Enum) {
        if (literal.kind != Literal::Enum)
            return std::unexpected{"Enum \"" + type.name + "\" cannot represent non-enum value: " + shown(literal) + "."};
        return enum_value(literal.raw, type);
    }
    if (type.is_builtin) {
        if (type.name == "Int") {
            const auto n = literal.kind == Literal::Int ? to_integer(literal.raw) : std::nullopt;
            if (n && is_int32(*n)) return Value{*n};
        } else if (type.name == "Float") {
            const auto n = literal.kind == Literal::Int || literal.kind == Literal::Float ? to_double(literal.raw) : std::nullopt;
            if (n) return Value{*n};
        } else if (type.name == "String") {
            if (literal.kind == Literal::String) return Value{literal.text};
        } else if (type.name == "Boolean") {
            if (literal.kind == Literal::Boolean) return Value{literal.raw == "true"};
        } else if (type.name == "ID") {
            if (literal.kind == Literal::String) return Value{literal.text};
            if (literal.kind == Literal::Int) return Value{literal.raw};
        }
        return cannot_be(type, shown(literal));
    }
    auto value = untyped(literal, variables);
    if (type.hooks.parse) return type.hooks.parse(value);
    return value;
}

std::expected<Value, std::string> coerce_leaf(const Value& value, const NamedType& type) {
    if (type.kind == Kind::Enum) {
        if (!value.is_text())
            return std::unexpected{"Enum \"" + type.name + "\" cannot represent non-string value: " + to_json(value) + "."};
        return enum_value(value.text(), type);
    }
    if (type.is_builtin) {
        if (type.name == "Int") {
            if (value.is_integer() && is_int32(value.integer())) return value;
            if (value.is_float() && std::trunc(value.number()) == value.number() && std::abs(value.number()) <= 2147483648.0 &&
                is_int32(static_cast<std::int64_t>(value.number())))
                return Value{static_cast<std::int64_t>(value.number())};
        } else if (type.name == "Float") {
            if (value.is_integer() || value.is_float()) return Value{value.number()};
        } else if (type.name == "String") {
            if (value.is_text()) return value;
        } else if (type.name == "Boolean") {
            if (value.is_boolean()) return value;
        } else if (type.name == "ID") {
            if (value.is_text()) return value;
            if (value.is_integer()) return Value{std::to_string(value.integer())};
            if (value.is_float() && std::trunc(value.number()) == value.number() && std::abs(value.number()) < 9e15)
                return Value{std::to_string(static_cast<std::int64_t>(value.number()))};
        }
        return cannot_be(type, to_json(value));
    }
    if (type.hooks.parse) return type.hooks.parse(value);
    return value;
}

std::optional<Value> coerce(const ast::Literal& literal, TypeRef type, const Fields& variables) {
    if (literal.kind == Literal::Variable) {
        const auto* value = variables.find(literal.raw);
        if (!value || (value->is_null() && type.is_non_null())) return std::nullopt;
        return *value;
    }
    if (type.is_non_null()) {
        if (literal.kind == Literal::Null) return std::nullopt;
        return coerce(literal, type.inner(), variables);
    }
    if (literal.kind == Literal::Null) return Value{};
    if (type.is_list()) {
        List items;
        if (literal.kind != Literal::List) {  // Section 3.11: one value stands for a list of it.
            auto item = coerce(literal, type.inner(), variables);
            if (!item) return std::nullopt;
            items.push_back(*std::move(item));
            return items;
        }
        for (const auto& element : literal.items) {
            const bool is_absent = element.kind == Literal::Variable && !variables.has(element.raw);
            auto item =
                is_absent && !type.inner().is_non_null() ? std::optional{Value{}} : coerce(element, type.inner(), variables);
            if (!item) return std::nullopt;
            items.push_back(*std::move(item));
        }
        return items;
    }
    if (type.named->kind == Kind::InputObject) return coerce_object(literal, *type.named, variables);
    auto value = coerce_leaf(literal, *type.named, variables);
    if (!value) return std::nullopt;
    return *std::move(value);
}

std::expected<Fields, RequestError> coerce_arguments(const std::vector<InputField>& definitions,
                                                     const std::vector<ast::Argument>& given, const Fields& variables,
                                                     std::string_view source) {
    Fields values;
    for (const auto& definition : definitions) {
        const ast::Argument* argument = nullptr;
        for (const auto& candidate : given)
            if (candidate.name.text == definition.name) argument = &candidate;
        const bool is_absent = !argument || (argument->value.kind == Literal::Variable && !variables.has(argument->value.raw));
        if (is_absent) {
            if (definition.default_value) {
                values.add(definition.name, *definition.default_value);
            } else if (definition.type.is_non_null()) {
                RequestError error{"Argument \"" + definition.name + "\" of required type \"" + to_string(definition.type) +
                                       "\" was not provided.",
                                   {},
                                   "BAD_USER_INPUT"};
                if (argument) error.locations.push_back(ast::locate(source, argument->value.at));
                return std::unexpected{std::move(error)};
            }
            continue;
        }
        auto value = coerce(argument->value, definition.type, variables);
        if (!value)
            return std::unexpected{RequestError{
                "Argument \"" + definition.name + "\" has an invalid value for type \"" + to_string(definition.type) + "\".",
                {ast::locate(source, argument->value.at)},
                "BAD_USER_INPUT"}};
        values.add(definition.name, *std::move(value));
    }
    return values;
}

std::optional<TypeRef> find_type(const Schema& schema, const ast::Type& type) {
    const auto* named = schema.type(type.name.text);
    if (!named) return std::nullopt;
    return TypeRef{named, type.wrappers};
}

std::string to_string(const ast::Type& type) {
    NamedType stand_in;
    stand_in.name = type.name.text;
    return to_string(TypeRef{&stand_in, type.wrappers});
}

std::string print_literal(const Value& value, TypeRef type) {
    type = type.nullable();
    if (value.is_null()) return "null";
    std::string text;
    if (value.is_list()) {
        const auto inner = type.is_list() ? type.inner() : type;
        for (const auto& item : value.list()) text += (text.empty() ? "" : ", ") + print_literal(item, inner);
        return "[" + text + "]";
    }
    if (value.is_fields()) {
        for (const auto& [name, item] : value.fields().items()) {
            const auto* definition = type.named->input(name);
            text += (text.empty() ? "" : ", ") + name + ": " + print_literal(item, definition ? definition->type : type);
        }
        return "{" + text + "}";
    }
    if (type.named->kind == Kind::Enum) {
        if (value.is_text()) return std::string{value.text()};
        for (const auto& candidate : type.named->values)
            if (value.is_integer() && candidate.mapped == value.integer()) return candidate.name;
    }
    // An ID of digits is written as a number: shorter, and what the reference implementation prints.
    if (value.is_text() && type.named->is_builtin && type.named->name == "ID")
        if (const auto n = to_integer(value.text()); n && std::to_string(*n) == value.text()) return std::string{value.text()};
    return to_json(value);
}

}  // namespace vivi::graphql
