// Source text to tokens.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/lexer.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace vivi::graphql {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
constexpr bool is_name_continue(char c) { return is_name_start(c) || is_digit(c); }

std::optional<std::uint32_t> hex_digit(char c) {
    if (is_digit(c)) return static_cast<std::uint32_t>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<std::uint32_t>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<std::uint32_t>(c - 'A' + 10);
    return std::nullopt;
}

struct Escape {
    std::uint32_t code_point = 0;
    std::size_t length = 0;  ///< 0: not an escape.
};

constexpr bool is_scalar_value(std::uint32_t code) { return code < 0xd800 || (code > 0xdfff && code <= 0x10ffff); }

std::optional<std::uint32_t> four_hex_digits(std::string_view text) {
    if (text.size() < 4) return std::nullopt;
    std::uint32_t code = 0;
    for (const char c : text.substr(0, 4)) {
        const auto digit = hex_digit(c);
        if (!digit) return std::nullopt;
        code = code << 4 | *digit;
    }
    return code;
}

/// \u{1F600}: any number of digits as long as the value is a scalar value.
Escape braced_escape(std::string_view text) {
    std::uint32_t code = 0;
    std::size_t at = 3;
    for (; at < text.size() && at < 12; ++at) {
        const auto digit = hex_digit(text[at]);
        if (!digit) break;
        code = code << 4 | *digit;
        if (code > 0x10ffff) return {};
    }
    if (at == 3 || at >= text.size() || text[at] != '}' || !is_scalar_value(code)) return {};
    return {code, at + 1};
}

/// \uXXXX, or two of them that are a surrogate pair (section 2.9.4: "as a legacy").
Escape fixed_escape(std::string_view text) {
    const auto code = four_hex_digits(text.substr(2));
    if (!code) return {};
    if (is_scalar_value(*code)) return {*code, 6};
    if (*code > 0xdbff || text.size() < 12 || text[6] != '\\' || text[7] != 'u') return {};
    const auto low = four_hex_digits(text.substr(8));
    if (!low || *low < 0xdc00 || *low > 0xdfff) return {};
    return {0x10000 + ((*code - 0xd800) << 10) + (*low - 0xdc00), 12};
}

/// `text` starts with a backslash.
Escape read_escape(std::string_view text) {
    if (text.size() < 2) return {};
    switch (text[1]) {
        case '"': return {'"', 2};
        case '\\': return {'\\', 2};
        case '/': return {'/', 2};
        case 'b': return {'\b', 2};
        case 'f': return {'\f', 2};
        case 'n': return {'\n', 2};
        case 'r': return {'\r', 2};
        case 't': return {'\t', 2};
        case 'u': return text.size() > 2 && text[2] == '{' ? braced_escape(text) : fixed_escape(text);
        default: return {};
    }
}

}  // namespace

Token Lexer::broken(ast::Position at, std::string problem) {
    problem_ = std::move(problem);
    at_ = source_.size();
    return {Token::Kind::Broken, at, {}};
}

// White space, line terminators, commas, comments and byte order marks (sections 2.1.1 to 2.1.5).
void Lexer::skip_ignored() {
    for (;;) {
        const char c = peek();
        if (at_end()) return;
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',') {
            ++at_;
        } else if (c == '#') {
            while (!at_end() && peek() != '\n' && peek() != '\r') ++at_;
        } else if (source_.substr(at_).starts_with("\xef\xbb\xbf")) {
            at_ += 3;
        } else {
            return;
        }
    }
}

Token Lexer::punctuator(Token::Kind kind, std::uint32_t length) {
    const Token token{kind, static_cast<ast::Position>(at_), source_.substr(at_, length)};
    at_ += length;
    return token;
}

Token Lexer::next() {
    if (!problem_.empty()) return {Token::Kind::Broken, static_cast<ast::Position>(at_), {}};
    skip_ignored();
    if (at_end()) return {Token::Kind::End, static_cast<ast::Position>(at_), {}};
    using Kind = Token::Kind;
    const char c = peek();
    switch (c) {
        case '!': return punctuator(Kind::Bang, 1);
        case '$': return punctuator(Kind::Dollar, 1);
        case '&': return punctuator(Kind::Ampersand, 1);
        case '(': return punctuator(Kind::ParenL, 1);
        case ')': return punctuator(Kind::ParenR, 1);
        case ':': return punctuator(Kind::Colon, 1);
        case '=': return punctuator(Kind::Equals, 1);
        case '@': return punctuator(Kind::At, 1);
        case '[': return punctuator(Kind::BracketL, 1);
        case ']': return punctuator(Kind::BracketR, 1);
        case '{': return punctuator(Kind::BraceL, 1);
        case '|': return punctuator(Kind::Pipe, 1);
        case '}': return punctuator(Kind::BraceR, 1);
        case '.':
            if (source_.substr(at_).starts_with("...")) return punctuator(Kind::Spread, 3);
            break;
        case '"': return source_.substr(at_).starts_with("\"\"\"") ? block_string() : string();
        default: break;
    }
    if (is_name_start(c)) return name();
    if (is_digit(c) || c == '-') return number();
    return broken(static_cast<ast::Position>(at_), "Unexpected character.");
}

Token Lexer::name() {
    const auto start = at_;
    while (is_name_continue(peek())) ++at_;
    return {Token::Kind::Name, static_cast<ast::Position>(start), source_.substr(start, at_ - start)};
}

bool Lexer::digits() {
    if (!is_digit(peek())) return false;
    while (is_digit(peek())) ++at_;
    return true;
}

// Sections 2.9.1 and 2.9.2: no leading zeros, and neither a digit, a dot nor a name directly after it.
Token Lexer::number() {
    const auto start = at_;
    auto kind = Token::Kind::Int;
    const auto wrong = [this] { return broken(static_cast<ast::Position>(at_), "Invalid number: unexpected character."); };
    if (peek() == '-') ++at_;
    if (peek() == '0') {
        ++at_;
        if (is_digit(peek())) return wrong();
    } else if (!digits()) {
        return wrong();
    }
    if (peek() == '.') {
        kind = Token::Kind::Float;
        ++at_;
        if (!digits()) return wrong();
    }
    if (peek() == 'e' || peek() == 'E') {
        kind = Token::Kind::Float;
        ++at_;
        if (peek() == '+' || peek() == '-') ++at_;
        if (!digits()) return wrong();
    }
    if (peek() == '.' || is_name_start(peek())) return wrong();
    return {kind, static_cast<ast::Position>(start), source_.substr(start, at_ - start)};
}

bool Lexer::skip_escape() {
    const auto escape = read_escape(source_.substr(at_));
    at_ += escape.length;
    return escape.length > 0;
}

Token Lexer::string() {
    const auto start = at_;
    ++at_;
    for (;;) {
        if (at_end() || peek() == '\n' || peek() == '\r') return broken(static_cast<ast::Position>(at_), "Unterminated string.");
        if (peek() == '"') break;
        if (peek() != '\\') {
            ++at_;
        } else if (!skip_escape()) {
            return broken(static_cast<ast::Position>(at_), "Invalid character escape sequence.");
        }
    }
    ++at_;
    return {Token::Kind::String, static_cast<ast::Position>(start), source_.substr(start, at_ - start)};
}

Token Lexer::block_string() {
    const auto start = at_;
    at_ += 3;
    for (;;) {
        if (at_end()) return broken(static_cast<ast::Position>(at_), "Unterminated string.");
        const auto rest = source_.substr(at_);
        if (rest.starts_with("\"\"\"")) break;
        at_ += rest.starts_with("\\\"\"\"") ? 4u : 1u;
    }
    at_ += 3;
    return {Token::Kind::BlockString, static_cast<ast::Position>(start), source_.substr(start, at_ - start)};
}

void append_utf8(std::string& text, std::uint32_t code) {
    const auto byte = [&text](std::uint32_t bits) { text.push_back(static_cast<char>(static_cast<unsigned char>(bits))); };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xc0 | code >> 6), byte(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        byte(0xe0 | code >> 12), byte(0x80 | (code >> 6 & 0x3f)), byte(0x80 | (code & 0x3f));
    } else {
        byte(0xf0 | code >> 18), byte(0x80 | (code >> 12 & 0x3f)), byte(0x80 | (code >> 6 & 0x3f)), byte(0x80 | (code & 0x3f));
    }
}

std::string decode_string(std::string_view raw) {
    raw = raw.substr(1, raw.size() - 2);
    std::string text;
    text.reserve(raw.size());
    for (std::size_t at = 0; at < raw.size();) {
        if (raw[at] != '\\') {
            text.push_back(raw[at++]);
            continue;
        }
        const auto escape = read_escape(raw.substr(at));
        append_utf8(text, escape.code_point);
        at += escape.length;
    }
    return text;
}

std::string decode_block_string(std::string_view raw) {
    raw = raw.substr(3, raw.size() - 6);
    std::vector<std::string> lines(1);
    for (std::size_t at = 0; at < raw.size(); ++at) {
        if (raw.substr(at).starts_with("\\\"\"\"")) {
            lines.back() += "\"\"\"";
            at += 3;
        } else if (raw[at] == '\n' || raw[at] == '\r') {
            if (raw[at] == '\r' && at + 1 < raw.size() && raw[at + 1] == '\n') ++at;
            lines.emplace_back();
        } else {
            lines.back().push_back(raw[at]);
        }
    }

    // BlockStringValue(), section 2.9.4.1: the first line does not count for the indentation.
    const auto indent_of = [](const std::string& line) { return std::min(line.find_first_not_of(" \t"), line.size()); };
    const auto is_blank = [&](const std::string& line) { return indent_of(line) == line.size(); };
    std::optional<std::size_t> common;
    for (std::size_t i = 1; i < lines.size(); ++i)
        if (!is_blank(lines[i])) common = std::min(common.value_or(lines[i].size()), indent_of(lines[i]));
    for (std::size_t i = 1; common && i < lines.size(); ++i) lines[i].erase(0, std::min(*common, lines[i].size()));

    const auto first = std::find_if_not(lines.begin(), lines.end(), is_blank);
    const auto last = std::find_if_not(lines.rbegin(), lines.rend(), is_blank).base();
    std::string text;
    for (auto line = first; line < last; ++line) {
        if (line != first) text += '\n';
        text += *line;
    }
    return text;
}

std::string describe(const Token& token) {
    switch (token.kind) {
        case Token::Kind::End: return "<EOF>";
        case Token::Kind::Name: return "Name \"" + std::string{token.raw} + '"';
        case Token::Kind::Int: return "Int \"" + std::string{token.raw} + '"';
        case Token::Kind::Float: return "Float \"" + std::string{token.raw} + '"';
        case Token::Kind::String: return "String " + std::string{token.raw.substr(0, 80)};
        case Token::Kind::BlockString: return "BlockString";
        case Token::Kind::Broken: return "nothing readable";
        case Token::Kind::Bang:
        case Token::Kind::Dollar:
        case Token::Kind::Ampersand:
        case Token::Kind::ParenL:
        case Token::Kind::ParenR:
        case Token::Kind::Spread:
        case Token::Kind::Colon:
        case Token::Kind::Equals:
        case Token::Kind::At:
        case Token::Kind::BracketL:
        case Token::Kind::BracketR:
        case Token::Kind::BraceL:
        case Token::Kind::Pipe:
        case Token::Kind::BraceR: return '"' + std::string{token.raw} + '"';
    }
    return {};
}

namespace ast {

Location locate(std::string_view source, Position at) {
    Location place;
    for (std::size_t i = 0; i < at && i < source.size(); ++i) {
        const char c = source[i];
        if (c == '\n' || (c == '\r' && (i + 1 >= source.size() || source[i + 1] != '\n'))) {
            ++place.line;
            place.column = 1;
        } else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) {  // Continuation bytes belong to the character before.
            ++place.column;
        }
    }
    return place;
}

}  // namespace ast
}  // namespace vivi::graphql
