// Text to a document: tokens, values, and executable definitions.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/parser.hpp"

#include "server/graphql/parser_core.hpp"
#include "server/graphql/utf8.hpp"

namespace vivi::graphql {

std::expected<ast::Document, RequestError> parse(std::string_view source, const ParseLimits& limits) {
    if (!is_utf8(source)) return std::unexpected{RequestError{"The document is not UTF-8.", {{1, 1}}, "GRAPHQL_PARSE_FAILED"}};
    Parser parser{source, limits};
    auto document = parser.document();
    if (!parser.ok()) return std::unexpected{parser.take_error()};
    return document;
}

Parser::Level::Level(Parser& parser) : parser_{parser} {
    if (++parser_.level_ > parser_.limits_.nesting)
        parser_.fail(parser_.token_.at, "Nested more than " + std::to_string(parser_.limits_.nesting) + " levels deep.",
                     "NESTED_TOO_DEEPLY");
}

void Parser::fail(ast::Position at, std::string message, std::string code) {
    if (!error_) error_ = RequestError{"Syntax Error: " + std::move(message), {ast::locate(source_, at)}, std::move(code)};
    token_ = {Kind::Broken, at, {}};
}

void Parser::unexpected() { fail(token_.at, "Unexpected " + describe(token_) + "."); }

void Parser::advance() {
    if (error_) return;
    token_ = lexer_.next();
    if (at(Kind::Broken)) {
        fail(token_.at, lexer_.problem());
    } else if (!at(Kind::End) && ++tokens_ > limits_.tokens && limits_.tokens != 0) {
        fail(token_.at, "Document contains more than " + std::to_string(limits_.tokens) + " tokens.", "TOO_MANY_TOKENS");
    }
}

bool Parser::skip(Kind kind) {
    if (!at(kind)) return false;
    advance();
    return true;
}

bool Parser::skip_keyword(std::string_view word) {
    if (!at_keyword(word)) return false;
    advance();
    return true;
}

void Parser::expect(Kind kind, std::string_view what) {
    if (skip(kind)) return;
    if (what.empty()) return unexpected();
    fail(token_.at, "Expected " + std::string{what} + ", found " + describe(token_) + ".");
}

void Parser::expect_keyword(std::string_view word) {
    if (!skip_keyword(word)) fail(token_.at, "Expected \"" + std::string{word} + "\", found " + describe(token_) + ".");
}

ast::Name Parser::name() {
    const ast::Name result{token_.raw, token_.at};
    expect(Kind::Name, "Name");
    return result;
}

std::string Parser::string_value() {
    auto text = at(Kind::BlockString) ? decode_block_string(token_.raw) : decode_string(token_.raw);
    advance();
    return text;
}

ast::Description Parser::description() {
    if (!at_string()) return std::nullopt;
    return string_value();
}

// Section 2.9.
ast::Literal Parser::value(Constness constness) {
    const Level level{*this};
    ast::Literal literal{.at = token_.at, .raw = token_.raw};
    using Literal = ast::Literal::Kind;
    switch (token_.kind) {
        case Kind::Int: literal.kind = Literal::Int; break;
        case Kind::Float: literal.kind = Literal::Float; break;
        case Kind::Name:
            literal.kind = token_.raw == "null"                            ? Literal::Null
                           : token_.raw == "true" || token_.raw == "false" ? Literal::Boolean
                                                                           : Literal::Enum;
            break;
        case Kind::String:
        case Kind::BlockString:
            literal.kind = Literal::String;
            literal.text = string_value();
            return literal;
        case Kind::Dollar:
            if (constness == Constness::Constant) {
                advance();
                fail(literal.at, "Unexpected variable \"$" + std::string{token_.raw} + "\" in constant value.");
                return literal;
            }
            advance();
            literal.kind = Literal::Variable;
            literal.raw = name().text;
            return literal;
        case Kind::BracketL:
            literal.kind = Literal::List;
            advance();
            while (ok() && !skip(Kind::BracketR)) literal.items.push_back(value(constness));
            return literal;
        case Kind::BraceL:
            literal.kind = Literal::Object;
            advance();
            while (ok() && !skip(Kind::BraceR)) {
                literal.names.push_back(name());
                expect(Kind::Colon, "\":\"");
                literal.items.push_back(value(constness));
            }
            return literal;
        case Kind::End:
        case Kind::Bang:
        case Kind::Ampersand:
        case Kind::ParenL:
        case Kind::ParenR:
        case Kind::Spread:
        case Kind::Colon:
        case Kind::Equals:
        case Kind::At:
        case Kind::BracketR:
        case Kind::Pipe:
        case Kind::BraceR:
        case Kind::Broken: unexpected(); return literal;
    }
    advance();
    return literal;
}

// Section 2.11. Wrappers are collected from the inside out.
ast::Type Parser::type() {
    const auto start = token_.at;
    std::size_t lists = 0;
    while (skip(Kind::BracketL)) ++lists;
    if (lists > 15) fail(start, "More than 15 lists within each other.", "NESTED_TOO_DEEPLY");
    ast::Type result{.name = name(), .at = start};
    const auto wrap = [&](std::uint64_t bits) { result.wrappers = result.wrappers << 2 | bits; };
    if (skip(Kind::Bang)) wrap(2);
    for (; ok() && lists > 0; --lists) {
        expect(Kind::BracketR, "\"]\"");
        wrap(1);
        if (skip(Kind::Bang)) wrap(2);
    }
    return result;
}

std::vector<ast::Argument> Parser::arguments(Constness constness) {
    std::vector<ast::Argument> result;
    optional_many(Kind::ParenL, Kind::ParenR, [&] {
        auto argument = name();
        expect(Kind::Colon, "\":\"");
        result.push_back({argument, value(constness)});
    });
    return result;
}

std::vector<ast::Directive> Parser::directives(Constness constness) {
    std::vector<ast::Directive> result;
    while (at(Kind::At)) {
        ast::Directive directive{.at = token_.at};
        advance();
        directive.name = name();
        directive.arguments = arguments(constness);
        result.push_back(std::move(directive));
    }
    return result;
}

ast::Document Parser::document() {
    ast::Document document;
    do definition(document);
    while (ok() && !at(Kind::End));
    return document;
}

void Parser::definition(ast::Document& document) {
    const auto start = token_.at;
    if (at(Kind::BraceL)) {
        document.operations.push_back({.set = selection_set(), .at = start});
        return;
    }
    const bool is_described = at_string();
    auto text = description();
    if (is_described && at(Kind::BraceL)) return fail(start, "Unexpected description, a shorthand query has none.");
    if (at_keyword("query") || at_keyword("mutation") || at_keyword("subscription")) {
        document.operations.push_back(operation());
    } else if (at_keyword("fragment")) {
        document.fragments.push_back(fragment());
    } else if (skip_keyword("extend")) {
        if (is_described) return fail(start, "Unexpected description, an extension has none.");
        type_system(document, std::nullopt, start, true);
    } else {
        type_system(document, std::move(text), start, false);
    }
}

// Section 2.3.
ast::Operation Parser::operation() {
    ast::Operation result{.at = token_.at};
    if (token_.raw == "mutation") result.type = ast::Operation::Type::Mutation;
    if (token_.raw == "subscription") result.type = ast::Operation::Type::Subscription;
    advance();
    if (at(Kind::Name)) result.name = name();
    optional_many(Kind::ParenL, Kind::ParenR, [&] { result.variables.push_back(variable_definition()); });
    result.directives = directives(Constness::Variables);
    result.set = selection_set();
    return result;
}

// Section 2.10.
ast::Variable Parser::variable_definition() {
    description();  // September 2025: variables too may be described.
    ast::Variable variable{.at = token_.at};
    expect(Kind::Dollar, "\"$\"");
    variable.name = name();
    expect(Kind::Colon, "\":\"");
    variable.type = type();
    if (skip(Kind::Equals)) variable.default_value = value(Constness::Constant);
    variable.directives = directives(Constness::Constant);
    return variable;
}

ast::SelectionSet Parser::selection_set() {
    const Level level{*this};
    ast::SelectionSet set;
    set.at = token_.at;
    expect(Kind::BraceL, "\"{\"");
    do set.items.push_back(selection());
    while (ok() && !skip(Kind::BraceR));
    return set;
}

ast::Selection Parser::selection() {
    ast::Selection result{.at = token_.at};
    using Selection = ast::Selection::Kind;
    if (skip(Kind::Spread)) {
        if (at(Kind::Name) && !at_keyword("on")) {
            result.kind = Selection::Spread;
            result.name = fragment_name();
            result.directives = directives(Constness::Variables);
            return result;
        }
        result.kind = Selection::Inline;
        if (skip_keyword("on")) result.condition = name();
        result.directives = directives(Constness::Variables);
        result.set = selection_set();
        result.has_set = true;
        return result;
    }
    result.name = name();
    if (skip(Kind::Colon)) {
        result.alias = result.name;
        result.name = name();
    }
    result.arguments = arguments(Constness::Variables);
    result.directives = directives(Constness::Variables);
    if (at(Kind::BraceL)) {
        result.set = selection_set();
        result.has_set = true;
    }
    return result;
}

ast::Name Parser::fragment_name() {
    if (at_keyword("on")) unexpected();
    return name();
}

// Section 2.8.
ast::Fragment Parser::fragment() {
    ast::Fragment result{.at = token_.at};
    advance();
    result.name = fragment_name();
    expect_keyword("on");
    result.condition = name();
    result.directives = directives(Constness::Variables);
    result.set = selection_set();
    return result;
}

}  // namespace vivi::graphql
