// Source text to tokens (section 2.1): one token at a time, nothing allocated but the text of strings.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/graphql/ast.hpp"

namespace vivi::graphql {

struct Token {
    /// Punctuators are their own character ("..." is Spread).
    enum class Kind : std::uint8_t {
        End,
        Bang,
        Dollar,
        Ampersand,
        ParenL,
        ParenR,
        Spread,
        Colon,
        Equals,
        At,
        BracketL,
        BracketR,
        BraceL,
        Pipe,
        BraceR,
        Name,
        Int,
        Float,
        String,
        BlockString,
        Broken,
    };

    Kind kind = Kind::End;
    ast::Position at = 0;
    std::string_view raw{};  ///< As written; of strings with their quotes.
};

/// What error messages call a token: `Name "on"`, `"{"`, `<EOF>`.
std::string describe(const Token& token);

class Lexer {
public:
    explicit Lexer(std::string_view source) : source_{source} {}

    /// The next token; End for ever at the end; Broken at text that is no token, once and for ever, with problem() saying why.
    Token next();
    const std::string& problem() const noexcept { return problem_; }

private:
    void skip_ignored();
    Token broken(ast::Position at, std::string problem);
    Token punctuator(Token::Kind kind, std::uint32_t length);
    Token name();
    Token number();
    Token string();
    Token block_string();
    bool digits();
    /// Steps over one escape sequence; false when it is not one.
    bool skip_escape();
    char peek(std::size_t ahead = 0) const noexcept { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }
    bool at_end() const noexcept { return at_ >= source_.size(); }

    std::string_view source_;
    std::size_t at_ = 0;
    std::string problem_;
};

/// The value of a String token (section 2.9.4): escapes resolved, surrogate pairs joined. Precondition: the lexer accepted it.
std::string decode_string(std::string_view raw);
/// The value of a BlockString token: `\"""` resolved, common indentation and blank first and last lines removed
/// (section 2.9.4.1).
std::string decode_block_string(std::string_view raw);
/// Appends a code point as UTF-8.
void append_utf8(std::string& text, std::uint32_t code_point);

}  // namespace vivi::graphql
