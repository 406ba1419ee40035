// The recursive-descent parser behind parse(); private to parser.cpp and parser_sdl.cpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/graphql/ast.hpp"
#include "server/graphql/lexer.hpp"
#include "server/graphql/parser.hpp"

namespace vivi::graphql {

/// Errors are sticky: after the first one every token is Broken, so loops end and callers need not check.
class Parser {
public:
    Parser(std::string_view source, const ParseLimits& limits) : source_{source}, limits_{limits}, lexer_{source} { advance(); }

    ast::Document document();
    bool ok() const noexcept { return !error_; }
    RequestError take_error() { return *std::move(error_); }

private:
    using Kind = Token::Kind;

    // Tokens.
    void advance();
    void fail(ast::Position at, std::string message, std::string code = "GRAPHQL_PARSE_FAILED");
    void unexpected();
    bool at(Kind kind) const noexcept { return token_.kind == kind; }
    bool at_keyword(std::string_view word) const noexcept { return token_.kind == Kind::Name && token_.raw == word; }
    bool at_string() const noexcept { return at(Kind::String) || at(Kind::BlockString); }
    bool skip(Kind kind);
    bool skip_keyword(std::string_view word);
    void expect(Kind kind, std::string_view what);
    void expect_keyword(std::string_view word);
    /// open item+ close
    template <class Item>
    void many(Kind open, Kind close, Item item) {
        expect(open, "");
        do item();
        while (ok() && !skip(close));
    }
    /// (open item+ close)?
    template <class Item>
    void optional_many(Kind open, Kind close, Item item) {
        if (at(open)) many(open, close, item);
    }

    // Shared grammar (sections 2.9 to 2.12).
    enum class Constness : bool { Variables, Constant };
    ast::Name name();
    ast::Literal value(Constness constness);
    std::string string_value();
    ast::Description description();
    ast::Type type();
    std::vector<ast::Argument> arguments(Constness constness);
    std::vector<ast::Directive> directives(Constness constness);

    // Executable definitions (parser.cpp).
    void definition(ast::Document& document);
    ast::Operation operation();
    ast::Variable variable_definition();
    ast::SelectionSet selection_set();
    ast::Selection selection();
    ast::Fragment fragment();
    ast::Name fragment_name();

    // The type system (parser_sdl.cpp).
    void type_system(ast::Document& document, ast::Description description, ast::Position start, bool is_extension);
    ast::SchemaDefinition schema_definition(bool is_extension);
    ast::TypeDefinition type_definition(bool is_extension);
    ast::DirectiveDefinition directive_definition();
    ast::FieldDefinition field_definition();
    ast::InputValue input_value();
    ast::EnumValueDefinition enum_value();
    std::vector<ast::Name> names_after(Kind separator);

    /// Counts one level of recursion while it lives.
    class Level {
    public:
        explicit Level(Parser& parser);
        ~Level() { --parser_.level_; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;

    private:
        Parser& parser_;
    };

    std::string_view source_;
    ParseLimits limits_;
    Lexer lexer_;
    Token token_{};
    std::size_t tokens_ = 0;
    std::size_t level_ = 0;
    std::optional<RequestError> error_;
};

}  // namespace vivi::graphql
