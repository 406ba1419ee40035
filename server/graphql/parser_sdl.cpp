// Text to a document: type system definitions and extensions (section 3).
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/parser_core.hpp"
#include "server/graphql/schema.hpp"

namespace vivi::graphql {

void Parser::type_system(ast::Document& document, ast::Description text, ast::Position start, bool is_extension) {
    document.type_system.push_back(start);
    if (at_keyword("schema")) {
        auto schema = schema_definition(is_extension);
        schema.description = std::move(text);
        schema.at = start;
        document.schemas.push_back(std::move(schema));
    } else if (at_keyword("directive") && !is_extension) {
        auto directive = directive_definition();
        directive.description = std::move(text);
        directive.at = start;
        document.directives.push_back(std::move(directive));
    } else {
        auto type = type_definition(is_extension);
        type.description = std::move(text);
        type.at = start;
        document.types.push_back(std::move(type));
    }
}

// Section 3.3.
ast::SchemaDefinition Parser::schema_definition(bool is_extension) {
    ast::SchemaDefinition result{.is_extension = is_extension};
    advance();
    result.directives = directives(Constness::Constant);
    const auto root = [&] {
        ast::RootType item;
        if (at_keyword("mutation"))
            item.operation = ast::Operation::Type::Mutation;
        else if (at_keyword("subscription"))
            item.operation = ast::Operation::Type::Subscription;
        else if (!at_keyword("query"))
            return unexpected();
        advance();
        expect(Kind::Colon, "\":\"");
        item.type = name();
        result.roots.push_back(item);
    };
    if (is_extension)
        optional_many(Kind::BraceL, Kind::BraceR, root);
    else
        many(Kind::BraceL, Kind::BraceR, root);
    if (is_extension && result.directives.empty() && result.roots.empty()) unexpected();
    return result;
}

std::vector<ast::Name> Parser::names_after(Kind separator) {
    std::vector<ast::Name> names;
    skip(separator);
    do names.push_back(name());
    while (ok() && skip(separator));
    return names;
}

// Sections 3.5 to 3.10.
ast::TypeDefinition Parser::type_definition(bool is_extension) {
    ast::TypeDefinition result{.is_extension = is_extension};
    using Type = ast::TypeDefinition::Kind;
    if (at_keyword("scalar"))
        result.kind = Type::Scalar;
    else if (at_keyword("type"))
        result.kind = Type::Object;
    else if (at_keyword("interface"))
        result.kind = Type::Interface;
    else if (at_keyword("union"))
        result.kind = Type::Union;
    else if (at_keyword("enum"))
        result.kind = Type::Enum;
    else if (at_keyword("input"))
        result.kind = Type::InputObject;
    else
        unexpected();
    advance();
    result.name = name();
    if ((result.kind == Type::Object || result.kind == Type::Interface) && skip_keyword("implements"))
        result.interfaces = names_after(Kind::Ampersand);
    result.directives = directives(Constness::Constant);
    switch (result.kind) {
        case Type::Scalar: break;
        case Type::Object:
        case Type::Interface:
            optional_many(Kind::BraceL, Kind::BraceR, [&] { result.fields.push_back(field_definition()); });
            break;
        case Type::Union:
            if (skip(Kind::Equals)) result.members = names_after(Kind::Pipe);
            break;
        case Type::Enum: optional_many(Kind::BraceL, Kind::BraceR, [&] { result.values.push_back(enum_value()); }); break;
        case Type::InputObject: optional_many(Kind::BraceL, Kind::BraceR, [&] { result.inputs.push_back(input_value()); }); break;
    }
    const bool is_empty = result.interfaces.empty() && result.directives.empty() && result.fields.empty() &&
                          result.members.empty() && result.values.empty() && result.inputs.empty();
    if (is_extension && is_empty) unexpected();  // An extension must extend something.
    return result;
}

// Section 3.6.
ast::FieldDefinition Parser::field_definition() {
    ast::FieldDefinition field;
    field.description = description();
    field.at = token_.at;
    field.name = name();
    optional_many(Kind::ParenL, Kind::ParenR, [&] { field.arguments.push_back(input_value()); });
    expect(Kind::Colon, "\":\"");
    field.type = type();
    field.directives = directives(Constness::Constant);
    return field;
}

// Section 3.6.1.
ast::InputValue Parser::input_value() {
    ast::InputValue input;
    input.description = description();
    input.at = token_.at;
    input.name = name();
    expect(Kind::Colon, "\":\"");
    input.type = type();
    if (skip(Kind::Equals)) input.default_value = value(Constness::Constant);
    input.directives = directives(Constness::Constant);
    return input;
}

// Section 3.9.
ast::EnumValueDefinition Parser::enum_value() {
    ast::EnumValueDefinition result;
    result.description = description();
    if (at_keyword("true") || at_keyword("false") || at_keyword("null"))
        fail(token_.at, describe(token_) + " is reserved and cannot be an enum value.");
    result.name = name();
    result.directives = directives(Constness::Constant);
    return result;
}

// Section 3.13.
ast::DirectiveDefinition Parser::directive_definition() {
    ast::DirectiveDefinition result;
    advance();
    expect(Kind::At, "\"@\"");
    result.name = name();
    optional_many(Kind::ParenL, Kind::ParenR, [&] { result.arguments.push_back(input_value()); });
    result.is_repeatable = skip_keyword("repeatable");
    expect_keyword("on");
    skip(Kind::Pipe);
    do {
        if (at(Kind::Name) && !directive_location(token_.raw)) return unexpected(), result;
        result.locations.push_back(name());
    } while (ok() && skip(Kind::Pipe));
    return result;
}

}  // namespace vivi::graphql
